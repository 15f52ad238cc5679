import { describe, expect, test } from 'vitest';
import { bookingEvent } from '../../src/calendar-feeds/booking-event.ts';
import { project, sampleEvent } from '../../src/catalog/index.ts';

const shown = (type: string, version: number, scopes: string[], over: Record<string, unknown> = {}) => {
  const data = project(
    { type, version, data: { ...sampleEvent(type, version), ...over } },
    { scopes: new Set(scopes) },
  );
  return bookingEvent({
    id: 'bkg_1',
    type,
    event: 'evt_1',
    schema_version: version,
    sequence: 4,
    city: 'houston',
    subject: 'bookings/bkg_1',
    updated_at: '2026-11-21T15:04:05.000Z',
    data: data ?? {},
  });
};
const both = ['bookings:read', 'bookings.contact:read'];
const venue = {
  name: 'Menil Park',
  kind: 'outdoor',
  area: 'Montrose',
  city: 'san-antonio',
  region: 'TX',
  address: { line1: '1533 Sul Ross St', line2: 'Gate 2', postal_code: '77006' },
};

describe('a booking as an entry', () => {
  test.each([
    ['booking.requested', 'TENTATIVE', false],
    ['booking.confirmed', 'CONFIRMED', true],
    ['instant_book.confirmed', 'CONFIRMED', true],
    ['booking.completed', 'CONFIRMED', true],
    ['booking.cancelled', 'CANCELLED', false],
  ])('%s is %s', (type, status, isBusy) => {
    expect(shown(type, 2, both)).toMatchObject({ status, isBusy, uid: 'bkg_1@patchbay', sequence: 4 });
  });

  test('has its place in words; the street only where it is seen', () => {
    expect(shown('booking.confirmed', 2, both, { venue }).location).toBe(
      'Menil Park, 1533 Sul Ross St, Gate 2, Montrose, San Antonio, TX 77006',
    );
    expect(shown('booking.confirmed', 2, ['bookings:read'], { venue }).location).toBe(
      'Menil Park, Montrose, San Antonio, TX',
    );
  });

  test('of version 1 has the place in its one line', () => {
    const old = { location: 'Menil Park, Montrose', address: '1533 Sul Ross St' };
    expect(shown('booking.confirmed', 1, both, old).location).toBe('Menil Park, Montrose, 1533 Sul Ross St');
    expect(shown('booking.confirmed', 1, ['bookings:read'], old).location).toBe('Menil Park, Montrose');
  });

  test('never says undefined, whatever is hidden', () => {
    const { description, location, summary } = shown('booking.confirmed', 2, ['bookings:read']);
    expect(`${description}${location}${summary}`).not.toMatch(/undefined|\[object|NaN|example\.com/);
  });
});
