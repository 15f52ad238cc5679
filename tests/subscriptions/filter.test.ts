import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PatchbayError } from '../../src/errors/index.ts';
import { compileFilter, type FieldKind, type FilterField } from '../../src/subscriptions/filter.ts';

const kinds: Record<string, FieldKind> = {
  type: 'string',
  city: 'string',
  'data.status': 'string',
  'data.amount_cents': 'number',
  'data.is_paid': 'boolean',
  'data.starts_at': 'datetime',
  'data.tags': 'array',
  'data.place': 'object',
  'data.items.name': 'string',
  'data.items.count': 'number',
};

function fields(path: string): FilterField {
  if (path === 'data.guest.phone') return { hidden: true, scope: 'bookings.contact:read' };
  if (path === 'data.secret') return 'hidden';
  const kind = Object.hasOwn(kinds, path) ? kinds[path] : undefined;
  return kind ? { kind } : 'unknown';
}

const booking = {
  type: 'booking.confirmed',
  city: 'houston',
  data: {
    status: 'cancelled',
    amount_cents: 1200,
    is_paid: true,
    starts_at: '2026-11-21T09:04:05-06:00',
    tags: ['rush', 'studio'],
    place: { name: 'here' },
    items: [
      { name: 'photo', count: 2 },
      { name: 'video', count: 9 },
    ],
    note: null,
  },
};

function matches(filter: unknown, view: Record<string, unknown> = booking): boolean {
  return compileFilter(filter, fields).matches(view);
}

function errorsOf(filter: unknown): { pointer: string; detail: string }[] {
  try {
    compileFilter(filter, fields);
  } catch (error) {
    expect(error).toBeInstanceOf(PatchbayError);
    expect((error as PatchbayError).code).toBe('filter_invalid');
    return (error as PatchbayError).errors ?? [];
  }
  return [];
}

