import { and, count, eq, inArray } from 'drizzle-orm';
import type { Ctx } from '#src/context';
import { isOwnDelivery } from './show.ts';

/** Counting stops here. */
export const mostWaitingCounted = 10_000;

/** What would still be sent for these subscriptions, held ones included: what is lost by deleting them. */
export async function countWaitingOf(ctx: Ctx, subscriptionIds: readonly string[]): Promise<number> {
  const { db, tables } = ctx.store;
  const { deliveries, subscriptions } = tables;
  const counts = await Promise.all(
    subscriptionIds.map(async (id) => {
      const waiting = db
        .select({ position: deliveries.position })
        .from(deliveries)
        .innerJoin(subscriptions, eq(subscriptions.id, deliveries.subscriptionId))
        .where(
          and(
            eq(deliveries.subscriptionId, id),
            isOwnDelivery(ctx),
            inArray(deliveries.state, ['pending', 'leased', 'retrying', 'held']),
          ),
        )
        .limit(mostWaitingCounted)
        .as('waiting');
      const [row] = await db.select({ n: count() }).from(waiting);
      return row?.n ?? 0;
    }),
  );
  return Math.min(
    mostWaitingCounted,
    counts.reduce((sum, n) => sum + n, 0),
  );
}
