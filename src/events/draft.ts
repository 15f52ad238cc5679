import { admit, type EventData, eventTypes } from '#src/catalog';
import type { Ctx } from '#src/context';
import type { EventRecord, NewEvent } from '#src/ports';
import { fieldErrors, unknownField } from '#src/wire';
import type { FieldError } from '#src/errors';
import { isBroadcast } from './broadcast.ts';
import { type Envelope, isSystemType, parseEnvelope } from './envelope.ts';
import { chooseRecipients } from './exposure.ts';

/** An event as this request brought it: not yet written, not yet matched. */
export type Draft = {
  event: NewEvent;
  /** What it looks like to matching; its position and sequence come with the write. */
  record: EventRecord;
};

export type Reading = { ok: true; draft: Draft } | { ok: false; errors: FieldError[] };

type Needs = Pick<Ctx, 'clock' | 'ids' | 'digest' | 'caller' | 'settings'>;

/**
 * Envelope wrong: `ok: false`, nothing is kept. Data or policy wrong: a draft in quarantine with its reasons. The
 * fingerprint is of the event as parsed and of its environment, so white space makes no difference and the order of keys does.
 */
export function readEvent(ctx: Needs, value: unknown): Reading {
  const parsed = parseEnvelope(value);
  if (!parsed.success) return { ok: false, errors: fieldErrors(parsed.error) };
  const envelope = parsed.data;
  // Zod leaves it out of what is otherwise open. Below the top the type's own schema refuses it.
  if (Object.hasOwn((value as Envelope).data, '__proto__'))
    return { ok: false, errors: [unknownField('/data/__proto__')] };
  if (isSystemType(envelope.type)) {
    return {
      ok: false,
      errors: [
        { pointer: '/type', detail: `${envelope.type} is said by the hub itself; it cannot be published.` },
      ],
    };
  }
  if (envelope.exposure && !isBroadcast(envelope.type))
    return { ok: false, errors: [{ pointer: '/exposure', detail: 'Only rfp.broadcast has it.' }] };
  if (!isSayable(Date.parse(envelope.occurred_at)))
    return {
      ok: false,
      errors: [{ pointer: '/occurred_at', detail: 'In UTC its year must have four digits.' }],
    };
  const text = JSON.stringify(value);
  if (isLonger(text, ctx.settings.maxEventBytes)) {
    return {
      ok: false,
      errors: [{ pointer: '', detail: `One event may have ${ctx.settings.maxEventBytes / 1024} KiB.` }],
    };
  }
  // An id is of one environment: what the other has by it is not this event, however alike.
  const mine = ctx.caller.env === 'live' ? text : `${ctx.caller.env} ${text}`;
  return { ok: true, draft: draftOf(ctx, envelope, ctx.digest.sha256(mine)) };
}

// RFC 3339 §5.6 has years of four digits; an offset can lead out of them.
const [firstMs, lastMs] = [Date.parse('0000-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];
const isSayable = (ms: number): boolean => ms >= firstMs && ms <= lastMs;

/** In UTF-8, where a UTF-16 unit has three bytes at most; few events come near enough to be counted. */
const isLonger = (text: string, maxBytes: number): boolean =>
  text.length * 3 > maxBytes && new TextEncoder().encode(text).length > maxBytes;

/** Also for what the hub itself says: `fingerprint` is then of its own making. */
export function draftOf(ctx: Needs, envelope: Envelope, fingerprint: string): Draft {
  const type = eventTypes.get(envelope.type);
  const schemaVersion = envelope.schema_version ?? type?.latest ?? 1;
  const validation = admit(ctx.digest, envelope.type, schemaVersion, envelope.data);
  const data: EventData = validation.ok ? validation.data : envelope.data;
  const acceptedAtMs = ctx.clock.ms();
  const shared = {
    id: envelope.id ?? ctx.ids.newId('evt'),
    env: ctx.caller.env,
    type: envelope.type,
    schemaVersion,
    occurredAtMs: Date.parse(envelope.occurred_at),
    acceptedAtMs,
    city: envelope.city ?? null,
    subject: envelope.subject,
    audience: [
      ...new Set([...envelope.audience, ...(envelope.exposure ? chooseRecipients(envelope.exposure) : [])]),
    ],
    critical: type?.critical ?? false,
  };
  const entity =
    validation.ok && type?.entity ? { kind: type.entity.kind, id: String(data[type.entity.idField]) } : null;
  return {
    event: {
      ...shared,
      stream: type?.stream ?? 'unknown',
      dataJson: JSON.stringify(data),
      state: validation.ok ? 'accepted' : 'quarantined',
      reasonsJson: validation.ok ? '[]' : JSON.stringify(validation.reasons),
      fingerprint,
      entity,
      matchedVersion: 0,
      deliveries: [],
      expandTaskId: null,
    },
    record: { ...shared, position: 0, sequence: 0, data },
  };
}