describe('matching', () => {
  test('an empty filter, or none, matches everything', () => {
    expect(matches({})).toBe(true);
    expect(matches(undefined)).toBe(true);
    expect(matches({}, {})).toBe(true);
  });

  test('all conditions of one object must hold', () => {
    expect(matches({ city: 'houston', 'data.status': 'cancelled' })).toBe(true);
    expect(matches({ city: 'houston', 'data.status': 'confirmed' })).toBe(false);
  });

  test('ranges hold at and beside their bounds', () => {
    const amount = (range: object) => matches({ 'data.amount_cents': range });
    expect([{ $gt: 1199 }, { $gte: 1200 }, { $lt: 1201 }, { $lte: 1200 }].map(amount)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([{ $gt: 1200 }, { $gte: 1201 }, { $lt: 1200 }, { $lte: 1199 }].map(amount)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(amount({ $gte: 1000, $lt: 1100 })).toBe(false);
  });

  test('a path through a list holds when any item fits', () => {
    expect(matches({ 'data.items.name': 'video' })).toBe(true);
    expect(matches({ 'data.items.count': { $gt: 9 } })).toBe(false);
    expect(matches({ 'data.tags': 'studio' })).toBe(true);
    expect(matches({ 'data.tags': { $ne: 'studio' } })).toBe(false);
    expect(matches({ 'data.tags': { $prefix: 'ru' } })).toBe(true);
  });

  test('date-times compare as instants, not as text', () => {
    expect(matches({ 'data.starts_at': '2026-11-21T15:04:05Z' })).toBe(true);
    expect(matches({ 'data.starts_at': { $in: ['2026-11-21T15:04:05.000Z'] } })).toBe(true);
    expect(matches({ 'data.starts_at': { $gte: '2026-11-21T10:00:00Z' } })).toBe(true);
    expect(matches({ 'data.starts_at': { $lt: '2026-11-21T10:00:00Z' } })).toBe(false);
    expect(
      matches({ 'data.starts_at': { $gt: '2020-01-01T00:00:00Z' } }, { data: { starts_at: 'soon' } }),
    ).toBe(false);
  });

  test('a missing field fails every test and fits every negation', () => {
    const absent = { data: {} };
    const status = (test: unknown) => matches({ 'data.status': test }, absent);
    expect(
      ['x', null, { $in: ['x', null] }, { $gt: '' }, { $prefix: '' }, { $exists: true }].map(status),
    ).not.toContain(true);
    expect(
      [{ $ne: 'x' }, { $ne: null }, { $nin: ['x'] }, { $not: { $gt: '' } }, { $exists: false }].map(status),
    ).not.toContain(false);
  });

  test('null equals null alone', () => {
    const view = { data: { status: null } };
    expect(matches({ 'data.status': null }, view)).toBe(true);
    expect(matches({ 'data.status': { $exists: true } }, view)).toBe(true);
    expect(matches({ 'data.status': { $gte: '' } }, view)).toBe(false);
    expect(matches({ 'data.amount_cents': null }, { data: { amount_cents: 0 } })).toBe(false);
  });

  test('what an object inherits is not a field', () => {
    const all = (): FilterField => ({ kind: 'string' });
    expect(compileFilter({ 'toString.name': { $exists: true } }, all).matches({})).toBe(false);
    expect(compileFilter({ hasOwnProperty: { $exists: true } }, all).matches({ data: {} })).toBe(false);
  });

  test('the paths it looks at are listed once each, in order', () => {
    const filter = { $or: [{ city: 'a' }, { city: 'b' }, { $not: { 'data.status': 'x' } }] };
    expect(compileFilter(filter, fields).fields).toEqual(['city', 'data.status']);
  });
});

describe('refusals', () => {
  test('every mistake is told, each with its pointer', () => {
    const errors = errorsOf({
      'data.guest.phone': { $prefix: '+1' },
      'data.secret': 1,
      'data.nothing/here': 1,
      'data.is_paid': { $gt: true },
      'data.amount_cents': '1200',
      'data.starts_at': { $in: ['2026-11-21T15:04:05Z', 'tomorrow', '2026-02-30T00:00:00Z'] },
      'data.place': { name: 'x' },
      city: ['houston'],
      $xor: [],
      $or: [{ city: { $regex: 'h' } }, 'city'],
    });
    expect(errors.map((error) => error.pointer)).toEqual([
      '/data.guest.phone',
      '/data.secret',
      '/data.nothing~1here',
      '/data.is_paid/$gt',
      '/data.amount_cents',
      '/data.starts_at/$in/1',
      '/data.starts_at/$in/2',
      '/data.place/name',
      '/city',
      '/$xor',
      '/$or/0/city/$regex',
      '/$or/1',
    ]);
    expect(errors[0]?.detail).toBe(
      'your scopes do not reveal data.guest.phone; it needs bookings.contact:read',
    );
  });

  test.each([
    ['not an object', 'city'],
    ['null', null],
    ['a list', [{ city: 'x' }]],
    ['an empty $and', { $and: [] }],
    ['an empty $in', { city: { $in: [] } }],
    ['no operator', { city: {} }],
    ['a field among operators', { city: { $eq: 'a', b: 1 } }],
    ['$exists of a word', { city: { $exists: 'yes' } }],
    ['$prefix of a number', { city: { $prefix: 1 } }],
    ['$prefix on a number', { 'data.amount_cents': { $prefix: '1' } }],
    ['$not of a value', { city: { $not: 'x' } }],
    ['a range of null', { city: { $gt: null } }],
    ['equality with an object', { 'data.place': 'here' }],
    ['a number that JSON does not have', { 'data.amount_cents': Number.NaN }],
    ['an empty name', { 'data..status': 'x' }],
    ['an operator in a path', { 'data.$where': 'x' }],
  ])('%s is refused', (_name, filter) => {
    expect(errorsOf(filter)).toHaveLength(1);
  });

  test('names that reach a prototype are refused before anyone looks them up', () => {
    for (const text of [
      '{"__proto__":"x"}',
      '{"data.__proto__.x":1}',
      '{"constructor":{"$eq":1}}',
      '{"a.prototype":1}',
    ])
      expect(errorsOf(JSON.parse(text))[0]?.detail).toMatch(/is never a field/);
  });

  test('eight levels are taken and nine refused, by either kind of nesting', () => {
    const nested = (levels: number): object => (levels === 1 ? { city: 'x' } : { $not: nested(levels - 1) });
    expect(errorsOf(nested(8))).toEqual([]);
    expect(errorsOf(nested(9))).toHaveLength(1);
    const within = (levels: number): object => (levels === 1 ? { $eq: 'x' } : { $not: within(levels - 1) });
    expect(errorsOf({ city: within(8) })).toEqual([]);
    expect(errorsOf({ city: within(9) })).toHaveLength(1);
  });

  test('64 conditions are taken and 65 refused, empty ones included', () => {
    expect(errorsOf({ $or: Array.from({ length: 64 }, () => ({ city: 'x' })) })).toEqual([]);
    expect(errorsOf({ $or: Array.from({ length: 65 }, () => ({ city: 'x' })) })).toHaveLength(1);
    expect(errorsOf({ $or: Array.from({ length: 100_000 }, () => ({})) })).toHaveLength(1);
  });

  test('lists, strings and paths have their limits', () => {
    expect(errorsOf({ city: { $in: Array.from({ length: 100 }, String) } })).toEqual([]);
    expect(errorsOf({ city: { $in: Array.from({ length: 101 }, String) } })).toHaveLength(1);
    expect(errorsOf({ city: 'x'.repeat(512) })).toEqual([]);
    expect(errorsOf({ city: 'x'.repeat(513) })).toHaveLength(1);
    expect(errorsOf({ ['a'.repeat(1_000_000)]: 1 })[0]?.pointer.length).toBeLessThan(300);
  });

  test('a filter of nothing but mistakes is not answered with more than a hundred', () => {
    const filter = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`$bad${index}`, 1]));
    expect(errorsOf(filter)).toHaveLength(100);
  });

  test('no JSON at all makes it throw anything but filter_invalid', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 12 }), (json) => void errorsOf(json)));
  });
});

