import { eq, or } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'settings'>;
export type Account = Ports['store']['tables']['accounts']['$inferSelect'];

export type NewAccount = {
  id?: string;
  name: string;
  kind: 'person' | 'organisation';
  actor?: string | null;
  country?: string;
  city?: string | null;
  timeZone?: string;
};

/** A person or an organisation. 422 outside the countries that this installation serves; 409 for a name that is taken. */
export async function createAccount(ports: Needs, by: string, input: NewAccount): Promise<Account> {
  const { store, clock, ids, settings } = ports;
  const country = input.country ?? 'US';
  if (!settings.countries.includes(country)) {
    throw new PatchbayError('policy_refused', {
      public: `This installation serves ${settings.countries.join(', ')} only; ${country} is not among them.`,
    });
  }
  const now = clock.now();
  const account: Account = {
    id: input.id ?? ids.newId('acc'),
    kind: input.kind,
    actor: input.actor ?? null,
    name: input.name,
    country,
    city: input.city ?? null,
    timeZone: input.timeZone ?? 'America/Chicago',
    status: 'active',
    createdAt: now,
    updatedAt: now,
  };
  try {
    await store.write((db) => [
      db.insert(store.tables.accounts).values(account),
      recordAudit(db, ports, {
        actor: by,
        action: 'account.create',
        subject: account.id,
        accountId: account.id,
      }),
    ]);
  } catch (error) {
    if (store.isConflict(error))
      throw new PatchbayError('conflict', { public: 'An account of this id or name is there already.' });
    throw error;
  }
  return account;
}

/** By id or by name. 404 when there is none. */
export async function findAccount({ store }: Pick<Needs, 'store'>, idOrName: string): Promise<Account> {
  const { accounts } = store.tables;
  const [account] = await store.db
    .select()
    .from(accounts)
    .where(or(eq(accounts.id, idOrName), eq(accounts.name, idOrName)))
    .limit(1);
  if (!account) throw new PatchbayError('not_found', { public: `There is no account ${idOrName}.` });
  return account;
}

/** A user who may act for the account. */
export async function addMember(
  ports: Needs,
  by: string,
  input: { accountId: string; userName: string; role: 'owner' | 'member' },
): Promise<string> {
  const { store, clock, ids } = ports;
  const userId = ids.newId('usr');
  const createdAt = clock.now();
  await store.write((db) => [
    db.insert(store.tables.users).values({ id: userId, name: input.userName, email: null, createdAt }),
    db
      .insert(store.tables.members)
      .values({ id: ids.newId('usr'), accountId: input.accountId, userId, role: input.role, createdAt }),
    recordAudit(db, ports, {
      actor: by,
      action: 'account.member_add',
      subject: userId,
      accountId: input.accountId,
    }),
  ]);
  return userId;
}
