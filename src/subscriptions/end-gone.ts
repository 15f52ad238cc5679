import { and, eq, ne, sql } from 'drizzle-orm';
import { raiseVersion } from '#src/access';
import { recordAuditIf } from '#src/audit';
import type { Ports } from '#src/context';
import { insertIf } from '#src/store';
import type { SubscriptionRow } from './find.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'meter' | 'directory' | 'queue'>;

/** Zapier answers 410 for a Zap that was switched off or deleted, and never takes that address up again. */
const zapierHost = 'hooks.zapier.com';

/** Whether a 410 of this endpoint is the way in which it unsubscribes (resthooks.org), rather than a fault. */
export const endsWhenGone = ({ via, host }: Pick<SubscriptionRow, 'via' | 'host'>): boolean =>
  via === 'hook' || host === zapierHost;

/** As if its owner had deleted it; what is queued is cancelled. Several attempts may say so at once: it ends once. */
export async function endGone(ports: Needs, subscription: SubscriptionRow): Promise<void> {
  const { store, clock, ids, meter, directory, queue } = ports;
  const { subscriptions, secrets, tasks } = store.tables;
  const { id, version } = subscription;
  const now = clock.now();
  const cancellation = `tsk_${id}_${version}`;
  const mark = ids.newId('wrk');
  // A late answer of an address says nothing of the one that took its place.
  const hasEnded = sql`exists (select 1 from ${subscriptions} where ${subscriptions.id} = ${id}
    and ${subscriptions.stateReason} = 'gone' and ${subscriptions.state} = 'deleted'
    and ${subscriptions.version} = ${version + 1})`;
  const [ended] = await store.write((db) => [
    db
      .update(subscriptions)
      .set({ state: 'deleted', stateReason: 'gone', updatedAt: now, version: version + 1 })
      .where(
        and(eq(subscriptions.id, id), ne(subscriptions.state, 'deleted'), eq(subscriptions.version, version)),
      )
      .returning({ id: subscriptions.id }),
    ...raiseVersion(db, ports, { accountId: subscription.accountId, subscriptionId: id }),
    db.delete(secrets).where(and(eq(secrets.subscriptionId, id), hasEnded)),
    insertIf(
      db,
      tasks,
      {
        id: cancellation,
        kind: 'cancel',
        subject: id,
        payload: { level: 'subscription', id, reason: 'gone' },
        state: 'open',
        done: 0,
        dueAt: now,
        leaseId: mark,
        failures: 0,
        createdAt: now,
        updatedAt: now,
      },
      hasEnded,
    ).onConflictDoNothing(),
    recordAuditIf(
      db,
      ports,
      {
        actor: 'hub',
        action: 'subscription.delete',
        subject: id,
        accountId: subscription.accountId,
        detail: { host: subscription.host, reason: 'gone' },
      },
      sql`exists (select 1 from ${tasks} where ${tasks.id} = ${cancellation} and ${tasks.leaseId} = ${mark})`,
    ),
  ]);
  if (ended.length > 0) meter.count('subscriptions_ended', { reason: 'gone' });
  await directory.freshen();
  queue.wake('tasks');
}
