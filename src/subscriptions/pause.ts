import { and, eq, inArray, sql } from 'drizzle-orm';
import { raiseVersion } from '#src/access';
import { isInert } from '#src/approvals';
import { recordAudit } from '#src/audit';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { changedMeanwhile, findSubscription, ownedByCaller, type SubscriptionRow } from './find.ts';
import { addTask } from '#src/tasks';

/**
 * Nothing is dropped: what matches from now on is written as held, and what waits already is held when its turn comes
 * (the sender asks before each attempt). There is no task that goes through the queue: it would race with the sender
 * for the same answer. Pausing what is paused is fine; what the hub disabled is held anyway, and says why (409).
 */
export async function pauseSubscription(ctx: Ctx, id: string): Promise<SubscriptionRow> {
  const row = await findSubscription(ctx, id);
  if (row.state === 'paused') return row;
  if (isInert(row)) throw waits(row);
  if (row.state === 'disabled') throw stopped(row);
  const { subscriptions } = ctx.store.tables;
  const [, , [changed]] = await ctx.store.write((db) => [
    ...raiseVersion(db, ctx, { accountId: row.accountId, subscriptionId: id }),
    db
      .update(subscriptions)
      .set({
        state: 'paused',
        stateReason: 'paused_by_owner',
        updatedAt: ctx.clock.now(),
        version: sql`${subscriptions.version} + 1`,
      })
      .where(and(eq(subscriptions.id, id), ownedByCaller(ctx), eq(subscriptions.state, 'active')))
      .returning(),
    audit(ctx, db, row, 'subscription.pause'),
  ]);
  if (!changed) throw changedMeanwhile();
  await ctx.directory.freshen();
  return changed;
}

/** From paused, or from what the hub disabled for its endpoint's sake. What was held goes on, in order of its making. */
export async function resumeSubscription(ctx: Ctx, id: string): Promise<SubscriptionRow> {
  const row = await findSubscription(ctx, id);
  if (row.state === 'active') return row;
  if (isInert(row)) throw waits(row);
  if (row.state === 'disabled' && !mayResume(row.stateReason)) throw stopped(row);
  const { subscriptions } = ctx.store.tables;
  const [, , [changed]] = await ctx.store.write((db) => [
    ...raiseVersion(db, ctx, { accountId: row.accountId, subscriptionId: id }),
    db
      .update(subscriptions)
      .set({
        state: 'active',
        stateReason: null,
        failingSince: null,
        updatedAt: ctx.clock.now(),
        version: sql`${subscriptions.version} + 1`,
      })
      .where(
        and(
          eq(subscriptions.id, id),
          ownedByCaller(ctx),
          inArray(subscriptions.state, ['paused', 'disabled']),
          sql`coalesce(${subscriptions.approval}, 'approved') = 'approved'`,
          // Staff may have stopped it between the read and this.
          row.stateReason === null ? undefined : eq(subscriptions.stateReason, row.stateReason),
        ),
      )
      .returning(),
    addTask(db, ctx, { kind: 'release', subject: id, payload: { level: 'subscription', id } }),
    audit(ctx, db, row, 'subscription.resume'),
  ]);
  if (!changed) throw changedMeanwhile();
  await ctx.directory.freshen();
  ctx.queue.wake('tasks');
  return changed;
}

/**
 * The owner may judge its endpoint, and what a token that leaked had made. What was stopped for abuse, or by staff, is
 * for staff to start again.
 */
const ownersAffair: readonly (string | null)[] = ['gone', 'failing_too_long', 'token_leaked'];
const mayResume = (reason: string | null): boolean => ownersAffair.includes(reason);

/** For what the owner asks of one that is inert. */
export const waits = ({ approval }: SubscriptionRow): PatchbayError =>
  new PatchbayError('state_conflict', {
    public:
      approval === 'refused'
        ? 'The marketplace refused to approve the subscription. Changing it asks again.'
        : 'The subscription waits for approval by the marketplace; until then nothing is sent for it.',
  });

const stopped = (row: SubscriptionRow): PatchbayError =>
  new PatchbayError('state_conflict', {
    public: mayResume(row.stateReason)
      ? `The hub has disabled the subscription (${row.stateReason}); its events are held already. Resume it when its endpoint works.`
      : `The subscription is disabled (${row.stateReason ?? 'by staff'}). Support can say why, and start it again.`,
  });

const audit = (ctx: Ctx, db: Ctx['store']['db'], row: SubscriptionRow, action: string) =>
  recordAudit(db, ctx, {
    actor: actorOf(ctx.caller),
    action,
    subject: row.id,
    accountId: row.accountId,
    requestId: ctx.requestId,
    detail: { from: row.state, reason: row.stateReason },
  });
