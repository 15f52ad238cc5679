import { describe, expect, test } from 'vitest';
import {
  fieldsOfType,
  isProtectedAttribute,
  jsonSchema,
  type JsonSchema,
  protectedAttributes,
} from '#src/catalog';
import { everyVersion } from './versions.ts';

test('no event has a protected attribute for a field, nor for a value of a closed list [S1-11]', () => {
  for (const [type, version] of everyVersion) {
    const names = [...fieldsOfType(type, version).keys()].flatMap((path) => path.split('.'));
    expect([...names, ...valuesIn(jsonSchema(type, version))].filter(isProtectedAttribute), type).toEqual([]);
  }
});

describe('a name that speaks of a protected attribute is recognised [S1-11]', () => {
  test.each([
    ...protectedAttributes,
    'buyer_age',
    'ageRange',
    'min_age',
    'AGE',
    'ages',
    'age2',
    'Date-Of-Birth',
    'dateOfBirth',
    'dateofbirth',
    'DOB',
    'buyer_dateofbirth',
    'model.skintone',
    'genders',
    'model_gender',
    'sexualOrientation',
    'religious_affiliation',
    'races',
    'is_pregnant',
    'veteranStatus',
    'skin tone',
    'pronouns',
    'national_origin_code',
  ])('%s', (name) => {
    expect(isProtectedAttribute(name)).toBe(true);
  });
});

describe('a name that only has its letters is left alone', () => {
  test.each([
    'message',
    'stage',
    'usage',
    'page',
    'image',
    'storage',
    'average',
    'agency',
    'trace',
    'brace',
    'essex',
    'sextant',
    'disabled_at',
    'engender',
    'city',
    'role',
    'rating',
    'raced',
    'generic',
    'creedmoor',
    'health',
    'media_type',
    '',
  ])('%s', (name) => {
    expect(isProtectedAttribute(name)).toBe(false);
  });
});

function valuesIn(schema: JsonSchema): string[] {
  const own = [...(schema.enum ?? []), ...(schema.const === undefined ? [] : [schema.const])].map(String);
  const below = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : [])];
  return [...own, ...below.flatMap((field) => valuesIn(field as JsonSchema))];
}
