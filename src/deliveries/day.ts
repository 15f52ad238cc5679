import { and, count, desc, eq, gte } from 'drizzle-orm';
import type { Ctx } from '#src/context';
import type { DeliveryState } from '#src/store';
import { isOwnDelivery } from './show.ts';

/** How many deliveries of one subscription are in which state, by event type. */
export type DayCount = { subscription: string; type: string; state: DeliveryState; n: number };

const dayMs = 86_400_000;
/** Of each subscription the newest alone: a busy day must not make a page slow. What is counted up to here is a "1,000+". */
export const mostCountedPerSubscription = 1_000;

/** What was made in the last 24 hours; of the caller's own. */
export async function countDay(ctx: Ctx, subscriptionIds: readonly string[]): Promise<DayCount[]> {
  const since = new Date(ctx.clock.ms() - dayMs);
  const lists = await Promise.all(subscriptionIds.map((id) => countOne(ctx, id, since)));
  return lists.flat();
}

async function countOne(ctx: Ctx, id: string, since: Date): Promise<DayCount[]> {
  const { db, tables } = ctx.store;
  const { deliveries, subscriptions, events } = tables;
  const newest = db
    .select({
      state: deliveries.state,
      eventPosition: deliveries.eventPosition,
      createdAt: deliveries.createdAt,
    })
    .from(deliveries)
    .innerJoin(subscriptions, eq(subscriptions.id, deliveries.subscriptionId))
    .where(and(eq(deliveries.subscriptionId, id), isOwnDelivery(ctx)))
    .orderBy(desc(deliveries.position))
    .limit(mostCountedPerSubscription)
    .as('newest');
  const rows = await db
    .select({ type: events.type, state: newest.state, n: count() })
    .from(newest)
    .innerJoin(events, eq(events.position, newest.eventPosition))
    .where(gte(newest.createdAt, since))
    .groupBy(events.type, newest.state);
  return rows.map((row) => ({ subscription: id, ...row }));
}
