import * as z from 'zod';
import { expect, test } from 'vitest';
import { outlineOf } from '../../src/catalog/outline.ts';
import { reveal } from '../../src/catalog/types/fields.ts';

const open = <S extends z.ZodType>(schema: S) =>
  reveal(schema, { scope: 'bookings:read', privacy: 'none', description: '' });

test.each([
  ['a field without marks', z.strictObject({ a: z.strictObject({ b: z.string() }) }), /a\.b has no scope/],
  [
    'a scope that does not exist',
    z.strictObject({ a: z.string().meta({ 'x-patchbay-scope': 'all:read' }) }),
    /a has no scope/,
  ],
  [
    'a field without a privacy class',
    z.strictObject({ a: z.string().meta({ 'x-patchbay-scope': 'bookings:read' }) }),
    /a has no privacy/,
  ],
  [
    'an object that strips unknown fields',
    z.object({ a: open(z.string()) }),
    /\(root\) lets unknown fields in/,
  ],
  [
    'an object that keeps unknown fields',
    z.strictObject({ a: z.looseObject({ b: open(z.string()) }) }),
    /a lets unknown fields in/,
  ],
  ['a record', z.strictObject({ a: open(z.record(z.string(), z.string())) }), /a is of a kind/],
  ['anything at all', z.strictObject({ a: open(z.unknown()) }), /a is of a kind/],
  ['a union', z.strictObject({ a: open(z.union([z.string(), z.number()])) }), /a is of a kind/],
])('%s has no place in the catalogue [S2-77]', (_what, schema, words) => {
  expect(() => outlineOf(schema)).toThrow(words);
});

test('a field may be optional', () => {
  expect(outlineOf(z.strictObject({ a: open(z.boolean()).optional() })).fields).toEqual([
    { name: 'a', is: { node: 'leaf', kind: 'boolean', scope: 'bookings:read', privacy: 'none' } },
  ]);
});
