import { and, eq, sql } from 'drizzle-orm';
import { raiseVersion } from '#src/access';
import { recordAudit } from '#src/audit';
import { actorOf, type Ctx } from '#src/context';
import { findSubscription, ownedByCaller } from './find.ts';
import { addTask } from '#src/tasks';

/** For good: its secrets are gone with it, and what is queued is cancelled. The row stays, for its deliveries' sake. */
export async function deleteSubscription(ctx: Ctx, id: string): Promise<void> {
  const row = await findSubscription(ctx, id);
  const { subscriptions, secrets } = ctx.store.tables;
  await ctx.store.write((db) => [
    ...raiseVersion(db, ctx, { accountId: row.accountId, subscriptionId: id }),
    // Whoever deletes at the same moment gets the same result, so no version is asked for.
    db
      .update(subscriptions)
      .set({
        state: 'deleted',
        stateReason: 'deleted_by_owner',
        updatedAt: ctx.clock.now(),
        version: sql`${subscriptions.version} + 1`,
      })
      .where(and(eq(subscriptions.id, id), ownedByCaller(ctx))),
    db.delete(secrets).where(eq(secrets.subscriptionId, id)),
    addTask(db, ctx, {
      kind: 'cancel',
      subject: id,
      payload: { level: 'subscription', id, reason: 'deleted' },
    }),
    recordAudit(db, ctx, {
      actor: actorOf(ctx.caller),
      action: 'subscription.delete',
      subject: id,
      accountId: row.accountId,
      requestId: ctx.requestId,
      detail: { host: row.host },
    }),
  ]);
  await ctx.directory.freshen();
  ctx.queue.wake('tasks');
}
