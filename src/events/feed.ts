import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { Reader } from '#src/access';
import { eventTypes, expandTypes, matchesType, typeNames } from '#src/catalog';
import { encodeCursor } from '#src/columns';
import type { Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { postgresFeedEnd } from '#src/store';
import { isOfAnotherGrant } from '#src/subscriptions';
import { createViews } from '#src/view';
import { decodePlace } from '#src/wire';
import { bodyFor, recordOf, type ShownEvent } from './show.ts';

/**
 * The pull side of webhooks: the same events, fields and sequence numbers, oldest first. A cursor is a place in
 * commit order, so a reader that goes on from it never misses what another transaction commits late.
 */
export type FeedPage = { data: ShownEvent[]; next_cursor: string };
type Place = { tx: number; position: number };

/** After a first look: a reader of a rare type must not make one request walk a month of events. */
const headsPerRead = 1_000;
const maxReads = 6;

/**
 * Always with a cursor, also on an empty page: a poller goes on from it. Throws `invalid_cursor`, and `invalid_parameter`
 * for types and a version that there are not.
 */
export async function readFeed(
  ctx: Ctx,
  reader: Reader,
  query: { after?: string | undefined; types?: string | undefined; limit: number },
): Promise<FeedPage> {
  const types = wantedTypes(query.types);
  requireVersion(types, reader.version);
  const wanted = revealed(types, reader);
  const found: number[] = [];
  let place = placeOf(query.after);
  for (let read = 0; read < maxReads && found.length < query.limit; read++) {
    const count = read === 0 ? query.limit : headsPerRead;
    const heads = await readHeads(ctx, reader, place, count);
    for (const head of heads) {
      if (found.length === query.limit) break;
      place = { tx: head.tx, position: head.position };
      const isSeen = head.env === ctx.caller.env && head.eventPosition > reader.seesAfter;
      if (isSeen && wanted.has(head.type)) found.push(head.eventPosition);
    }
    if (heads.length < count) break;
  }
  return {
    data: await readBodies(ctx, reader, found),
    next_cursor: encodeCursor('feed', [place.tx, place.position]),
  };
}

function placeOf(after: string | undefined): Place {
  if (!after) return { tx: 0, position: 0 };
  const [tx = 0, position = 0] = decodePlace('feed', after, 2);
  return { tx, position };
}

/** Without `types`: what `*` means to a subscription, so that both sides see the same. */
function wantedTypes(types: string | undefined): string[] {
  if (types === undefined) return expandTypes(['*']);
  const patterns = types.split(',').map((pattern) => pattern.trim());
  const unknown = patterns.find((pattern) => !typeNames.some((type) => matchesType(pattern, type)));
  if (unknown !== undefined) {
    throw new PatchbayError('invalid_parameter', {
      public: `types: no event type is called ${JSON.stringify(unknown.slice(0, 100))}. GET /v1/event-types lists them; a type that is off by default must be named in full.`,
    });
  }
  return expandTypes(patterns);
}

/** As of a subscription's pin: of many types some may be older than it. */
function requireVersion(types: readonly string[], version: number | null): void {
  if (version === null || types.some((type) => eventTypes.get(type)?.versions[version])) return;
  throw new PatchbayError('invalid_parameter', {
    public: `schema_version: None of these types has a version ${version}.`,
  });
}

function revealed(types: string[], { scopes }: Reader): Set<string> {
  return new Set(types.filter((type) => scopes.has(eventTypes.get(type)?.scope ?? '')));
}

/** Places and types alone: bodies are read only for what will be shown. */
function readHeads({ store }: Ctx, { accountId }: Reader, { tx, position }: Place, count: number) {
  const { feed, events } = store.tables;
  // One writer on SQLite: `tx` is 0 in every row there, and said so, the index leads straight to the place.
  const isLater =
    store.dialect === 'postgres'
      ? sql`(${feed.tx}, ${feed.position}) > (${sql.param(tx, feed.tx)}, ${sql.param(position, feed.position)})`
      : and(eq(feed.tx, 0), gt(feed.position, position));
  const isSettled = store.dialect === 'postgres' ? sql`${feed.tx} < ${sql.raw(postgresFeedEnd)}` : undefined;
  return store.db
    .select({
      tx: feed.tx,
      position: feed.position,
      eventPosition: feed.eventPosition,
      type: events.type,
      env: events.env,
    })
    .from(feed)
    .innerJoin(events, eq(events.position, feed.eventPosition))
    .where(and(eq(feed.accountId, accountId), isLater, isSettled))
    .orderBy(asc(feed.tx), asc(feed.position))
    .limit(count);
}

/** In the order of the feed. A hundred at most, which is what D1 binds. */
async function readBodies({ store }: Ctx, reader: Reader, positions: number[]): Promise<ShownEvent[]> {
  if (positions.length === 0) return [];
  const { events } = store.tables;
  const rows = await store.db.select().from(events).where(inArray(events.position, positions));
  const byPosition = new Map(rows.map((row) => [row.position, row]));
  return positions.flatMap((position) => {
    const row = byPosition.get(position);
    const shown = row && !isOfAnotherGrant(row, reader) ? bodyFor(createViews(recordOf(row)), reader) : null;
    return shown ? [shown] : [];
  });
}
