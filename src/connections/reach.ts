import { and, count, eq, inArray } from 'drizzle-orm';
import type { Ctx } from '#src/context';
import { showSubscription, type ShownSubscription } from '#src/subscriptions';
import { subscriptionsOf } from './break.ts';
import { type ConnectionRow } from './find.ts';

/** The living subscriptions that go through a connection, newest first. */
export async function subscriptionsVia(ctx: Ctx, row: ConnectionRow): Promise<ShownSubscription[]> {
  const ids = await subscriptionsOf(ctx, row);
  if (ids.length === 0) return [];
  const { subscriptions } = ctx.store.tables;
  const rows = await ctx.store.db.select().from(subscriptions).where(inArray(subscriptions.id, ids));
  return rows.map(showSubscription).toSorted((a, b) => (a.id < b.id ? 1 : -1));
}

/** How much of what was made at the vendor stands there still. */
export async function countMade({ store }: Pick<Ctx, 'store'>, row: ConnectionRow): Promise<number> {
  const { connectionRefs } = store.tables;
  const [counted] = await store.db
    .select({ n: count() })
    .from(connectionRefs)
    .where(and(eq(connectionRefs.connectionId, row.id), eq(connectionRefs.state, 'made')));
  return counted?.n ?? 0;
}
