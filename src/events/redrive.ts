/**
 * A quarantined event that is good now (the catalogue was mended, or the publisher sends mended data) is accepted
 * late, in one write. It keeps its id and the sequence number of its receipt: a consumer ignores it where it has newer.
 * It takes a new position, for position is the order of acceptance: whoever subscribed or consented while it lay here
 * stands before it, and no reader's cursor has passed it.
 */
import { and, eq } from 'drizzle-orm';
import { admit, type EventData, eventTypes, type Reason } from '#src/catalog';
import type { Ctx, Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import {
  type Accepted,
  acceptStatements,
  behindEveryAnsweredSubscription,
  type EventRow,
} from './accept-quarantined.ts';

export type Mended = { data?: EventData | undefined; schemaVersion?: number | undefined };
export type Redriven = { id: string; status: 'accepted'; sequence: number };

/** 404 for none, 409 where it is not (or no longer) quarantined, 422 with the reasons where it is still wrong. */
export async function redrive(ctx: Ctx, id: string, mended: Mended = {}): Promise<Redriven> {
  const { store, ids, queue, meter } = ctx;
  const { events } = store.tables;
  const [event] = await store.db
    .select()
    .from(events)
    .where(and(eq(events.id, id), eq(events.env, ctx.caller.env)))
    .limit(1);
  if (!event) throw new PatchbayError('not_found', { public: 'No event of this id is in quarantine here.' });
  if (event.state !== 'quarantined') throw notQuarantined();
  const accepted = validated(ctx, event, mended);
  const mark = ids.newId('rpl');
  const [, moved] = await store.write((db) => [
    behindEveryAnsweredSubscription(ctx, db),
    ...acceptStatements(ctx, db, event, accepted, mark),
  ]);
  const row = moved[0];
  if (!row) throw notQuarantined();
  meter.count('events_redriven');
  queue.wake('tasks');
  return { id, status: 'accepted', sequence: row.sequence };
}

const notQuarantined = () =>
  new PatchbayError('state_conflict', {
    public: 'This event is not in quarantine: it was accepted, or re-driven by someone else.',
  });

/** What the catalogue of this moment says of it. */
export function checked(
  { digest }: Pick<Ports, 'digest'>,
  event: Pick<EventRow, 'type' | 'schemaVersion' | 'data'>,
  { data, schemaVersion }: Mended = {},
): { ok: true; accepted: Accepted } | { ok: false; reasons: Reason[] } {
  const type = eventTypes.get(event.type);
  const version = schemaVersion ?? event.schemaVersion;
  const result = admit(digest, event.type, version, data ?? event.data);
  if (type && result.ok) return { ok: true, accepted: { type, schemaVersion: version, data: result.data } };
  return { ok: false, reasons: result.ok ? [] : result.reasons };
}

function validated(ctx: Ctx, event: EventRow, mended: Mended): Accepted {
  const result = checked(ctx, event, mended);
  if (result.ok) return result.accepted;
  throw new PatchbayError('validation_failed', {
    public: 'The event is still not what its type promises; it stays in quarantine.',
    errors: result.reasons.map(({ code, pointer, detail }) => ({
      pointer: code === 'unknown_version' ? '/schema_version' : `/data${pointer}`,
      detail,
    })),
  });
}
