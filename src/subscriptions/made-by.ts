import { and, desc, eq } from 'drizzle-orm';
import type { Ctx } from '#src/context';
import { ownedByCaller } from './find.ts';
import { showSubscription, type ShownSubscription } from './show.ts';

/** The living subscriptions that a token made, newest first, a hundred at most: what ends with it if it leaked. */
export async function subscriptionsMadeBy(ctx: Ctx, tokenId: string): Promise<ShownSubscription[]> {
  const { subscriptions } = ctx.store.tables;
  const rows = await ctx.store.db
    .select()
    .from(subscriptions)
    .where(and(eq(subscriptions.tokenId, tokenId), ownedByCaller(ctx)))
    .orderBy(desc(subscriptions.id))
    .limit(100);
  return rows.map(showSubscription);
}
