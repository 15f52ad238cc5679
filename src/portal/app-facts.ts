import { findGrant, showGrant, type ShownGrant } from '#src/access';
import type { Ctx } from '#src/context';
import { deliveriesUnder, type ShownDelivery } from '#src/deliveries';
import { PatchbayError } from '#src/errors';
import { type ServingSubscription, subscriptionsUnder } from '#src/subscriptions';
import { type DayUse, useByDay } from '#src/usage';

/** All that a page says of one connected app. */
export type AppFacts = {
  grant: ShownGrant;
  subscriptions: ServingSubscription[];
  /** The newest ten. */
  deliveries: ShownDelivery[];
  /** Oldest first. */
  days: DayUse[];
};

const daysShown = 14;

export async function readApp(ctx: Ctx, id: string): Promise<AppFacts> {
  const { grant, subscriptions } = await readServed(ctx, id);
  const subscriptionIds = subscriptions.map((one) => one.id);
  const holder = `grant:${id}`;
  const [deliveries, used] = await Promise.all([
    deliveriesUnder(ctx, { grantId: id, subscriptionIds }, 10),
    useByDay(ctx, [holder], daysShown),
  ]);
  return { grant, subscriptions, deliveries, days: (used.get(holder) ?? []).toReversed() };
}

/** 404 for another account's, and for the account's own automation, which is no app. */
export async function readServed(ctx: Ctx, id: string): Promise<Pick<AppFacts, 'grant' | 'subscriptions'>> {
  const row = await findGrant(ctx, id);
  if (row.appId === null) throw new PatchbayError('not_found');
  const [grant, subscriptions] = await Promise.all([showGrant(ctx, id), subscriptionsUnder(ctx, row)]);
  return { grant, subscriptions };
}
