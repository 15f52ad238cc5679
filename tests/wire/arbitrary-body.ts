import fc from 'fast-check';
import type { JsonSchema, OpenApi } from './operations.ts';

/** Strings that programs have stumbled over, beside random ones. */
const strings = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    'null',
    '__proto__',
    'constructor',
    '../../etc/passwd',
    "' OR 1=1 --",
    '\u202e',
    '💥',
    '٣',
    '1e999',
    '2026-02-30T25:61:61Z',
    '9999999999999999999',
    'http://169.254.169.254/',
    'javascript:alert(1)',
    '{{7*7}}',
    'a'.repeat(5_000),
    '%',
    '*',
    '**',
    '.*',
    '(a+)+$',
  ),
);
const numbers = fc.constantFrom(0, -1, -0, 1.5, 1e308, Number.MAX_SAFE_INTEGER, 2 ** 53, -(2 ** 63), 1e-320);
const anything: fc.Arbitrary<unknown> = fc.oneof(
  strings,
  numbers,
  fc.constantFrom(null, true, false, [], {}, [[]], [null], { a: {} }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** A body that is nearly right: shaped by the schema, so that what is wrong lies deep, with anything in any place. */
export function bodyFor(schema: JsonSchema, document: OpenApi, depth = 0): fc.Arbitrary<unknown> {
  const right = shaped(schema, document, depth);
  return fc.oneof({ weight: depth === 0 ? 9 : 5, arbitrary: right }, { weight: 1, arbitrary: anything });
}

function shaped(schema: JsonSchema, document: OpenApi, depth: number): fc.Arbitrary<unknown> {
  if (depth > 6) return anything;
  if (schema.$ref) {
    const target = document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''];
    return target ? shaped(target, document, depth) : anything;
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((one) => shaped(one, document, depth + 1)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object':
      return objectFor(schema, document, depth);
    case 'array':
      return fc.array(bodyFor(schema.items ?? {}, document, depth + 1), { maxLength: 4 });
    case 'string':
      return fc.oneof(
        strings,
        fc.constantFrom(
          'booking.confirmed',
          'houston',
          '2026-11-21T15:04:05.000Z',
          'https://example.com/hook',
        ),
      );
    case 'integer':
    case 'number':
      return fc.oneof(numbers, fc.integer({ min: 0, max: 1_000 }));
    case 'boolean':
      return fc.boolean();
    default:
      return anything;
  }
}

function objectFor({ properties = {} }: JsonSchema, document: OpenApi, depth: number): fc.Arbitrary<unknown> {
  const known = Object.fromEntries(
    Object.entries(properties).map(([name, one]) => [name, bodyFor(one, document, depth + 1)]),
  );
  const record = fc.record(known, { requiredKeys: Object.keys(known).filter((_, i) => i % 4 !== 3) });
  return fc.oneof(
    { weight: 6, arbitrary: record },
    {
      weight: 1,
      arbitrary: fc.tuple(record, strings, anything).map(([one, name, value]) => ({ ...one, [name]: value })),
    },
  );
}
