import { and, desc, eq, lt } from 'drizzle-orm';
import { requireGrant, revoke } from '#src/access';
import { decodeCursor, encodeCursor } from '#src/columns';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { showFeed, type ShownFeed } from './show.ts';

type Page = { limit: number; after?: string | undefined };

/** The account's feeds, newest first, ended ones included. */
export async function listFeeds(
  ctx: Ctx,
  { limit, after }: Page,
): Promise<{ data: ShownFeed[]; next_cursor: string | null }> {
  const { tokens } = ctx.store.tables;
  const rows = await ctx.store.db
    .select()
    .from(tokens)
    .where(and(isOwn(ctx), after ? lt(tokens.id, decodeCursor('feeds', after, ['string'])[0]) : undefined))
    .orderBy(desc(tokens.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map((row) => showFeed(row, ctx.settings)),
    next_cursor: rows.length > limit && last ? encodeCursor('feeds', [last.id]) : null,
  };
}

/** From now on its address answers 410. The answer is the receipt's id. 404 for a feed of another account. */
export async function revokeFeed(
  ctx: Ctx,
  id: string,
  reason: 'user' | 'leaked' | 'rotated',
): Promise<string> {
  const { tokens } = ctx.store.tables;
  const [row] = await ctx.store.db
    .select({ id: tokens.id })
    .from(tokens)
    .where(and(eq(tokens.id, id), isOwn(ctx)))
    .limit(1);
  if (!row) throw new PatchbayError('not_found', { public: 'There is no such calendar feed.' });
  const actor = actorOf(ctx.caller);
  const receipt = await revoke(ctx, { level: 'token', id, reason, actor, requestId: ctx.requestId });
  return receipt.id;
}

/** An app has none. */
function isOwn({ store, caller }: Ctx) {
  const { tokens } = store.tables;
  const { accountId } = requireGrant(caller);
  if (caller.kind !== 'k')
    throw new PatchbayError('forbidden', {
      public: 'Calendar feeds are for their account: in the portal, or by a personal token.',
    });
  return and(eq(tokens.accountId, accountId), eq(tokens.env, caller.env), eq(tokens.kind, 'f'));
}
