import { and, eq, inArray, ne, sql } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { revoke } from './revoke.ts';
import { suspend, unsuspend } from './suspend.ts';
import { raiseVersion } from './version.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'gate' | 'queue'>;
export type AccountStatus = 'active' | 'suspended' | 'closed' | 'erased';

/** Closed and erased are for good: what was ended with an account does not come back with a status. */
const mayBecome: Record<AccountStatus, readonly AccountStatus[]> = {
  active: ['active', 'suspended', 'closed', 'erased'],
  suspended: ['active', 'suspended', 'closed', 'erased'],
  closed: ['closed', 'erased'],
  erased: ['erased'],
};

/**
 * What the marketplace tells of its people. Suspended: deliveries are held and tokens answer 403 until it is active
 * again. Closed: everything that hangs on the account is revoked. Erased: besides, its personal data goes; proofs stay.
 */
export async function setAccountStatus(
  ports: Needs,
  by: string,
  id: string,
  status: AccountStatus,
): Promise<void> {
  const { store, clock } = ports;
  const { accounts } = store.tables;
  const [account] = await store.db.select().from(accounts).where(eq(accounts.id, id)).limit(1);
  if (!account) throw new PatchbayError('not_found', { public: `There is no account ${id}.` });
  if (!mayBecome[account.status].includes(status)) {
    throw new PatchbayError('state_conflict', {
      public: `The account is ${account.status}; it cannot become ${status}.`,
    });
  }
  if (account.status === status) return;
  const [changed] = await store.write((db) => [
    db
      .update(accounts)
      .set({ status, updatedAt: clock.now() })
      .where(and(eq(accounts.id, id), eq(accounts.status, account.status)))
      .returning({ id: accounts.id }),
    ...raiseVersion(db, ports, { accountId: id }),
    recordAudit(db, ports, {
      actor: by,
      action: 'account.status',
      subject: id,
      accountId: id,
      detail: { from: account.status, to: status },
    }),
  ]);
  if (changed.length === 0)
    throw new PatchbayError('state_conflict', {
      public: 'The status was changed by someone else at the same moment. Read it and try again.',
    });
  if (status === 'suspended')
    await suspend(ports, { level: 'account', id, reason: 'account_suspended', actor: by });
  if (status === 'active') await unsuspend(ports, { level: 'account', id, actor: by });
  if (status === 'closed' || status === 'erased')
    await revoke(ports, { level: 'account', id, reason: `account_${status}`, actor: by });
  if (status === 'erased') await eraseAccount(ports, by, id);
}

/**
 * Personal data of one account: its own name, its members' names, what endpoints answered to it, and the data of events
 * that it alone was the audience of. Ids, states, times and the audit trail stay: they prove what was done.
 */
async function eraseAccount(ports: Needs, by: string, id: string): Promise<void> {
  const { store, clock } = ports;
  const {
    accounts,
    members,
    users,
    subscriptions,
    secrets,
    events,
    entities,
    entityAccounts,
    deliveries,
    attempts,
    feed,
  } = store.tables;
  const ownSubscriptions = store.db
    .select({ id: subscriptions.id })
    .from(subscriptions)
    .where(eq(subscriptions.accountId, id));
  const aloneIn = sql`${events.audience} = ${JSON.stringify([id])}`;
  const ofFeed = store.db.select({ position: feed.eventPosition }).from(feed).where(eq(feed.accountId, id));
  await store.write((db) => [
    db
      .update(accounts)
      .set({ name: `erased ${id}`, city: null, updatedAt: clock.now() })
      .where(eq(accounts.id, id)),
    db
      .update(users)
      .set({ name: 'erased', email: null })
      .where(
        inArray(users.id, db.select({ id: members.userId }).from(members).where(eq(members.accountId, id))),
      ),
    db
      .update(subscriptions)
      .set({
        state: 'deleted',
        stateReason: 'account_erased',
        description: '',
        endpoint: { type: 'webhook', url: 'https://erased.invalid/' },
        host: 'erased.invalid',
        filter: null,
      })
      .where(and(eq(subscriptions.accountId, id), ne(subscriptions.state, 'deleted'))),
    db.delete(secrets).where(inArray(secrets.subscriptionId, ownSubscriptions)),
    db
      .update(attempts)
      .set({ answer: '', detail: '' })
      .where(
        inArray(
          attempts.deliveryId,
          db.select({ id: deliveries.id }).from(deliveries).where(eq(deliveries.accountId, id)),
        ),
      ),
    db
      .update(events)
      .set({ data: {} })
      .where(and(inArray(events.position, ofFeed), aloneIn)),
    db.delete(entities).where(
      and(
        inArray(
          entities.id,
          db
            .select({ id: entityAccounts.entity })
            .from(entityAccounts)
            .where(sql`${entityAccounts.id} like ${`${id}:%`}`),
        ),
        inArray(entities.eventPosition, db.select({ position: events.position }).from(events).where(aloneIn)),
      ),
    ),
    db.delete(feed).where(eq(feed.accountId, id)),
    db.delete(entityAccounts).where(sql`${entityAccounts.id} like ${`${id}:%`}`),
    ...raiseVersion(db, ports, { accountId: id }),
    recordAudit(db, ports, { actor: by, action: 'account.erase', subject: id, accountId: id }),
  ]);
}
