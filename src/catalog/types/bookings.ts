import * as z from 'zod';
import { type BookingStatus, bookingShapes, bookingToV1, sampleBooking } from './booking-snapshot.ts';
import type { EventData, EventType, Policy } from './event-type.ts';
import { instant, revealedBy, text } from './fields.ts';
import { idVerifiedAt, verifiedBeforeConfirmed } from './instant-book.ts';
import { type Draw, drawFrom } from './samples.ts';
import { bookingParties } from './vocabulary.ts';

const open = revealedBy('bookings:read', 'none');
const contact = revealedBy('bookings.contact:read', 'personal');

export const bookingTypes: readonly EventType[] = [
  bookingType({
    type: 'booking.requested',
    description: 'A buyer asks a provider for a date.',
    statuses: ['requested'],
    own: { respond_by: open('When the request lapses.', instant()) },
    ownSample: (draw) => ({ respond_by: draw.at(24) }),
  }),
  bookingType({
    type: 'booking.confirmed',
    description: 'Both sides agreed; the date is held.',
    statuses: ['confirmed'],
    own: {
      confirmed_at: open('When it was agreed.', instant()),
      // An instant booking that was moved is agreed again: what let it be made must hold here too.
      id_verified_at: idVerifiedAt().optional(),
    },
    policies: [verifiedBeforeConfirmed],
    ownSample: (draw) => ({ confirmed_at: draw.at(0) }),
  }),
  bookingType({
    type: 'booking.rescheduled',
    description: 'The booking moved to another time or place.',
    statuses: ['confirmed', 'requested'],
    own: {
      previous_starts_at: open('The start before the move.', instant()),
      previous_ends_at: open('The end before the move.', instant()),
      rescheduled_at: open('When it was moved.', instant()),
      rescheduled_by: open('Who moved it.', z.enum(bookingParties)),
    },
    ownSample: (draw) => ({
      previous_starts_at: draw.at(24),
      previous_ends_at: draw.at(27),
      rescheduled_at: draw.at(0),
      rescheduled_by: draw.pick(bookingParties),
    }),
  }),
  bookingType({
    type: 'booking.cancelled',
    description: 'The booking will not take place. Take every copy of it back.',
    statuses: ['cancelled'],
    own: {
      cancelled_at: open('When it was cancelled.', instant()),
      cancelled_by: open('Who cancelled.', z.enum(bookingParties)),
      cancel_reason: open(
        'Why, in one word.',
        z.enum(['schedule', 'weather', 'illness', 'no_response', 'policy', 'other']),
      ),
      cancel_note: contact('Why, in their words.', text(1000)).optional(),
    },
    ownSample: (draw) => ({
      cancelled_at: draw.at(0),
      cancelled_by: draw.pick(bookingParties),
      cancel_reason: draw.pick(['schedule', 'weather']),
    }),
  }),
  bookingType({
    type: 'booking.completed',
    description: 'The work was done.',
    statuses: ['completed'],
    own: { completed_at: open('When it was done.', instant()) },
    ownSample: (draw) => ({ completed_at: draw.at(52) }),
  }),
];

type BookingTypeSpec = {
  type: string;
  description: string;
  statuses: readonly [BookingStatus, ...BookingStatus[]];
  own: z.ZodRawShape;
  policies?: readonly Policy[];
  ownSample: (draw: Draw) => EventData;
};

function bookingType({
  type,
  description,
  statuses,
  own,
  policies = [],
  ownSample,
}: BookingTypeSpec): EventType {
  const { v1, v2 } = bookingShapes(statuses);
  return {
    type,
    description,
    stream: 'discovery_booking',
    scope: 'bookings:read',
    critical: false,
    system: false,
    defaultOn: true,
    entity: { kind: 'booking', idField: 'booking_id' },
    versions: { 1: z.strictObject({ ...v1, ...own }), 2: z.strictObject({ ...v2, ...own }) },
    latest: 2,
    down: { 2: bookingToV1 },
    policies,
    sample: (version, seed) => {
      const draw = drawFrom(seed);
      const data = { ...sampleBooking(draw, statuses[0], false), ...ownSample(draw) };
      return version === 1 ? bookingToV1(data) : data;
    },
  };
}
