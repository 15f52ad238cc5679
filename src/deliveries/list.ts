import { and, desc, eq, isNotNull, isNull, lt, or, sql, type SQL } from 'drizzle-orm';
import { encodeCursor } from '#src/columns';
import type { Ctx } from '#src/context';
import type { DeliveryState } from '#src/store';
import { decodePlace } from '#src/wire';
import { isStopped } from './below.ts';
import { isOwnDelivery, shown, type ShownDelivery } from './show.ts';

export type DeliveryQuery = {
  subscription?: string | undefined;
  state?: DeliveryState | undefined;
  event?: string | undefined;
  after?: string | undefined;
  limit: number;
};
export type DeliveryPage = { data: ShownDelivery[]; next_cursor: string | null };

/** Newest first. Deliveries of a subscription that is not the caller's are simply not there. */
export async function listDeliveries(ctx: Ctx, query: DeliveryQuery): Promise<DeliveryPage> {
  const isOwn = isOwnDelivery(ctx);
  const before = query.after ? (decodePlace('deliveries', query.after, 1)[0] ?? null) : null;
  const positions =
    query.event === undefined
      ? await newestOf(ctx, await ownSubscriptions(ctx, query.subscription), query, before)
      : await ofEvent(ctx, query.event, query, before);
  const rows = await readRows(ctx, positions.slice(0, query.limit), isOwn);
  const last = positions[query.limit - 1];
  const hasMore = positions.length > query.limit && last !== undefined;
  return {
    data: rows.map((row) => shown(ctx, row)),
    next_cursor: hasMore ? encodeCursor('deliveries', [last]) : null,
  };
}

/** Also deleted ones: what they sent is still there to be read. */
async function ownSubscriptions({ store, caller }: Ctx, only: string | undefined): Promise<string[]> {
  const { subscriptions } = store.tables;
  const ofApp = and(eq(subscriptions.appId, caller.appId ?? ''), eq(subscriptions.owner, 'app'));
  const isOwn = !caller.grantId
    ? ofApp
    : caller.appId
      ? or(eq(subscriptions.grantId, caller.grantId), ofApp)
      : and(eq(subscriptions.accountId, caller.accountId ?? ''), isNull(subscriptions.appId));
  const isWanted = only === undefined ? undefined : eq(subscriptions.id, only);
  const rows = await store.db
    .select({ id: subscriptions.id })
    .from(subscriptions)
    .where(and(isWanted, eq(subscriptions.env, caller.env), isOwn))
    .orderBy(desc(subscriptions.id))
    .limit(1_000);
  return rows.map((row) => row.id);
}

/** One short index scan a subscription: a single query over all of them would sort every delivery they ever had. */
async function newestOf(
  { store, caller }: Ctx,
  ids: string[],
  query: DeliveryQuery,
  before: number | null,
): Promise<number[]> {
  const { deliveries } = store.tables;
  const isOfGrant = caller.appId && caller.grantId ? eq(deliveries.grantId, caller.grantId) : undefined;
  const lists = await Promise.all(
    ids.map((id) =>
      store.db
        .select({ position: deliveries.position })
        .from(deliveries)
        .where(and(eq(deliveries.subscriptionId, id), isOfGrant, ...conditions(store, query, before)))
        .orderBy(desc(placeOf(store, query)))
        .limit(query.limit + 1),
    ),
  );
  return lists
    .flat()
    .map((row) => row.position)
    .sort((a, b) => b - a)
    .slice(0, query.limit + 1);
}

async function ofEvent(
  ctx: Ctx,
  event: string,
  query: DeliveryQuery,
  before: number | null,
): Promise<number[]> {
  const { store } = ctx;
  const { deliveries, subscriptions, events } = store.tables;
  const isOfSubscription =
    query.subscription === undefined ? undefined : eq(deliveries.subscriptionId, query.subscription);
  const rows = await store.db
    .select({ position: deliveries.position })
    .from(events)
    .innerJoin(deliveries, eq(deliveries.eventPosition, events.position))
    .innerJoin(subscriptions, eq(subscriptions.id, deliveries.subscriptionId))
    .where(
      and(eq(events.id, event), isOfSubscription, isOwnDelivery(ctx), ...conditions(store, query, before)),
    )
    .orderBy(desc(deliveries.position))
    .limit(query.limit + 1);
  return rows.map((row) => row.position);
}

/**
 * What is queued is few among the many that were delivered, and has an index of its own. The sign keeps SQLite from
 * walking by position through all the others in search of it.
 */
const placeOf = ({ tables: { deliveries } }: Ctx['store'], { state }: DeliveryQuery): SQL =>
  state === 'pending' || state === 'leased' ? sql`+${deliveries.position}` : sql`${deliveries.position}`;

function conditions(store: Ctx['store'], query: DeliveryQuery, before: number | null): (SQL | undefined)[] {
  const { deliveries } = store.tables;
  const { state } = query;
  return [
    before === null ? undefined : lt(placeOf(store, query), before),
    state && eq(deliveries.state, state),
    // The very words of the partial indexes: SQLite uses one only where the query repeats its condition.
    state && hasStopped(state) ? isStopped({ store }) : undefined,
    state === 'pending' || state === 'leased' ? isNotNull(deliveries.dueAt) : undefined,
  ];
}

const hasStopped = (state: DeliveryState): boolean =>
  state === 'retrying' || state === 'held' || state === 'dead' || state === 'cancelled';

async function readRows(ctx: Ctx, positions: number[], isOwn: SQL | undefined) {
  if (positions.length === 0) return [];
  const { deliveries, subscriptions, events } = ctx.store.tables;
  return ctx.store.db
    .select({ delivery: deliveries, event: { id: events.id, type: events.type } })
    .from(deliveries)
    .innerJoin(subscriptions, eq(subscriptions.id, deliveries.subscriptionId))
    .innerJoin(events, eq(events.position, deliveries.eventPosition))
    .where(and(inPositions(ctx, positions), isOwn))
    .orderBy(desc(deliveries.position));
}

/** Written out: D1 binds at most 100 parameters a statement. They are whole numbers that the database gave. */
const inPositions = ({ store }: Ctx, positions: number[]): SQL =>
  sql`${store.tables.deliveries.position} in (${sql.raw(positions.map(Number).join(', '))})`;
