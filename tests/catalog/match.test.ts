import { expect, test } from 'vitest';
import { expandTypes, matchesType, typeNames } from '#src/catalog';

test.each([
  ['booking.confirmed', 'booking.confirmed', true],
  ['booking.*', 'booking.confirmed', true],
  ['*', 'booking.confirmed', true],
  ['booking.*', 'instant_book.confirmed', false],
  ['book.*', 'booking.confirmed', false],
  ['booking*', 'booking.confirmed', false],
  ['*.confirmed', 'booking.confirmed', false],
  ['booking', 'booking.confirmed', false],
  ['booking.exploded', 'booking.exploded', false],
  ['*', 'booking.exploded', false],
  ['', 'booking.confirmed', false],
])('the pattern %j and the type %s: %s', (pattern, type, matches) => {
  expect(matchesType(pattern, type)).toBe(matches);
});

test('no wildcard includes direct messages; their own name does', () => {
  expect(matchesType('*', 'message.direct')).toBe(false);
  expect(matchesType('message.*', 'message.direct')).toBe(false);
  expect(matchesType('message.direct', 'message.direct')).toBe(true);
  expect(expandTypes(['*'])).toEqual(typeNames.filter((type) => type !== 'message.direct'));
});

test('patterns expand to names, each once, in the order of the catalogue', () => {
  expect(expandTypes(['deliverable.*', 'booking.cancelled', 'booking.*'])).toEqual([
    'booking.requested',
    'booking.confirmed',
    'booking.rescheduled',
    'booking.cancelled',
    'booking.completed',
    'deliverable.submitted',
    'deliverable.accepted',
    'deliverable.rejected',
  ]);
  expect(expandTypes([])).toEqual([]);
});

test('each pattern that names nothing is pointed at', () => {
  expect(() => expandTypes(['booking.*', 'bookings.*', 'message.*'])).toThrow(
    expect.objectContaining({
      code: 'validation_failed',
      errors: [
        { pointer: '/event_types/1', detail: expect.stringContaining('GET /v1/event-types') },
        { pointer: '/event_types/2', detail: expect.stringContaining('message.direct is off by default') },
      ],
    }),
  );
});
