import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampleEvent, typeNames, validate } from '#src/catalog';

const confirmed = sampleEvent('booking.confirmed');

test('valid data comes back equal, and as a copy', () => {
  const checked = validate('booking.confirmed', 2, confirmed);
  expect(checked).toEqual({ ok: true, data: confirmed });
  if (checked.ok) expect(checked.data).not.toBe(confirmed);
});

test.each([
  ['an unknown type', 'booking.exploded', 1, 'unknown_type'],
  ['an unknown version', 'booking.confirmed', 3, 'unknown_version'],
  ['a version that is no number of ours', 'booking.confirmed', Number.NaN, 'unknown_version'],
])('%s is a reason', (_what, type, version, code) => {
  expect(validate(type, version, confirmed)).toEqual({
    ok: false,
    reasons: [expect.objectContaining({ code })],
  });
});

test.each(['constructor', '__proto__', 'toString'])('%s is neither a type nor a version', (name) => {
  expect(validate(name, 1, {})).toMatchObject({ ok: false });
  // A caller's mistake at most, but a prototype must not answer for the catalogue.
  expect(validate('booking.confirmed', name as unknown as number, {})).toMatchObject({
    ok: false,
    reasons: [{ code: 'unknown_version' }],
  });
});

test('a field that the catalogue does not know breaks the schema [S1-02]', () => {
  expect(validate('booking.confirmed', 2, { ...confirmed, 'a/b~c': 1 })).toEqual({
    ok: false,
    reasons: [{ code: 'schema', pointer: '/a~1b~0c', detail: 'The schema has no such field.' }],
  });
});

test("a provider's raw payload inside an event breaks the schema [S1-03]", () => {
  const raw = { ...confirmed, payment: { ...Object(confirmed['payment']), stripe_charge: { id: 'ch_1' } } };
  expect(validate('booking.confirmed', 2, raw)).toMatchObject({
    ok: false,
    reasons: [{ code: 'schema', pointer: '/payment/stripe_charge' }],
  });
});

test('an own __proto__ key is an unknown field', () => {
  const data: unknown = JSON.parse(JSON.stringify(confirmed).replace('{', '{"__proto__":{"x":1},'));
  expect(validate('booking.confirmed', 2, data)).toMatchObject({
    ok: false,
    reasons: [{ pointer: '/__proto__' }],
  });
});

test('each broken field is pointed at', () => {
  const checked = validate('booking.confirmed', 2, {
    ...confirmed,
    starts_at: 'tomorrow',
    venue: { kind: 'moon' },
  });
  expect(checked).toMatchObject({ ok: false });
  const pointers = checked.ok ? [] : checked.reasons.map(({ pointer }) => pointer);
  expect(pointers).toEqual(expect.arrayContaining(['/starts_at', '/venue/kind', '/venue/name']));
});

test('a flood of unknown fields gets a bounded answer', () => {
  const flood = Object.fromEntries(
    Array.from({ length: 5000 }, (_, index) => [`${'x'.repeat(500)}${index}`, 1]),
  );
  const checked = validate('booking.confirmed', 2, { ...confirmed, ...flood });
  expect(checked.ok ? [] : checked.reasons).toHaveLength(20);
  expect(JSON.stringify(checked).length).toBeLessThan(5000);
});

test('a flood of broken fields gets a bounded answer', () => {
  const references = Array.from({ length: 30 }, () => ({ url: 'no', content_rating: 'no' }));
  const checked = validate('booking.confirmed', 2, { ...confirmed, references });
  expect(checked.ok ? [] : checked.reasons).toHaveLength(20);
});

test('no input throws', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...typeNames),
      fc.integer({ min: 1, max: 2 }),
      fc.anything(),
      (type, version, data) => {
        expect(validate(type, version, data).ok).toBe(false);
      },
    ),
  );
});

test.each([
  ['Europe/Berlin', false],
  ['America/Chicago', true],
  ['Pacific/Honolulu', true],
  ['America/Toronto', false],
])('a booking in the zone %s is valid: %s [S1-19]', (time_zone, ok) => {
  expect(validate('booking.confirmed', 2, { ...confirmed, time_zone }).ok).toBe(ok);
});

test('amounts are US dollars, phones are of the North American plan [S1-19]', () => {
  const released = sampleEvent('escrow.released');
  const euros = { ...released, released: { amount_cents: 100, currency: 'EUR' } };
  expect(validate('escrow.released', 1, euros)).toMatchObject({
    ok: false,
    reasons: [{ pointer: '/released/currency' }],
  });
  const abroad = { ...confirmed, buyer: { ...Object(confirmed['buyer']), phone: '+4930123456' } };
  expect(validate('booking.confirmed', 2, abroad)).toMatchObject({
    ok: false,
    reasons: [{ pointer: '/buyer/phone' }],
  });
});

test.each(['houston', 'boise', 'st-louis', 'new-york-city'])(
  'the city %s needs no release [S1-22]',
  (city) => {
    expect(validate('rfp.created', 2, { ...sampleEvent('rfp.created'), city }).ok).toBe(true);
  },
);

test.each([
  'http://media.example.com/a.jpg',
  'https://localhost/a.jpg',
  'https://10.0.0.1/a.jpg',
  'https://u:p@example.com/',
  'javascript:alert(1)',
  'https://example.com:8443/a',
])('the link %s is refused', (url) => {
  const references = [{ url, content_rating: 'general' }];
  expect(validate('booking.confirmed', 2, { ...confirmed, references })).toMatchObject({
    ok: false,
    reasons: [{ code: 'schema', pointer: '/references/0/url' }],
  });
});
