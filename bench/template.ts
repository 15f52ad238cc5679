import { eventTypes, sampleEvent, validate } from '../src/catalog/index.ts';
import type { EventTemplate } from './load/plan.ts';

/**
 * The least `booking.confirmed` that the catalogue takes, cut where its booking's id goes: each event that is
 * sent is about another booking, whose id tells when it was due (see stamps.ts). Every program gets the same
 * bytes. The least, because the figures that the targets come from were taken with events of 420 bytes; this is
 * the nearest that is valid.
 */
const TYPE = 'booking.confirmed';
const VERSION = eventTypes.get(TYPE)?.latest ?? 1;
const PLACE = '‹stamp›';

export function bookingTemplate(audience: string[]): EventTemplate {
  const event = {
    type: TYPE,
    schema_version: VERSION,
    occurred_at: new Date().toISOString(),
    city: 'houston',
    subject: `bookings/bkg_${PLACE}`,
    audience,
    data: { ...leastData(), booking_id: `bkg_${PLACE}` },
  };
  return JSON.stringify(event).split(PLACE);
}

/** The bytes of one event on the wire. */
export function templateBytes(template: EventTemplate): number {
  return Buffer.byteLength(template.join('0'.repeat(26)));
}

type Fields = Record<string, unknown>;

/** The sample without any field whose absence the catalogue does not mind. */
function leastData(): Fields {
  const data: Fields = structuredClone(sampleEvent(TYPE));
  dropOptional(data, () => validate(TYPE, VERSION, data).ok);
  return data;
}

function dropOptional(fields: Fields, isStillValid: () => boolean): void {
  for (const [name, value] of Object.entries(fields)) {
    delete fields[name];
    if (isStillValid()) continue;
    fields[name] = value;
    if (isFields(value)) dropOptional(value, isStillValid);
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
