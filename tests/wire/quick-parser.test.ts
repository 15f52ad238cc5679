import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { eventTypes, sampleEvent, versionsOf } from '#src/catalog';
import { isQuick, quickParser } from '#src/wire';
import { eventEnvelope, parseEnvelope } from '../../src/events/envelope.ts';

const schemas = [...eventTypes.values()].flatMap((type) =>
  versionsOf(type).map((version) => ({
    name: `${type.type}@${version}`,
    type: type.type,
    version,
    schema: type.versions[version] ?? z.never(),
  })),
);

const envelope = {
  type: 'booking.confirmed',
  schema_version: 2,
  occurred_at: '2026-11-21T15:04:05.000Z',
  city: 'houston',
  subject: 'bookings/bkg_1',
  audience: ['acc_1'],
  data: {},
};

/** What both ways say, as a body would bring the value. */
function expectEqual(schema: z.ZodType, value: unknown): void {
  const text = JSON.stringify(value);
  if (text === undefined) return;
  const sent: unknown = JSON.parse(text);
  const [quick, slow] = [quickParser(schema)(sent), schema.safeParse(sent)];
  expect(quick.success).toBe(slow.success);
  // The order of the keys is part of what is kept.
  expect(JSON.stringify(quick.data)).toBe(JSON.stringify(slow.data));
  expect(quick.error?.issues).toEqual(slow.error?.issues);
}

test.each(schemas)('$name: a sample is read the quick way, to what zod makes of it', (one) => {
  const sample = sampleEvent(one.type, one.version);
  expect(isQuick(one.schema, sample)).toBe(true);
  expectEqual(one.schema, sample);
});

test('data that fits any schema comes to the same', () => {
  fc.assert(
    fc.property(fc.constantFrom(...schemas), fc.nat(), ({ type, version, schema }, seed) =>
      expectEqual(schema, sampleEvent(type, version, seed)),
    ),
  );
});

test('data that fits but for one thing is refused in the same words', () => {
  const broken = fc.tuple(
    fc.constantFrom(...schemas),
    fc.nat(),
    fc.oneof(fc.jsonValue(), fc.constantFrom('', -1, 1.5, 2 ** 53, '2026-02-30T00:00:00Z', undefined)),
    fc.constantFrom('__proto__', 'constructor', 'extra', null),
  );
  fc.assert(
    fc.property(broken, ([{ type, version, schema }, place, other, more]) => {
      const places: [Record<string, unknown>, string][] = [];
      const data = structuredClone(sampleEvent(type, version));
      walk(data, (object, key) => places.push([object, key]));
      const [object, key] = places[place % places.length] ?? [data, 'x'];
      if (more === null) object[key] = other;
      else Object.defineProperty(object, more, { value: other ?? 1, enumerable: true });
      expectEqual(schema, data);
    }),
    { numRuns: 200 },
  );
});

test('an envelope is read the quick way', () => {
  expect(isQuick(eventEnvelope, envelope)).toBe(true);
  expect(parseEnvelope(envelope)).toEqual({ success: true, data: envelope });
});

test.each([
  ['an unknown field', { ...envelope, also: 1 }],
  ['no type', { ...envelope, type: undefined }],
  ['an empty audience', { ...envelope, audience: [] }],
  ['an id of another form', { ...envelope, id: 'EVT_1' }],
  ['a version of zero', { ...envelope, schema_version: 0 }],
  ['an own __proto__ in data', { ...envelope, data: JSON.parse('{"__proto__":{"x":1},"y":2}') as unknown }],
  ['data that is a list', { ...envelope, data: [] }],
  ['no object', [envelope]],
])('an envelope with %s gets the answer of zod', (_what, value) => {
  expectEqual(eventEnvelope, value);
});

describe('what the quick way does not know is left to zod', () => {
  test.each([
    ['a default', z.strictObject({ a: z.string().default('x') })],
    ['a transform', z.strictObject({ a: z.string().transform((text) => text.length) })],
    ['a refinement', z.strictObject({ a: z.string().refine((text) => text === 'b') })],
    ['trimming', z.strictObject({ a: z.string().trim() })],
    ['coercion', z.strictObject({ a: z.coerce.number() })],
    ['an open object', z.object({ a: z.string() })],
    ['a bound that is not itself in', z.strictObject({ a: z.number().gt(1) })],
    ['a field that every object has', z.strictObject({ a: z.string(), constructor: z.unknown() })],
    ['a pattern with a memory', z.strictObject({ a: z.string().regex(/x/g) })],
  ])('%s', (_what, schema) => {
    for (const a of ['x', ' x ', '3', 1, 2, 5]) {
      expect(isQuick(schema, { a })).toBe(false);
      expectEqual(schema, { a });
    }
  });
});

function walk(value: unknown, see: (object: Record<string, unknown>, key: string) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    // A list is an object with numbers for keys here.
    see(value as Record<string, unknown>, key);
    walk(part, see);
  }
}
