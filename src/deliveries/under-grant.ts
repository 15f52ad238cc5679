import { and, count, desc, eq, inArray } from 'drizzle-orm';
import type { Ctx } from '#src/context';
import { shown, type ShownDelivery } from './show.ts';
import { mostWaitingCounted } from './waiting.ts';

type Under = { grantId: string; subscriptionIds: readonly string[] };

/** There is no index of deliveries by grant: of a subscription that serves many, so many of the newest are looked at. */
const newestLooked = 1_000;

/** What lately went out under a grant, newest first. The caller has seen that the grant is theirs. */
export async function deliveriesUnder(
  ctx: Pick<Ctx, 'store' | 'clock' | 'settings'>,
  { grantId, subscriptionIds }: Under,
  limit: number,
): Promise<ShownDelivery[]> {
  const { db, tables } = ctx.store;
  const { deliveries, events } = tables;
  const lists = await Promise.all(
    subscriptionIds.map((id) => {
      const newest = db
        .select({ position: deliveries.position, grantId: deliveries.grantId })
        .from(deliveries)
        .where(eq(deliveries.subscriptionId, id))
        .orderBy(desc(deliveries.position))
        .limit(newestLooked)
        .as('newest');
      return db
        .select({ delivery: deliveries, event: { id: events.id, type: events.type } })
        .from(newest)
        .innerJoin(deliveries, eq(deliveries.position, newest.position))
        .innerJoin(events, eq(events.position, deliveries.eventPosition))
        .where(eq(newest.grantId, grantId))
        .orderBy(desc(newest.position))
        .limit(limit);
    }),
  );
  return lists
    .flat()
    .sort((a, b) => b.delivery.position - a.delivery.position)
    .slice(0, limit)
    .map((row) => shown(ctx, row));
}

/** How many deliveries of these types are queued under a grant, held ones included. Counting stops at 10,000. */
export async function countQueuedUnder(
  { store }: Pick<Ctx, 'store'>,
  { grantId, subscriptionIds }: Under,
  types: readonly string[],
): Promise<number> {
  if (types.length === 0) return 0;
  const { deliveries, events } = store.tables;
  const counts = await Promise.all(
    subscriptionIds.map(async (id) => {
      const queued = store.db
        .select({ position: deliveries.position })
        .from(deliveries)
        .innerJoin(events, eq(events.position, deliveries.eventPosition))
        .where(
          and(
            eq(deliveries.subscriptionId, id),
            eq(deliveries.grantId, grantId),
            inArray(deliveries.state, ['pending', 'leased', 'retrying', 'held']),
            inArray(events.type, [...types]),
          ),
        )
        .limit(mostWaitingCounted)
        .as('queued');
      const [row] = await store.db.select({ n: count() }).from(queued);
      return row?.n ?? 0;
    }),
  );
  return Math.min(
    mostWaitingCounted,
    counts.reduce((sum, n) => sum + n, 0),
  );
}
