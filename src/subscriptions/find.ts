import { and, eq, ne, or, type SQL } from 'drizzle-orm';
import type { Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Schema } from '#src/store';

export type SubscriptionRow = Schema['subscriptions']['$inferSelect'];

/** One living subscription that the caller may see; 404 for every other id. */
export async function findSubscription(ctx: Ctx, id: string): Promise<SubscriptionRow> {
  const { subscriptions } = ctx.store.tables;
  const [row] = await ctx.store.db
    .select()
    .from(subscriptions)
    .where(and(eq(subscriptions.id, id), ownedByCaller(ctx)))
    .limit(1);
  if (!row) throw new PatchbayError('not_found', { public: `There is no subscription ${id}.` });
  return row;
}

/**
 * What the caller's grant owns, and what its app owns. Every read and every write of a subscription carries it. An app's
 * token of its own (client credentials) has no grant and sees only the latter.
 */
export function ownedByCaller({ store, caller }: Pick<Ctx, 'store' | 'caller'>): SQL | undefined {
  const { subscriptions } = store.tables;
  const { grantId, accountId, appId, env } = caller;
  if (!(grantId && accountId) && !appId) {
    throw new PatchbayError('forbidden', {
      public: 'Subscriptions belong to an account or to an app; this token acts for neither.',
    });
  }
  const own =
    grantId && accountId
      ? and(
          eq(subscriptions.owner, 'grant'),
          eq(subscriptions.grantId, grantId),
          eq(subscriptions.accountId, accountId),
        )
      : undefined;
  const ofApp = appId ? and(eq(subscriptions.owner, 'app'), eq(subscriptions.appId, appId)) : undefined;
  return and(or(own, ofApp), eq(subscriptions.env, env), ne(subscriptions.state, 'deleted'));
}

export const changedMeanwhile = (): PatchbayError =>
  new PatchbayError('state_conflict', {
    public: 'The subscription was changed by someone else at the same moment. Read it and try again.',
  });
