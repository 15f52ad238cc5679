import { and, eq, ne, sql } from 'drizzle-orm';
import { raiseVersion } from '#src/access';
import { recordAuditIf } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { addTask } from '#src/tasks';
import type { By } from './rules.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'directory' | 'queue'>;

/** What the owner of a refused one reads. */
export const refusedWords =
  'The marketplace has refused it. Nothing is kept or sent for it; change it, and it is looked at again.';

/**
 * Of the version that was looked at: whoever changes where it goes while somebody reads gets nothing approved. What is
 * accepted from now on is matched; what came while it waited is not sent by itself. 404 for what does not wait; 409
 * where it has changed.
 */
export async function decideApproval(
  ports: Needs,
  by: By,
  decision: { id: string; version: number; outcome: 'approved' | 'refused'; note: string },
): Promise<void> {
  const { store, clock, directory, queue } = ports;
  const { id, version, outcome, note } = decision;
  const { subscriptions } = store.tables;
  const waits = and(
    eq(subscriptions.id, id),
    eq(subscriptions.approval, 'pending'),
    ne(subscriptions.state, 'deleted'),
  );
  const [row] = await store.db.select().from(subscriptions).where(waits).limit(1);
  if (!row) throw new PatchbayError('not_found', { public: `No subscription ${id} waits for approval.` });
  const seen = and(waits, eq(subscriptions.version, version));
  const isApproved = outcome === 'approved';
  const byHand = sql`${subscriptions.stateReason} = 'pending_approval'`;
  const [, , , , changed] = await store.write((db) => [
    // On Postgres it waits for the publishes under way, so that the position read below is behind them.
    ...raiseVersion(db, ports, { accountId: row.accountId, subscriptionId: id }),
    // Of two who decide at once the second waits here, and finds that it waits no more.
    db.update(subscriptions).set({ approval: 'pending' }).where(seen),
    recordAuditIf(
      db,
      ports,
      {
        ...by,
        action: isApproved ? 'subscription.approve' : 'subscription.refuse',
        subject: id,
        accountId: row.accountId,
        detail: { host: row.host, types: row.eventTypes, rule: row.approvalRule, version, note },
      },
      sql`exists (select 1 from ${subscriptions} where ${seen})`,
    ),
    db
      .update(subscriptions)
      .set({
        approval: outcome,
        // What is disabled for another reason stays so.
        ...(isApproved
          ? {
              state: sql`case when ${byHand} then 'active' else ${subscriptions.state} end`,
              stateReason: sql`case when ${byHand} then null else ${subscriptions.stateReason} end`,
              sinceEvent: sql`(select coalesce(max(position), 0) from events)`,
            }
          : {
              stateReason: sql`case when ${byHand} then 'approval_refused' else ${subscriptions.stateReason} end`,
            }),
        updatedAt: clock.now(),
        version: sql`${subscriptions.version} + 1`,
      })
      .where(seen)
      .returning({ id: subscriptions.id }),
    // What was queued before a change made it wait. Letting go too much does no harm: the sender asks again.
    addTask(db, ports, { kind: 'release', subject: id, payload: { level: 'subscription', id } }),
  ]);
  if (changed.length === 0)
    throw new PatchbayError('state_conflict', {
      public: 'It has changed since you looked, or somebody else has decided. Look again.',
    });
  await directory.freshen();
  queue.wake('tasks');
}
