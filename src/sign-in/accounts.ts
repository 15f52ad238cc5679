import { and, eq, inArray, notInArray } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { OidcSettings, Ports } from '#src/context';
import type { Claims } from './id-token.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids'>;
const maxAccounts = 50;

/**
 * For whom the person acts, where a claim of the issuer's says so: at each sign-in what the claim gave before and no
 * longer has is taken away, what is new is given, as a member. Memberships that the operator gave are not touched.
 */
export async function syncAccounts(
  ports: Needs,
  { issuer, accountsClaim }: OidcSettings,
  userId: string,
  claims: Claims,
): Promise<void> {
  if (accountsClaim === null) return;
  const { store, clock, ids } = ports;
  const { members, claimedMembers } = store.tables;
  const wanted = await livingOf(ports, claims[accountsClaim]);
  const has = await store.db
    .select({ id: members.id, accountId: members.accountId })
    .from(members)
    .where(eq(members.userId, userId));
  const added = wanted
    .filter((id) => !has.some(({ accountId }) => accountId === id))
    .map((accountId) => ({
      id: ids.newId('usr'),
      accountId,
      userId,
      role: 'member' as const,
      createdAt: clock.now(),
    }));
  const isClaimed = and(eq(claimedMembers.userId, userId), eq(claimedMembers.issuer, issuer));
  const claimed = await store.db.select({ id: claimedMembers.id }).from(claimedMembers).where(isClaimed);
  const gone = has.filter(
    ({ id, accountId }) => !wanted.includes(accountId) && claimed.some((row) => row.id === id),
  );
  if (added.length === 0 && gone.length === 0) return;
  const goneIds = gone.map(({ id }) => id);
  await store.write((db) => [
    db.delete(members).where(inArray(members.id, goneIds)),
    db.delete(claimedMembers).where(inArray(claimedMembers.id, goneIds)),
    ...added.flatMap((row) => [
      db.insert(members).values(row),
      db.insert(claimedMembers).values({ id: row.id, issuer, userId }),
      recordAudit(db, ports, {
        actor: `issuer:${issuer}`,
        action: 'account.member_add',
        subject: userId,
        accountId: row.accountId,
      }),
    ]),
    ...gone.map(({ accountId }) =>
      recordAudit(db, ports, {
        actor: `issuer:${issuer}`,
        action: 'account.member_remove',
        subject: userId,
        accountId,
      }),
    ),
  ]);
}

/** Those of them that are here and not closed. What is no list of ids is an empty one: nothing said, nothing given. */
async function livingOf({ store }: Needs, claim: unknown): Promise<string[]> {
  const { accounts } = store.tables;
  const named = (Array.isArray(claim) ? claim : [])
    .filter((id): id is string => typeof id === 'string' && id.startsWith('acc_'))
    .slice(0, maxAccounts);
  if (named.length === 0) return [];
  const living = await store.db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(inArray(accounts.id, named), notInArray(accounts.status, ['closed', 'erased'])));
  return living.map(({ id }) => id);
}
