import * as z from 'zod';
import { bookingShapes, bookingToV1, sampleBooking } from './booking-snapshot.ts';
import type { EventData, EventType, Reason } from './event-type.ts';
import { instant, revealedBy } from './fields.ts';
import { drawFrom } from './samples.ts';

const { v1, v2 } = bookingShapes(['confirmed']);

/**
 * S1-27: nobody books instantly without a verified identity. When they were verified is about a person, so it needs the
 * contact scope; that they were is said by the type itself.
 */
export const idVerifiedAt = () =>
  revealedBy('bookings.contact:read', 'personal')("When the buyer's identity was verified.", instant());

const own = {
  confirmed_at: revealedBy('bookings:read', 'none')('When it was booked.', instant()),
  id_verified_at: idVerifiedAt(),
};

export const instantBookTypes: readonly EventType[] = [
  {
    type: 'instant_book.confirmed',
    description: 'A buyer with a verified identity booked without a request.',
    stream: 'discovery_booking',
    scope: 'bookings:read',
    critical: true,
    system: false,
    defaultOn: true,
    entity: { kind: 'booking', idField: 'booking_id' },
    versions: {
      1: z.strictObject({ ...v1, instant_book: z.literal(true).meta(v1.instant_book.meta() ?? {}), ...own }),
      2: z.strictObject({ ...v2, instant_book: z.literal(true).meta(v2.instant_book.meta() ?? {}), ...own }),
    },
    latest: 2,
    down: { 2: bookingToV1 },
    policies: [verifiedBeforeConfirmed],
    sample: (version, seed) => {
      const draw = drawFrom(seed);
      const data = {
        ...sampleBooking(draw, 'confirmed', true),
        confirmed_at: draw.at(0),
        id_verified_at: draw.at(-24 * draw.int(1, 300)),
      };
      return version === 1 ? bookingToV1(data) : data;
    },
  },
];

/** Of a booking that was made instantly, whichever event says that it is confirmed. */
export function verifiedBeforeConfirmed(data: EventData): Reason[] {
  if (data['instant_book'] !== true) return [];
  if (Date.parse(String(data['id_verified_at'])) <= Date.parse(String(data['confirmed_at']))) return [];
  return [
    {
      code: 'policy',
      pointer: '/id_verified_at',
      detail: 'Of an instant booking the identity must have been verified before it was confirmed.',
    },
  ];
}
