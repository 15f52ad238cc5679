import { and, asc, desc, eq, gt, gte, inArray, lte, type SQL, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Env, EventRecord } from '#src/ports';
import type { DeliveryState } from '#src/store';

type Needs = Pick<Ports, 'store'>;
export type FeedPlace = { tx: number; position: number };
export type FeedEvent = FeedPlace & { event: EventRecord };

/** The newest events of an account that are of these types and after its consent. */
export async function newestEvents(
  { store }: Needs,
  wanted: {
    env: Env;
    accountId: string;
    types: readonly string[];
    after: number;
    before: FeedPlace | null;
    limit: number;
  },
): Promise<FeedEvent[]> {
  const { feed, events } = store.tables;
  const { before } = wanted;
  if (wanted.types.length === 0) return [];
  const rows = await store.db
    .select({ tx: feed.tx, position: feed.position, event: events })
    .from(feed)
    .innerJoin(events, eq(events.position, feed.eventPosition))
    .where(
      and(
        eq(feed.accountId, wanted.accountId),
        before ? sql`(${feed.tx}, ${feed.position}) < (${before.tx}, ${before.position})` : undefined,
        eq(events.env, wanted.env),
        gt(events.position, wanted.after),
        inArray(events.type, [...wanted.types]),
      ),
    )
    .orderBy(desc(feed.tx), desc(feed.position))
    .limit(wanted.limit);
  return rows.map((row) => ({ ...row, event: recordOf(row.event) }));
}

export type Delivered = { position: number; state: DeliveryState };

/** An account's events of a span, oldest first or, with `before`, newest first; each with its delivery for this subscription and grant. */
export async function eventsWithDelivery(
  { store }: Needs,
  wanted: {
    env: Env;
    accountId: string;
    subscriptionId: string;
    grantId: string;
    span: SQL | undefined;
    /** null: of every type. */
    types: readonly string[] | null;
    limit: number;
  } & ({ after: FeedPlace } | { before: FeedPlace | null }),
): Promise<(FeedEvent & { delivery: Delivered | null })[]> {
  const { feed, events, deliveries } = store.tables;
  const place = sql`(${feed.tx}, ${feed.position})`;
  const isNewestFirst = 'before' in wanted;
  const from = isNewestFirst ? wanted.before : wanted.after;
  const isBeyond = from && sql`${place} ${sql.raw(isNewestFirst ? '<' : '>')} (${from.tx}, ${from.position})`;
  const turn = isNewestFirst ? desc : asc;
  const rows = await store.db
    .select({
      tx: feed.tx,
      position: feed.position,
      event: events,
      deliveryPosition: deliveries.position,
      state: deliveries.state,
    })
    .from(feed)
    .innerJoin(events, eq(events.position, feed.eventPosition))
    .leftJoin(
      deliveries,
      and(
        eq(deliveries.eventPosition, feed.eventPosition),
        eq(deliveries.subscriptionId, wanted.subscriptionId),
        eq(deliveries.grantId, wanted.grantId),
      ),
    )
    .where(
      and(
        eq(feed.accountId, wanted.accountId),
        isBeyond ?? undefined,
        eq(events.env, wanted.env),
        wanted.types ? inArray(events.type, [...wanted.types]) : undefined,
        wanted.span,
      ),
    )
    .orderBy(turn(feed.tx), turn(feed.position))
    .limit(wanted.limit);
  return rows.map(({ tx, position, event, deliveryPosition, state }) => ({
    tx,
    position,
    event: recordOf(event),
    delivery: deliveryPosition !== null && state !== null ? { position: deliveryPosition, state } : null,
  }));
}

export function acceptedWithin({ store }: Needs, sinceMs: number, untilMs: number): SQL | undefined {
  const { events } = store.tables;
  return and(gte(events.acceptedAt, new Date(sinceMs)), lte(events.acceptedAt, new Date(untilMs)));
}

type EventRow = Ports['store']['tables']['events']['$inferSelect'];

const recordOf = ({ occurredAt, acceptedAt, ...row }: EventRow): EventRecord => ({
  position: row.position,
  id: row.id,
  env: row.env,
  type: row.type,
  schemaVersion: row.schemaVersion,
  occurredAtMs: occurredAt.getTime(),
  acceptedAtMs: acceptedAt.getTime(),
  city: row.city,
  subject: row.subject,
  sequence: row.sequence,
  critical: row.critical,
  audience: row.audience,
  data: row.data,
});
