import { inArray } from 'drizzle-orm';
import type { Ctx } from '#src/context';
import { type FieldError, PatchbayError } from '#src/errors';
import type { NewReceipt, PublishAnswer, PublishedEvent } from '#src/ports';
import type { Reason } from '#src/store';
import { parseStrictJson, tooLarge } from '#src/wire';
import { type Draft, readEvent, type Reading } from './draft.ts';
import { writeDrafts } from './write-drafts.ts';

/** What became of one event of a request. */
export type EventResult =
  | { id: string; status: 'accepted' | 'duplicate'; sequence: number }
  | { id: string; status: 'quarantined'; sequence: number; reasons: Reason[] }
  | { id: string; status: 'conflict' }
  | { id: string | null; status: 'invalid'; errors: FieldError[] };

export type PublishOutcome = { isBatch: boolean; results: EventResult[] };

/**
 * One event, or `{"events":[…]}`. Resolves only after all that it answers is durable, with the deliveries of every
 * accepted event (or the task that will make them) in the same write. Throws 400, 413, 422 for a body or a single
 * event that cannot be taken at all, 409 for a key or an id that was used with other content; then nothing was kept.
 */
export async function publish(
  ctx: Ctx,
  bytes: Uint8Array,
  idempotencyKey: string | null,
): Promise<PublishOutcome> {
  const { value, text } = parseStrictJson(bytes);
  const { isBatch, values } = eventsOf(ctx, value, bytes.length);
  const readings = values.map((one) => readEvent(ctx, one));
  const [only] = readings;
  if (!isBatch && only && !only.ok) throw new PatchbayError('validation_failed', { errors: only.errors });

  const drafts = readings.flatMap((reading) => (reading.ok ? [reading.draft] : []));
  refuseCrowd(ctx, drafts);
  const receipt = receiptOf(ctx, text, idempotencyKey);
  const answer = drafts.length > 0 ? await writeDrafts(ctx, receipt, drafts) : null;
  refuseReusedKey(answer, receipt);
  const results = resultsOf(readings, drafts, answer, await claimedResults(ctx, answer));
  if (!isBatch && results[0]?.status === 'conflict') throw new PatchbayError('event_conflict');
  ctx.meter.count(
    'events_published',
    { result: 'accepted' },
    results.filter((result) => result.status === 'accepted').length,
  );
  return { isBatch, results };
}

function eventsOf(ctx: Ctx, value: unknown, size: number): { isBatch: boolean; values: unknown[] } {
  const { maxEventBytes, maxBatchBytes, maxEventsPerBatch } = ctx.settings;
  const isBatch = typeof value === 'object' && value !== null && 'events' in value;
  if (!isBatch) {
    if (size > maxEventBytes) throw tooLarge(maxEventBytes);
    return { isBatch, values: [value] };
  }
  if (size > maxBatchBytes) throw tooLarge(maxBatchBytes);
  const { events, ...rest } = value;
  const errors = Object.keys(rest).map((key) => ({
    pointer: `/${key}`,
    detail: 'A batch has the field events alone.',
  }));
  if (!Array.isArray(events) || events.length < 1 || events.length > maxEventsPerBatch) {
    errors.push({ pointer: '/events', detail: `A batch has 1 to ${maxEventsPerBatch} events.` });
  }
  if (errors.length > 0) throw new PatchbayError('validation_failed', { errors });
  return { isBatch, values: events as unknown[] };
}

/** Each account of an audience is a row or two: a batch of the largest would keep everybody else waiting for seconds. */
function refuseCrowd({ settings }: Ctx, drafts: readonly Draft[]): void {
  const accounts = drafts.reduce((sum, { event }) => sum + event.audience.length, 0);
  if (accounts <= settings.maxAudiencePerBatch) return;
  const detail = `The audiences of a batch have ${settings.maxAudiencePerBatch} accounts at most, all together; these have ${accounts}. Send it in parts.`;
  throw new PatchbayError('validation_failed', { public: detail, errors: [{ pointer: '/events', detail }] });
}

function receiptOf(ctx: Ctx, body: string, idempotencyKey: string | null): NewReceipt {
  if (idempotencyKey !== null && !/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) {
    throw new PatchbayError('invalid_parameter', {
      public: 'An Idempotency-Key is 1 to 255 visible ASCII characters.',
    });
  }
  return {
    id: ctx.ids.newId('rcp'),
    tokenId: ctx.caller.tokenId,
    receivedAtMs: ctx.clock.ms(),
    body,
    idempotencyId: idempotencyKey === null ? null : `${ctx.caller.tokenId}:${idempotencyKey}`,
    fingerprint: idempotencyKey === null ? '' : ctx.digest.sha256(body),
  };
}

function refuseReusedKey(answer: PublishAnswer | null, receipt: NewReceipt): void {
  if (!answer?.claim || answer.claim.fingerprint === receipt.fingerprint) return;
  throw new PatchbayError('idempotency_conflict', {
    public: 'This Idempotency-Key was used before with another body. Nothing was accepted.',
  });
}

function resultsOf(
  readings: Reading[],
  drafts: Draft[],
  answer: PublishAnswer | null,
  claimed: EventResult[],
): EventResult[] {
  return readings.map((reading) => {
    if (!reading.ok) return { id: null, status: 'invalid', errors: reading.errors };
    const place = drafts.indexOf(reading.draft);
    const written = answer?.events[place];
    // An id of the publisher's own speaks for itself, under a repeated key too: what was a conflict then is one now.
    const isKnown = written?.outcome === 'known';
    return (isKnown ? undefined : claimed[place]) ?? resultOf(reading.draft, written);
  });
}

/** What an earlier request with the same key and body brought: the ids that were answered then. Empty without a claim. */
async function claimedResults({ store }: Ctx, answer: PublishAnswer | null): Promise<EventResult[]> {
  const ids = answer?.claim?.eventIds ?? [];
  const { events } = store.tables;
  const sequences = new Map<string, number>();
  for (let at = 0; at < ids.length; at += idsPerRead) {
    const rows = await store.db
      .select({ id: events.id, sequence: events.sequence })
      .from(events)
      .where(inArray(events.id, ids.slice(at, at + idsPerRead)));
    for (const { id, sequence } of rows) sequences.set(id, sequence);
  }
  return ids.map((id) => ({ id, status: 'duplicate', sequence: sequences.get(id) ?? 0 }));
}

/** D1 binds at most 100 parameters a statement. */
const idsPerRead = 90;

function resultOf({ event }: Draft, written: PublishedEvent | undefined): EventResult {
  if (!written) throw new PatchbayError('internal', { internal: `the store gave no answer for ${event.id}` });
  if (written.outcome === 'known') {
    return written.fingerprint === event.fingerprint
      ? { id: event.id, status: 'duplicate', sequence: written.sequence }
      : { id: event.id, status: 'conflict' };
  }
  if (event.state === 'quarantined') {
    return {
      id: event.id,
      status: 'quarantined',
      sequence: written.sequence,
      reasons: JSON.parse(event.reasonsJson) as Reason[],
    };
  }
  return { id: event.id, status: 'accepted', sequence: written.sequence };
}