describe('explaining', () => {
  const explain = (filter: unknown, view: Record<string, unknown> = booking) =>
    compileFilter(filter, fields).explain(view);

  test('says what the event has and what the filter wants', () => {
    expect(explain({ 'data.status': 'confirmed' })).toBe(
      'data.status is "cancelled", the filter wants "confirmed"',
    );
    expect(explain({ city: { $in: ['austin', 'dallas'] } })).toBe(
      'city is "houston", the filter wants one of "austin", "dallas"',
    );
    expect(explain({ 'data.amount_cents': { $gte: 5000 } })).toBe(
      'data.amount_cents is 1200, the filter wants at least 5000',
    );
    expect(explain({ 'data.status': 'x' }, {})).toBe('data.status is missing, the filter wants "x"');
    expect(explain({ 'data.items.name': 'audio' })).toBe(
      'data.items.name is each of "photo", "video", the filter wants "audio"',
    );
    expect(explain({ type: { $prefix: 'rfp.' } })).toBe(
      'type is "booking.confirmed", the filter wants text that begins with "rfp."',
    );
    expect(explain({ city: { $exists: false } })).toBe('city is present, the filter wants it absent');
  });

  test('names only the conditions that fail', () => {
    expect(explain({ city: 'houston', 'data.status': 'confirmed', 'data.is_paid': false })).toBe(
      'data.status is "cancelled", the filter wants "confirmed"; data.is_paid is true, the filter wants false',
    );
  });

  test('tells exclusions and alternatives', () => {
    expect(explain({ 'data.status': { $ne: 'cancelled' } })).toBe(
      'data.status is "cancelled", the filter excludes "cancelled"',
    );
    expect(explain({ $nor: [{ city: 'austin' }, { city: 'houston' }] })).toBe(
      'city is "houston", the filter excludes "houston"',
    );
    expect(explain({ $or: [{ city: 'austin' }, { type: 'x' }] })).toBe(
      'no alternative holds (city is "houston", the filter wants "austin"; or type is "booking.confirmed", the filter wants "x")',
    );
  });

  test('says so when it matches, and describes itself', () => {
    expect(explain({ city: 'houston' })).toBe('every condition holds');
    expect(compileFilter({ city: 'houston', 'data.amount_cents': { $gt: 5 } }, fields).words).toBe(
      'city is "houston" and data.amount_cents is above 5',
    );
    expect(compileFilter({}, fields).words).toBe('every event');
  });

  test('a long value is cut short', () => {
    expect(explain({ city: 'x' }, { city: 'y'.repeat(1000) }).length).toBeLessThan(150);
  });
});
