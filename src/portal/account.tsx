import { PatchbayError } from '#src/errors';
import { actFor, type Membership, type Session } from '#src/sessions';
import { isStaff } from '#src/staff';
import { Ask, Chip, Empty, readForm } from '#src/ui';
import { open, type Portal, requireFormKey } from './door.tsx';
import { accountPath, consolePath, home, signInPath, withQuery } from './paths.ts';

/** For whom a person acts: one of the accounts that they are a member of, with its live or its test data. */
export function accountPages(portal: Portal): void {
  open(portal, 'get', accountPath, async ({ query }, session) => {
    if (!session) return { to: withQuery(signInPath, { next: accountPath }) };
    const isOfStaff = await isStaff(portal.ports, session.person.id);
    // Staff need no account: what they have to do is elsewhere.
    if (isOfStaff && session.accounts.length === 0) return { to: consolePath };
    return {
      title: 'Choose an account',
      body: <Choose session={session} next={query.get('next') ?? ''} isOfStaff={isOfStaff} />,
    };
  });
  open(portal, 'post', accountPath, async ({ request }, session) => {
    if (!session) return { to: signInPath };
    const form = await readForm(request);
    requireFormKey(session, form);
    const account = session.accounts.find(({ id }) => id === form.one('account'));
    if (!account)
      throw new PatchbayError('forbidden', { public: 'You are not a member of this account any more.' });
    await actFor(portal.ports, session.row, account.id, form.one('env') === 'test' ? 'test' : 'live');
    return { to: withQuery(pathWithin(form.one('next')), { done: 'acting' }) };
  });
}

/** Only a page of the portal itself: what stands in an address is anybody's. Lists alone: an id is of one account. */
const pathWithin = (next: string): string =>
  /^\/portal\/(?:deliveries|subscriptions|apps|tokens|usage|event-types)$/.test(next) ? next : home;

type ChooseProps = { session: Session; next: string; isOfStaff: boolean };

function Choose({ session, next, isOfStaff }: ChooseProps) {
  if (session.accounts.length === 0)
    return (
      <div class="stack">
        <h1>No account yet</h1>
        <Empty title="You are not a member of any account">
          <p>
            Ask whoever runs this hub to add you: <code>patchbay user join {session.person.id}</code>
          </p>
        </Empty>
      </div>
    );
  return (
    <div class="stack form">
      <h1>For whom do you act?</h1>
      <p class="lead">
        All that you see and do here is that account’s. Test data is wholly apart from live data.
      </p>
      <ul>
        {session.accounts.map((account) => (
          <li class="attempt row apart">
            <AccountName
              account={account}
              isNow={account.id === session.row.accountId}
              env={session.row.env}
            />
            <div class="row">
              <ActButton account={account} env="live" next={next} />
              <ActButton account={account} env="test" next={next} />
            </div>
          </li>
        ))}
      </ul>
      {isOfStaff ? (
        <p>
          <a href={consolePath}>To the console, as staff</a>
        </p>
      ) : null}
    </div>
  );
}

function AccountName({ account, isNow, env }: { account: Membership; isNow: boolean; env: 'live' | 'test' }) {
  return (
    <div>
      <b>{account.name}</b>
      <p class="small dim">
        {account.kind}, you are {account.role === 'owner' ? 'an owner' : 'a member'}
        {isNow ? ` · now, with ${env} data` : ''}
      </p>
      {account.status === 'suspended' ? <Chip tone="wait">suspended</Chip> : null}
    </div>
  );
}

function ActButton({ account, env, next }: { account: Membership; env: 'live' | 'test'; next: string }) {
  return (
    <Ask action={accountPath} label={`${account.name}, ${env} data`}>
      <input type="hidden" name="account" value={account.id} />
      <input type="hidden" name="env" value={env} />
      <input type="hidden" name="next" value={next} />
      <button {...(env === 'live' ? { class: 'primary' } : {})}>
        {env === 'live' ? 'Live data' : 'Test data'}
        <span class="vh"> of {account.name}</span>
      </button>
    </Ask>
  );
}
