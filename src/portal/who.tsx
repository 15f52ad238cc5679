import { withoutTokens } from '#src/errors';
import type { Session } from '#src/sessions';
import { Ask } from '#src/ui';
import { accountPath, home } from './paths.ts';

/** Who is signed in and for whom they act; another account, test data, and the way out. */
export function WhoIsIn({ session, here }: { session: Session; here: string }) {
  const { person, account, accounts, row } = session;
  const isTest = row.env === 'test';
  return (
    <details class="who">
      <summary>
        <span class="vh">Acting for </span>
        {account?.name ?? person.name}
        {isTest ? ' · test data' : ''}
      </summary>
      <div class="stack">
        <p>
          Signed in as <b>{person.name}</b>
        </p>
        {accounts.length > 1 || account ? (
          <p>
            <a href={`${accountPath}?next=${encodeURIComponent(withoutTokens(here))}`}>
              {accounts.length > 1
                ? 'Another account or test data'
                : isTest
                  ? 'To live data'
                  : 'To test data'}
            </a>
          </p>
        ) : null}
        <Ask action={`${home}/sign-out`} label="Sign out">
          <button>Sign out</button>
        </Ask>
      </div>
    </details>
  );
}
