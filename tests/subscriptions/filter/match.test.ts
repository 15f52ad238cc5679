// Any filter of the language against any view, compared with a slow reading of docs/filters.md.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileFilter, type FieldKind, type FilterField } from '../../../src/subscriptions/filter.ts';

const paths: Record<string, FieldKind> = {
  a: 'number',
  b: 'string',
  c: 'array',
  'o.a': 'number',
  'o.b': 'string',
  t: 'datetime',
  o: 'object',
};
const wideFields = (path: string): FilterField => ({ kind: paths[path] ?? 'string' });

const instants = fc.constantFrom(
  '2026-01-01T00:00:00Z',
  '2026-01-01T01:00:00+01:00',
  '2026-06-01T00:00:00Z',
  '2025-12-31T23:00:00-01:00',
);
const anyOperand: Record<FieldKind, fc.Arbitrary<unknown>> = {
  number: fc.integer({ min: -2, max: 2 }),
  string: fc.constantFrom('', 'x', 'xy', 'y'),
  boolean: fc.boolean(),
  datetime: instants,
  array: fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constantFrom('', 'x', 'xy'), fc.boolean()),
  object: fc.constant(null),
};
const ordered = (kind: FieldKind) =>
  kind === 'array' ? fc.oneof(anyOperand.number, anyOperand.string) : anyOperand[kind];

function anyTest(kind: FieldKind): fc.Arbitrary<unknown> {
  const value = fc.oneof(
    { weight: 5, arbitrary: anyOperand[kind] },
    { weight: 1, arbitrary: fc.constant(null) },
  );
  const list = fc.array(value, { minLength: 1, maxLength: 3 });
  const always = [
    fc.record({ $eq: value }),
    fc.record({ $ne: value }),
    fc.record({ $in: list }),
    fc.record({ $nin: list }),
    fc.record({ $exists: fc.boolean() }),
    fc.record({ $not: fc.record({ $in: list, $exists: fc.boolean() }) }),
  ];
  const ranges =
    kind === 'object' || kind === 'boolean'
      ? []
      : [
          fc.record({ $gt: ordered(kind) }),
          fc.record({ $gte: ordered(kind), $lt: ordered(kind) }),
          fc.record({ $not: fc.record({ $lte: ordered(kind) }) }),
        ];
  const prefixes =
    kind === 'string' || kind === 'array' ? [fc.record({ $prefix: fc.constantFrom('', 'x') })] : [];
  return fc.oneof(value, ...always, ...ranges, ...prefixes);
}

const anyCondition = fc
  .constantFrom(...Object.keys(paths))
  .chain((path) =>
    anyTest(paths[path] ?? 'string').map((test): Record<string, unknown> => ({ [path]: test })),
  );

const { filter: anyFilter } = fc.letrec<{ filter: Record<string, unknown> }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    anyCondition,
    fc.tuple(anyCondition, anyCondition).map(([one, two]) => ({ ...one, ...two })),
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((of) => ({ $and: of })),
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((of) => ({ $or: of })),
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((of) => ({ $nor: of })),
    tie('filter').map((of) => ({ $not: of })),
  ),
}));

const leaf = fc.oneof(
  fc.integer({ min: -2, max: 2 }),
  fc.constantFrom('', 'x', 'xy', 'y', 'soon'),
  fc.boolean(),
  fc.constant(null),
  instants,
);
const leaves = fc.oneof(
  leaf,
  fc.array(leaf, { maxLength: 3 }),
  fc.array(fc.array(leaf, { maxLength: 2 }), { maxLength: 2 }),
);
const small = fc.record({ a: leaves, b: leaves }, { requiredKeys: [] });
const anyView: fc.Arbitrary<Record<string, unknown>> = fc.record(
  {
    a: leaves,
    b: leaves,
    c: leaves,
    t: leaves,
    o: fc.oneof(leaves, small, fc.array(fc.oneof(small, leaf), { maxLength: 3 })),
  },
  { requiredKeys: [] },
);

