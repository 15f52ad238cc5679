import { eventTypes, sampleEvent } from '../src/catalog/index.ts';
import type { EventTemplate } from './load/plan.ts';

/**
 * A valid `booking.confirmed`, cut where its booking's id goes: each event that is sent is about another booking,
 * whose id tells when it was due (see stamps.ts). Every program gets the same bytes.
 */
const TYPE = 'booking.confirmed';
const PLACE = '‹stamp›';

export function bookingTemplate(audience: string[]): EventTemplate {
  const data = { ...sampleEvent(TYPE), booking_id: `bkg_${PLACE}` };
  const event = {
    type: TYPE,
    schema_version: eventTypes.get(TYPE)?.latest ?? 1,
    occurred_at: new Date().toISOString(),
    city: 'houston',
    subject: `bookings/bkg_${PLACE}`,
    audience,
    data,
  };
  return JSON.stringify(event).split(PLACE);
}

/** The bytes of one event on the wire. */
export function templateBytes(template: EventTemplate): number {
  return Buffer.byteLength(template.join('0'.repeat(26)));
}
