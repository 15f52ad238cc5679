import {
  endedCookie,
  endSession,
  readSignInLink,
  sessionCookie,
  spendSignInLink,
  startSession,
} from '#src/sessions';
import { Note } from '#src/ui';
import { open, type Portal, requireFormKey } from './door.tsx';
import { readForm } from './form.ts';
import { home, signInPath, withQuery } from './paths.ts';

/**
 * In by a link that is good once. Opening it shows whose it is and nothing more, since mail programs and chats open
 * links before people do; the button spends it. An issuer's own sign-in has its place beside it.
 */
export function signInPages(portal: Portal): void {
  const { ports } = portal;
  open(portal, 'get', signInPath, async ({ query }, session) => {
    const secret = query.get('link');
    if (secret === null)
      return session ? { to: home } : { title: 'Sign in', body: <HowToSignIn next={query.get('next')} /> };
    const person = await readSignInLink(ports, secret);
    return {
      title: 'Sign in',
      body: (
        <div class="card stack">
          <h1>Sign in as {person.name}</h1>
          <p>This link is good once, and only for you.</p>
          <form method="post" action={signInPath} class="stack">
            <input type="hidden" name="link" value={secret} />
            <button class="primary">Sign in</button>
          </form>
          <p class="dim small">Not {person.name}? Close this page: nothing has happened.</p>
        </div>
      ),
    };
  });
  open(portal, 'post', signInPath, async ({ request }) => {
    const form = await readForm(request);
    // The cookie first: where it may not be set, the link is not spent.
    sessionCookie(ports.settings, '');
    const person = await spendSignInLink(ports, form.one('link'));
    const { secret } = await startSession(ports, person.id);
    return {
      to: withQuery(home, { done: 'signed_in' }),
      cookie: sessionCookie(ports.settings, secret),
    };
  });
  open(portal, 'post', `${home}/sign-out`, async ({ request }, session) => {
    if (session) {
      requireFormKey(session, await readForm(request));
      await endSession(ports, session.row);
    }
    return { to: withQuery(signInPath, { out: '1' }), cookie: endedCookie(ports.settings) };
  });
}

/** Where one was going: only a page of the portal, since what stands in an address is anybody's. */
const isWithin = (next: string | null): next is string => next !== null && /^\/portal[/?]/.test(next);

function HowToSignIn({ next }: { next: string | null }) {
  return (
    <div class="card stack">
      <h1>Sign in</h1>
      <p>You come in by a link that is made for you and is good once, for 15 minutes.</p>
      <Note tone="plain" title="Ask whoever runs this hub">
        <p>They make the link with this command, and send it to you alone:</p>
        <p>
          <code>patchbay user link "Your Name"</code>
        </p>
      </Note>
      {isWithin(next) ? (
        <p>
          Opened your link in another tab? <a href={next}>Go on where you were going</a>
        </p>
      ) : null}
      <p class="dim small">
        Programs do not sign in: they send a token, as the <a href="/docs">API reference</a> says.
      </p>
    </div>
  );
}