/** The naive reading: collect what stands at the path, then ask each operator of it. */
function naive(filter: Record<string, unknown>, view: unknown): boolean {
  return Object.entries(filter).every(([key, test]) => {
    const list = test as Record<string, unknown>[];
    if (key === '$and') return list.every((one) => naive(one, view));
    if (key === '$or') return list.some((one) => naive(one, view));
    if (key === '$nor') return !list.some((one) => naive(one, view));
    if (key === '$not') return !naive(test as Record<string, unknown>, view);
    return naiveField(standingAt(key.split('.'), view), test, paths[key] === 'datetime');
  });
}

function standingAt([first, ...rest]: string[], node: unknown): unknown[] {
  if (first === undefined) return [node];
  return (Array.isArray(node) ? node : [node]).flatMap((one: unknown) => {
    if (one === null || typeof one !== 'object' || Array.isArray(one) || !(first in one)) return [];
    return standingAt(rest, (one as Record<string, unknown>)[first]);
  });
}

function naiveField(standing: unknown[], test: unknown, asTime: boolean): boolean {
  if (test === null || typeof test !== 'object') return naiveField(standing, { $eq: test }, asTime);
  const candidates = standing.flatMap((value) => value);
  const key = (value: unknown): unknown => {
    if (!asTime || value === null) return value;
    return typeof value === 'string' ? new Date(value).getTime() : 'not a time';
  };
  const compared = (wanted: unknown, fits: (order: number) => boolean) =>
    candidates.some((value) => {
      const [left, right] = [key(value), key(wanted)];
      if (typeof left !== typeof right || left === null || Number.isNaN(left)) return false;
      return fits(left === right ? 0 : Number((left as number) > (right as number)) * 2 - 1);
    });
  return Object.entries(test).every(([operator, wanted]) => {
    switch (operator) {
      case '$eq':
        return candidates.some((value) => key(value) === key(wanted));
      case '$ne':
        return !candidates.some((value) => key(value) === key(wanted));
      case '$in':
        return (wanted as unknown[]).some((one) => candidates.some((value) => key(value) === key(one)));
      case '$nin':
        return !(wanted as unknown[]).some((one) => candidates.some((value) => key(value) === key(one)));
      case '$gt':
        return compared(wanted, (order) => order > 0);
      case '$gte':
        return compared(wanted, (order) => order >= 0);
      case '$lt':
        return compared(wanted, (order) => order < 0);
      case '$lte':
        return compared(wanted, (order) => order <= 0);
      case '$exists':
        return standing.length > 0 === wanted;
      case '$prefix':
        return candidates.some(
          (value) => typeof value === 'string' && value.slice(0, (wanted as string).length) === wanted,
        );
      case '$not':
        return !naiveField(standing, wanted, asTime);
      default:
        throw new Error(`the test knows no ${operator}`);
    }
  });
}

const compiled = (filter: unknown) => compileFilter(filter, wideFields);

describe('any filter on any view', () => {
  test('agrees with the naive reading', () => {
    fc.assert(
      fc.property(anyFilter, anyView, (filter, view) => {
        expect(compiled(filter).matches(view)).toBe(naive(filter, view));
      }),
      { numRuns: 3000 },
    );
  });

  test('not not f is f', () => {
    fc.assert(
      fc.property(anyFilter, anyView, (filter, view) => {
        expect(compiled({ $not: { $not: filter } }).matches(view)).toBe(compiled(filter).matches(view));
      }),
    );
  });

  test('De Morgan holds', () => {
    fc.assert(
      fc.property(anyFilter, anyFilter, anyView, (f, g, view) => {
        const holds = (filter: unknown) => compiled(filter).matches(view);
        expect(holds({ $not: { $and: [f, g] } })).toBe(holds({ $or: [{ $not: f }, { $not: g }] }));
        expect(holds({ $nor: [f, g] })).toBe(holds({ $and: [{ $not: f }, { $not: g }] }));
      }),
    );
  });

  test('matching and explaining never throw, and an explanation is never empty', () => {
    fc.assert(
      fc.property(
        anyFilter,
        fc.oneof(anyView, fc.object({ withBigInt: true, withDate: true, withNullPrototype: true })),
        (filter, view) => {
          const { matches: fits, explain } = compiled(filter);
          expect(explain(view) === 'every condition holds').toBe(fits(view));
          expect(explain(view)).not.toBe('');
        },
      ),
      { numRuns: 1000 },
    );
  });
});
