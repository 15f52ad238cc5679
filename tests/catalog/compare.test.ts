import * as z from 'zod';
import { describe, expect, test } from 'vitest';
import { breakingChanges, type RecordedCatalogue, recordFields } from '#src/catalog';
import { amount, reveal } from '../../src/catalog/types/fields.ts';

const note = (schema: z.ZodType = z.string().max(100)) =>
  reveal(schema, { scope: 'bookings:read', privacy: 'personal', description: 'A note.' });

const shape = {
  note: note(),
  kind: z.enum(['a', 'b']),
  count: z.int().min(0).max(9),
  at: z.iso.datetime(),
  slug: z.string().regex(/^[a-z]+$/),
  maybe: z.string().optional(),
  total: amount('Total'),
  files: z
    .array(z.strictObject({ name: z.string() }))
    .min(1)
    .max(5),
  photo: z.strictObject({ url: z.string() }).meta({ 'x-patchbay-media': 'drop' }),
};

function catalogue(
  changed: z.ZodRawShape = {},
  type: object = {},
  object: (shape: z.ZodRawShape) => z.ZodObject = z.strictObject,
): RecordedCatalogue {
  const fields = recordFields(z.toJSONSchema(object({ ...shape, ...changed })));
  return {
    'thing.made': { scope: 'bookings:read', off_by_default: false, versions: { 1: fields }, ...type },
  };
}

function without(...names: string[]): RecordedCatalogue {
  const kept = Object.fromEntries(Object.entries(shape).filter(([name]) => !names.includes(name)));
  return {
    'thing.made': {
      scope: 'bookings:read',
      off_by_default: false,
      versions: { 1: recordFields(z.toJSONSchema(z.strictObject(kept))) },
    },
  };
}

const recorded = catalogue();

test('an unchanged catalogue breaks nothing', () => {
  expect(breakingChanges(recorded, catalogue())).toEqual([]);
});

describe('breaking, each in its words [S1-02]', () => {
  test.each<[string, RecordedCatalogue, RegExp]>([
    ['a type that is gone', {}, /^thing\.made: the type was removed$/],
    ['a version that is gone', catalogue({}, { versions: {} }), /version 1: the version was removed/],
    [
      'another scope of the type',
      catalogue({}, { scope: 'reviews:read' }),
      /scope changed from bookings:read to reviews:read/,
    ],
    ['a field that is gone', without('note'), /note was removed/],
    ['an optional field that is gone', without('maybe'), /maybe was removed/],
    [
      'a nested field that is gone',
      catalogue({ files: z.array(z.strictObject({})).min(1).max(5) }),
      /files\[\]\.name was removed/,
    ],
    ['a new required field', catalogue({ more: z.string() }), /more is new and required/],
    [
      'a new required field below',
      catalogue({
        files: z
          .array(z.strictObject({ name: z.string(), more: z.string() }))
          .min(1)
          .max(5),
      }),
      /files\[\]\.more is new and required/,
    ],
    ['an optional field that became required', catalogue({ maybe: z.string() }), /maybe became required/],
    [
      'a required field that became optional',
      catalogue({ kind: shape.kind.optional() }),
      /kind is no longer always there/,
    ],
    ['a value that is gone', catalogue({ kind: z.enum(['a']) }), /kind no longer allows b/],
    [
      'a text that became a list of values',
      catalogue({ slug: z.enum(['x']) }),
      /slug is now limited to a list/,
    ],
    ['another type', catalogue({ count: z.string() }), /count has another type/],
    [
      'an integer that became any number',
      catalogue({ count: z.number().min(0).max(9) }),
      /count has another type/,
    ],
    ['another format', catalogue({ at: z.string() }), /at has another format/],
    ['another pattern', catalogue({ slug: z.string().regex(/^[a-z0-9]+$/) }), /slug has another pattern/],
    ['a new pattern', catalogue({ maybe: z.string().regex(/^x/).optional() }), /maybe has another pattern/],
    ['a lower maximum', catalogue({ count: z.int().min(0).max(8) }), /count has a lower maximum/],
    ['a higher minimum', catalogue({ count: z.int().min(1).max(9) }), /count has a higher minimum/],
    ['a new bound', catalogue({ maybe: z.string().max(5).optional() }), /maybe has a lower maxLength/],
    ['a shorter list', catalogue({ files: shape.files.max(4) }), /files has a lower maxItems/],
    [
      'another scope of a field',
      catalogue({
        note: reveal(z.string().max(100), { scope: 'reviews:read', privacy: 'personal', description: '' }),
      }),
      /note has another x-patchbay-scope/,
    ],
    [
      'less privacy',
      catalogue({
        note: reveal(z.string().max(100), { scope: 'bookings:read', privacy: 'none', description: '' }),
      }),
      /note is treated as less private/,
    ],
    [
      'media that is no longer guarded',
      catalogue({ photo: z.strictObject({ url: z.string() }) }),
      /photo has another x-patchbay-media/,
    ],
    ['unknown fields let in', catalogue({}, {}, z.looseObject), /\(data\) has another additionalProperties/],
  ])('%s', (_what, current, words) => {
    const broken = breakingChanges(recorded, current);
    expect(broken.filter((line) => words.test(line))).toHaveLength(1);
    expect(broken).toHaveLength(1);
  });

  test('a type that was off by default and no longer is', () => {
    expect(breakingChanges(catalogue({}, { off_by_default: true }), recorded)).toEqual([
      'thing.made: wildcards now include it',
    ]);
  });

  test('a type that is off by default from now on: who listens by a wildcard would hear of it no more', () => {
    expect(breakingChanges(recorded, catalogue({}, { off_by_default: true }))).toEqual([
      'thing.made: wildcards no longer include it',
    ]);
  });
});

describe('additive, and allowed', () => {
  test.each<[string, RecordedCatalogue]>([
    ['a new type', { ...recorded, 'thing.broken': { scope: 'x', off_by_default: false, versions: {} } }],
    ['a new version', catalogue({}, { versions: { ...recorded['thing.made']?.versions, 2: {} } })],
    ['a new optional field', catalogue({ more: z.string().optional() })],
    [
      'a new optional object with required fields',
      catalogue({ more: z.strictObject({ deep: z.strictObject({ x: z.string() }) }).optional() }),
    ],
    ['a new value', catalogue({ kind: z.enum(['a', 'b', 'c']) })],
    ['looser bounds', catalogue({ count: z.int().min(-1).max(10) })],
    ['a dropped pattern', catalogue({ slug: z.string() })],
    [
      'more privacy',
      catalogue({
        note: reveal(z.string().max(100), { scope: 'bookings:read', privacy: 'sensitive', description: '' }),
      }),
    ],
    ['other words', catalogue({ note: note().describe('Another description.') })],
    [
      'another order of fields',
      {
        'thing.made': {
          scope: 'bookings:read',
          off_by_default: false,
          versions: {
            1: Object.fromEntries(Object.entries(recorded['thing.made']?.versions[1] ?? {}).toReversed()),
          },
        },
      },
    ],
  ])('%s', (_what, current) => {
    expect(breakingChanges(recorded, current)).toEqual([]);
  });
});
