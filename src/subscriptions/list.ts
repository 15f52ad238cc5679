import { and, desc, eq, inArray, lt, type SQL, sql } from 'drizzle-orm';
import { decodeCursor, encodeCursor } from '#src/columns';
import type { Ctx } from '#src/context';
import { ownedByCaller } from './find.ts';
import { idsPerStatement, piecesOf } from './pieces.ts';
import { showSubscription, type ShownSubscription } from './show.ts';
import type { ListQuery } from './spec.ts';

/** Newest first: ids sort by the time they were made. */
export async function listSubscriptions(
  ctx: Ctx,
  { state, limit, cursor }: ListQuery,
): Promise<{ data: ShownSubscription[]; next_cursor: string | null }> {
  const { subscriptions } = ctx.store.tables;
  const before = cursor === undefined ? null : decodeCursor('subscriptions', cursor, ['string'])[0];
  const rows = await ctx.store.db
    .select()
    .from(subscriptions)
    .where(
      and(
        ownedByCaller(ctx),
        state ? isShownAs(ctx, state) : undefined,
        before === null ? undefined : lt(subscriptions.id, before),
      ),
    )
    .orderBy(desc(subscriptions.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map(showSubscription),
    next_cursor: rows.length > limit && last ? encodeCursor('subscriptions', [last.id]) : null,
  };
}

/** Of these, each named once, those that live and are the caller's; in no order. */
export async function subscriptionsById(ctx: Ctx, ids: readonly string[]): Promise<ShownSubscription[]> {
  const { subscriptions } = ctx.store.tables;
  const rows = await Promise.all(
    piecesOf(ids, idsPerStatement).map((piece) =>
      ctx.store.db
        .select()
        .from(subscriptions)
        .where(and(ownedByCaller(ctx), inArray(subscriptions.id, piece))),
    ),
  );
  return rows.flat().map(showSubscription);
}

function isShownAs({ store }: Ctx, state: NonNullable<ListQuery['state']>): SQL | undefined {
  const { subscriptions } = store.tables;
  const waits = sql`coalesce(${subscriptions.stateReason}, '') = 'pending_approval'`;
  if (state === 'pending_approval') return and(eq(subscriptions.state, 'disabled'), waits);
  if (state === 'disabled') return and(eq(subscriptions.state, 'disabled'), sql`not ${waits}`);
  return eq(subscriptions.state, state);
}
