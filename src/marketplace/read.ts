import { and, desc, eq, gt, lt, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Reader } from '#src/access';
import type { EntityKind } from '#src/catalog';
import { decodeCursor, encodeCursor } from '#src/columns';
import type { Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { isForReader, recordOf } from '#src/events';
import { createViews } from '#src/view';

/**
 * The current state of what the marketplace trades in: the newest event of each, through the one view. Where that
 * newest event was not for the account (an RFP that was awarded to others), there is nothing that it may see; what it
 * saw before is in the feed.
 */
export const shownEntity = z.strictObject({
  id: z.string(),
  type: z.string().describe('The event that brought this state.'),
  event: z.string(),
  schema_version: z.int(),
  sequence: z.int(),
  city: z.string().nullable(),
  subject: z.string(),
  updated_at: z.string().describe('When that event happened.'),
  data: z.record(z.string(), z.unknown()).describe("What the grant's scopes reveal of it."),
});
export type ShownEntity = z.output<typeof shownEntity>;
export type EntityPage = { data: ShownEntity[]; next_cursor: string | null };

/** As the catalogue takes them (`id` in its fields). */
export const entityId = /^[a-z]{2,10}_[0-9a-z][0-9a-z_-]{0,63}$/;

type Query = { after?: string | undefined; limit: number };
const rowsPerRead = 100;
const maxReads = 10;

/** Newest id first. A page may be short where many rows in a row are not for the reader; the cursor goes on. */
export async function listEntities(
  ctx: Ctx,
  reader: Reader,
  kind: EntityKind,
  { after, limit }: Query,
): Promise<EntityPage> {
  const data: ShownEntity[] = [];
  let place = after ? placeOf(kind, after) : null;
  for (let read = 0; read < maxReads; read++) {
    const rows = await readRows(ctx, reader, kind, place);
    for (const row of rows) {
      const entity = shownBy(reader, row);
      if (entity && data.length === limit) return { data, next_cursor: cursorOf(kind, place) };
      place = row.entityId;
      if (entity) data.push(entity);
    }
    if (rows.length < rowsPerRead) return { data, next_cursor: null };
  }
  return { data, next_cursor: cursorOf(kind, place) };
}

const cursorOf = (kind: EntityKind, place: string | null): string => encodeCursor(kind, [place ?? '']);

function placeOf(kind: EntityKind, after: string): string {
  const [place] = decodeCursor(kind, after, ['string']);
  if (entityId.test(place)) return place;
  throw new PatchbayError('invalid_cursor', {
    public: 'The cursor is not one that this list gave. Start again without it.',
  });
}

/** 404 for one that is not there, not for the account, or from before its consent. */
export async function showEntity(
  ctx: Ctx,
  reader: Reader,
  kind: EntityKind,
  id: string,
): Promise<ShownEntity> {
  const [row] = await select(ctx, reader)
    .where(eq(ctx.store.tables.entityAccounts.id, prefixOf(ctx, reader, kind) + id))
    .limit(1);
  const entity = row ? shownBy(reader, row) : null;
  if (!entity) throw new PatchbayError('not_found', { public: `There is no such ${kind} for this account.` });
  return entity;
}

const prefixOf = ({ caller }: Ctx, { accountId }: Reader, kind: EntityKind): string =>
  `${accountId}:${caller.env}:${kind}:`;

function readRows(ctx: Ctx, reader: Reader, kind: EntityKind, place: string | null) {
  const { entityAccounts } = ctx.store.tables;
  const prefix = prefixOf(ctx, reader, kind);
  return select(ctx, reader)
    .where(
      and(
        // A range for the index; the comparison for what a collation that skips punctuation would let in.
        gt(entityAccounts.id, prefix),
        lt(entityAccounts.id, prefix + (place ?? 'zzzz')),
        sql`substr(${entityAccounts.id}, 1, ${sql.param(prefix.length)}) = ${prefix}`,
      ),
    )
    .orderBy(desc(entityAccounts.id))
    .limit(rowsPerRead);
}

/** Joined with the event itself: it says whom this state is for, and when the hub came to know it. */
function select({ store }: Ctx, { seesAfter }: Reader) {
  const { entityAccounts, entities, events } = store.tables;
  return store.db
    .select({ entityId: entities.entityId, event: events })
    .from(entityAccounts)
    .innerJoin(entities, and(eq(entities.id, entityAccounts.entity), gt(entities.eventPosition, seesAfter)))
    .innerJoin(events, eq(events.position, entities.eventPosition))
    .$dynamic();
}

type Row = Awaited<ReturnType<typeof readRows>>[number];

function shownBy(reader: Reader, { entityId, event }: Row): ShownEntity | null {
  const data = isForReader(event, reader) ? createViews(recordOf(event)).data(reader) : null;
  if (data === null) return null;
  return {
    id: entityId,
    type: event.type,
    event: event.id,
    schema_version: event.schemaVersion,
    sequence: event.sequence,
    city: event.city,
    subject: event.subject,
    updated_at: event.occurredAt.toISOString(),
    data,
  };
}
