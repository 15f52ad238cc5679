import { eq } from 'drizzle-orm';
import { selfGrant } from '#src/access';
import { scopeNames, scopes } from '#src/catalog';
import type { Caller, Ports } from '#src/context';
import type { Person } from './links.ts';
import { type Membership, membershipsOf } from './memberships.ts';
import { readPerson, stands } from './person.ts';
import { hashSecret } from './secret.ts';
import { findSession, type SessionRow } from './sessions.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'digest' | 'peppers' | 'settings' | 'gate'>;

/** A person in a browser, proven. */
export type Session = {
  row: SessionRow;
  person: Person;
  accounts: Membership[];
  /** The one that the person acts for; null until one is chosen. */
  account: Membership | null;
  /** What every form carries, and no other site can know. */
  formKey: string;
};
export type Entered = { session: Session; caller: Caller | null };

/** What an account may have: all that is not the marketplace's alone. */
const accountScopes: ReadonlySet<string> = new Set(scopeNames.filter((name) => !scopes[name].serviceOnly));

/**
 * The same steps as for a token: the row, then in one step of the gate the epochs of person and account and the caps.
 * The caller acts under the account's grant to itself, so every verb, cap and projection is that of a personal token.
 * Null where the browser must sign in; throws 403 for what is suspended, 429 where the caps are spent.
 */
export async function enterSession(ports: Needs, secret: string, method: string): Promise<Entered | null> {
  const row = await findSession(ports, secret);
  const person = row ? await readPerson(ports, row.userId) : null;
  if (!row || !person) return null;
  const accounts = await membershipsOf(ports, row.userId);
  // Asked each time: who is taken out of an account acts for it no more.
  const account = accounts.find(({ id }) => id === row.accountId) ?? null;
  const session = { row, person, accounts, account, formKey: hashSecret(ports, 'form', secret) };
  await ports.gate.freshen();
  const caller = account ? await callerOf(ports, row, account.id) : null;
  return (await stands(ports, row, caller, method)) ? { session, caller } : null;
}

async function callerOf(ports: Needs, row: SessionRow, accountId: string): Promise<Caller> {
  const grantId = await selfGrant(ports, accountId, row.env);
  const { grants } = ports.store.tables;
  const [grant] = await ports.store.db
    .select({ epochs: grants.epochs })
    .from(grants)
    .where(eq(grants.id, grantId))
    .limit(1);
  return {
    tokenId: row.id,
    kind: 'k',
    env: row.env,
    accountId,
    userId: row.userId,
    grantId,
    appId: null,
    partnerId: null,
    scopes: accountScopes,
    // What it makes carries the person too: it ends with them.
    epochs: { ...row.epochs, ...grant?.epochs },
  };
}
