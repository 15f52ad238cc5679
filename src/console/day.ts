import { count, desc, eq, gte, inArray } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { listSuspensions } from '#src/revocations';
import type { DeliveryState } from '#src/store';

/** What one partner's subscriptions did at one place in a day. `partner` null: accounts' own automation. */
export type PlaceCount = { partner: string | null; place: string; state: DeliveryState; n: number };
export type Places = 'city' | 'host';
export type Day = { counts: PlaceCount[]; names: Map<string, string>; isMore: boolean };

const dayMs = 86_400_000;
/** Of all deliveries the newest alone: a busy day must not make the page slow. */
export const mostCounted = 10_000;

/** What was made in the last 24 hours with live data, over all partners. */
export async function readDay(ports: Pick<Ports, 'store' | 'clock'>, by: Places): Promise<Day> {
  const { db, tables } = ports.store;
  const { deliveries, subscriptions, events } = tables;
  const newest = db
    .select({
      env: deliveries.env,
      state: deliveries.state,
      subscriptionId: deliveries.subscriptionId,
      eventPosition: deliveries.eventPosition,
      createdAt: deliveries.createdAt,
    })
    .from(deliveries)
    .orderBy(desc(deliveries.position))
    .limit(mostCounted)
    .as('newest');
  const place = by === 'city' ? events.city : subscriptions.host;
  const rows = await db
    .select({ env: newest.env, partner: subscriptions.partnerId, place, state: newest.state, n: count() })
    .from(newest)
    .innerJoin(subscriptions, eq(subscriptions.id, newest.subscriptionId))
    .innerJoin(events, eq(events.position, newest.eventPosition))
    .where(gte(newest.createdAt, new Date(ports.clock.ms() - dayMs)))
    .groupBy(newest.env, subscriptions.partnerId, place, newest.state);
  const named = await namesOf(ports, [...new Set(rows.flatMap(({ partner }) => partner ?? []))]);
  return {
    counts: rows
      .filter(({ env }) => env === 'live')
      .map(({ partner, place: at, state, n }) => ({ partner, place: at ?? 'no city', state, n })),
    names: new Map(named.map(({ id, name }) => [id, name])),
    isMore: rows.reduce((sum, { n }) => sum + n, 0) >= mostCounted,
  };
}

/** Those whose cord is pulled, the latest first. */
export async function suspendedPartners(
  ports: Pick<Ports, 'store'>,
): Promise<{ id: string; name: string }[]> {
  const { data } = await listSuspensions(ports, { level: 'partner', limit: mostNamed });
  const named = await namesOf(
    ports,
    data.map(({ id }) => id),
  );
  return data.map(({ id }) => named.find((one) => one.id === id) ?? { id, name: id });
}

/** D1 binds at most 100 parameters a statement; more partners than this no picture shows. */
const mostNamed = 90;

async function namesOf({ store }: Pick<Ports, 'store'>, ids: readonly string[]) {
  const { partners } = store.tables;
  return store.db
    .select({ id: partners.id, name: partners.name })
    .from(partners)
    .where(inArray(partners.id, ids.slice(0, mostNamed)));
}
