import { and, eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Reader } from '#src/access';
import { deliveredVersion } from '#src/catalog';
import type { Ctx } from '#src/context';
import { standardAttributes } from '#src/deliveries';
import { PatchbayError } from '#src/errors';
import type { EventRecord } from '#src/ports';
import { isOfAnotherGrant } from '#src/subscriptions';
import { createViews, type EventViews } from '#src/view';

type EventRow = Ctx['store']['tables']['events']['$inferSelect'];

/** The standard body of a webhook, less the subscription: one event as one grant sees it. */
export const shownEvent = z
  .strictObject({
    id: z.string(),
    type: z.string(),
    timestamp: z.string().describe('When it happened, RFC 3339 in UTC.'),
    schema_version: z.int(),
    sequence: z.int().describe('Grows per subject. Ignore what is older than what you have; gaps are legal.'),
    city: z.string().optional(),
    subject: z.string().optional(),
    account: z.string(),
    grant: z.string(),
    data: z
      .record(z.string(), z.unknown())
      .describe("What the grant's scopes reveal; see `/v1/event-types`."),
  })
  .meta({ id: 'Event', description: 'An event as one grant sees it.' });

export type ShownEvent = Record<string, unknown>;

/** 404 outside the audience, before the consent, in quarantine, or where the scopes do not reveal the type. */
export async function showEvent(ctx: Ctx, reader: Reader, id: string): Promise<ShownEvent> {
  const shown = bodyFor(createViews(await findEvent(ctx, reader, id)), reader);
  if (!shown) throw notFound();
  return shown;
}

/** An accepted event that the reader's account is in the audience of; its type need not be revealed. */
export async function findEvent(
  { store, caller }: Pick<Ctx, 'store' | 'caller'>,
  reader: Reader,
  id: string,
): Promise<EventRecord> {
  const { events } = store.tables;
  const isOpen = and(eq(events.id, id), eq(events.env, caller.env), eq(events.state, 'accepted'));
  const [row] = await store.db.select().from(events).where(isOpen).limit(1);
  if (!row || !isForReader(row, reader)) throw notFound();
  return recordOf(row);
}

export const isForReader = (
  event: Pick<EventRow, 'position' | 'audience' | 'type' | 'data'>,
  reader: Reader,
): boolean =>
  event.position > reader.seesAfter &&
  event.audience.includes(reader.accountId) &&
  !isOfAnotherGrant(event, reader);

/** Null where the scopes do not reveal the type. Keys in the order of a webhook's body. */
export function bodyFor(views: EventViews, reader: Reader): ShownEvent | null {
  const data = views.data(reader);
  if (data === null) return null;
  const schemaVersion = deliveredVersion(views.event.schemaVersion, reader.version ?? undefined);
  return {
    ...standardAttributes({ ...views.event, schemaVersion }),
    account: reader.accountId,
    grant: reader.grantId,
    data,
  };
}

export const recordOf = (row: EventRow): EventRecord => ({
  position: row.position,
  id: row.id,
  env: row.env,
  type: row.type,
  schemaVersion: row.schemaVersion,
  occurredAtMs: row.occurredAt.getTime(),
  acceptedAtMs: row.acceptedAt.getTime(),
  city: row.city,
  subject: row.subject,
  sequence: row.sequence,
  critical: row.critical,
  audience: row.audience,
  data: row.data,
});

const notFound = () =>
  new PatchbayError('not_found', { public: 'There is no such event, or it is not for this account.' });
