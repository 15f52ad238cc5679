import { expect, test } from 'vitest';
import { project, sampleEvent, validate } from '#src/catalog';

const booked = sampleEvent('instant_book.confirmed');

test.each([1, 2])('version %i without id_verified_at is refused [S1-27] [S2-12]', (version) => {
  const { id_verified_at: _gone, ...unverified } = sampleEvent('instant_book.confirmed', version);
  expect(validate('instant_book.confirmed', version, unverified)).toMatchObject({
    ok: false,
    reasons: [{ code: 'schema', pointer: '/id_verified_at' }],
  });
});

test.each([null, '', true, 'yesterday'])('id_verified_at may not be %j [S1-27]', (id_verified_at) => {
  expect(validate('instant_book.confirmed', 2, { ...booked, id_verified_at }).ok).toBe(false);
});

test('an identity verified after the booking breaks the policy [S1-27]', () => {
  const confirmed_at = '2026-11-21T15:00:00.000Z';
  expect(
    validate('instant_book.confirmed', 2, {
      ...booked,
      confirmed_at,
      id_verified_at: '2026-11-21T15:00:00.001Z',
    }),
  ).toMatchObject({ ok: false, reasons: [{ code: 'policy', pointer: '/id_verified_at' }] });
  expect(
    validate('instant_book.confirmed', 2, { ...booked, confirmed_at, id_verified_at: confirmed_at }).ok,
  ).toBe(true);
});

test.each([1, 2])('no booking.confirmed %i gets round it [S1-27] [S2-12]', (version) => {
  const confirmed = { ...sampleEvent('booking.confirmed', version), instant_book: true };
  const of = (data: object) => validate('booking.confirmed', version, { ...confirmed, ...data });
  expect(of({})).toMatchObject({ ok: false, reasons: [{ code: 'policy', pointer: '/id_verified_at' }] });
  expect(of({ id_verified_at: '2099-01-01T00:00:00.000Z' }).ok).toBe(false);
  expect(of({ id_verified_at: '2019-05-01T00:00:00.000Z' }).ok).toBe(true);
  expect(of({ instant_book: false }).ok).toBe(true);
});

test('it is an instant booking, always', () => {
  expect(validate('instant_book.confirmed', 2, { ...booked, instant_book: false })).toMatchObject({
    ok: false,
    reasons: [{ pointer: '/instant_book' }],
  });
});

test('when somebody was verified needs the contact scope', () => {
  const event = { type: 'instant_book.confirmed', version: 2, data: booked };
  expect(project(event, { scopes: new Set(['bookings:read']) })).not.toHaveProperty('id_verified_at');
  expect(project(event, { scopes: new Set(['bookings:read', 'bookings.contact:read']) })).toHaveProperty(
    'id_verified_at',
  );
});
