import { and, eq, ne, or, sql } from 'drizzle-orm';
import { recordAudit, recordAuditIf } from '#src/audit';
import { providerRoles, usTimeZones } from '#src/catalog';
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

/** Who takes part in the marketplace (S1-19); an organisation without a part of its own has none. */
export const accountActors = [...providerRoles, 'buyer'] as const;

/** A person or an organisation. 422 outside the countries that this installation serves; 409 for an id that is taken; names need not be unique. */
export async function createAccount(ports: Needs, by: string, input: NewAccount): Promise<Account> {
  const { store, clock, ids } = ports;
  const now = clock.now();
  const account: Account = {
    id: input.id ?? ids.newId('acc'),
    ...factsOf(ports, input),
    status: 'active',
    plan: null,
    createdAt: now,
    updatedAt: now,
  };
  await orTaken(ports, () =>
    store.write((db) => [
      db.insert(store.tables.accounts).values(account),
      recordAudit(db, ports, {
        actor: by,
        action: 'account.create',
        subject: account.id,
        accountId: account.id,
      }),
    ]),
  );
  return account;
}

/**
 * The marketplace tells of an account, new or changed; telling it again changes nothing. Its status is another call.
 * 409 for an account that was erased: nothing of it is written again.
 */
export async function saveAccount(
  ports: Needs,
  by: string,
  input: NewAccount & { id: string },
): Promise<{ account: Account; isNew: boolean }> {
  const { store, clock } = ports;
  const { accounts } = store.tables;
  const facts = factsOf(ports, input);
  const [known] = await store.db.select().from(accounts).where(eq(accounts.id, input.id)).limit(1);
  if (!known) return { account: await createAccount(ports, by, input), isNew: true };
  const isSame = (Object.keys(facts) as (keyof typeof facts)[]).every((key) => facts[key] === known[key]);
  if (isSame) return { account: known, isNew: false };
  const updatedAt = clock.now();
  const isWritable = and(eq(accounts.id, input.id), ne(accounts.status, 'erased'));
  const [[changed]] = await orTaken(ports, () =>
    store.write((db) => [
      db
        .update(accounts)
        .set({ ...facts, updatedAt })
        .where(isWritable)
        .returning(),
      recordAuditIf(
        db,
        ports,
        { actor: by, action: 'account.update', subject: input.id, accountId: input.id },
        sql`exists (select 1 from ${accounts} where ${isWritable})`,
      ),
    ]),
  );
  if (changed) return { account: changed, isNew: false };
  throw new PatchbayError('state_conflict', {
    public: 'This account was erased; it cannot be written again.',
  });
}

/** What may be said of an account, with the defaults of this installation. Throws 422 where its policy refuses. */
function factsOf({ settings }: Needs, input: NewAccount) {
  const country = input.country ?? 'US';
  if (!settings.countries.includes(country)) {
    throw new PatchbayError('policy_refused', {
      public: `This installation serves ${settings.countries.join(', ')} only; ${country} is not among them.`,
    });
  }
  const timeZone = input.timeZone ?? 'America/Chicago';
  if (country === 'US' && !(usTimeZones as readonly string[]).includes(timeZone)) {
    throw new PatchbayError('policy_refused', {
      public: `${timeZone} is not a time zone of the United States.`,
    });
  }
  return {
    kind: input.kind,
    actor: input.actor ?? null,
    name: input.name,
    country,
    city: input.city ?? null,
    timeZone,
  };
}

async function orTaken<T>({ store }: Needs, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!store.isConflict(error)) throw error;
    throw new PatchbayError('conflict', {
      public: 'An account of this id is there already.',
      cause: error,
    });
  }
}

/** By id or by name. 404 when there is none, 409 when a name is of several. */
export async function findAccount({ store }: Pick<Needs, 'store'>, idOrName: string): Promise<Account> {
  const { accounts } = store.tables;
  const found = await store.db
    .select()
    .from(accounts)
    .where(or(eq(accounts.id, idOrName), eq(accounts.name, idOrName)))
    .limit(3);
  const exact = found.find((account) => account.id === idOrName);
  const [first, second] = found;
  if (exact) return exact;
  if (!first) throw new PatchbayError('not_found', { public: `There is no account ${idOrName}.` });
  if (second)
    throw new PatchbayError('conflict', { public: `Several accounts are called ${idOrName}: use an id.` });
  return first;
}

export async function findAccountById({ store }: Pick<Needs, 'store'>, id: string): Promise<Account> {
  const { accounts } = store.tables;
  const [account] = await store.db.select().from(accounts).where(eq(accounts.id, id)).limit(1);
  if (!account) throw new PatchbayError('not_found');
  return account;
}

/** A user who may act for the account. */
export async function addMember(
  ports: Needs,
  by: string,
  input: { accountId: string; userName: string; role: 'owner' | 'member'; email?: string | null },
): Promise<string> {
  const { store, clock, ids } = ports;
  const userId = ids.newId('usr');
  const createdAt = clock.now();
  await store.write((db) => [
    db
      .insert(store.tables.users)
      .values({ id: userId, name: input.userName, email: input.email ?? null, createdAt }),
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

/** A user who is here already may act for one more account. 409 where they may already. */
export async function joinAccount(
  ports: Needs,
  by: string,
  input: { accountId: string; userId: string; role: 'owner' | 'member' },
): Promise<void> {
  const { store, clock, ids } = ports;
  await store
    .write((db) => [
      db.insert(store.tables.members).values({ id: ids.newId('usr'), ...input, createdAt: clock.now() }),
      recordAudit(db, ports, {
        actor: by,
        action: 'account.member_add',
        subject: input.userId,
        accountId: input.accountId,
      }),
    ])
    .catch((error: unknown) => {
      if (!store.isConflict(error)) throw error;
      throw new PatchbayError('conflict', {
        public: 'This user may act for the account already.',
        cause: error,
      });
    });
}
