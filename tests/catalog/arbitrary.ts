/** Random data that fits a type's published JSON Schema: what any publisher could make of our documentation. */
import fc from 'fast-check';
import { contentRatings, jsonSchema, type JsonSchema } from '#src/catalog';

export type Data = Record<string, unknown>;

export function dataOf(type: string, version: number): fc.Arbitrary<Data> {
  return made(jsonSchema(type, version)) as fc.Arbitrary<Data>; // Each schema's root is an object.
}

/** As `dataOf`, with media of every rating but `blocked`, which quarantines the whole event. */
export function publishableOf(type: string, version: number): fc.Arbitrary<Data> {
  return dataOf(type, version).map((data) => mended(type, withoutBlocked(data) as Data));
}

function made(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom<unknown>(...schema.enum);
  switch (schema.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1e9, 2 ** 31 - 1) });
    case 'string':
      return madeText(schema);
    case 'array':
      return fc.array(made(schema.items as JsonSchema), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, 4),
      });
    case 'object':
      return madeObject(schema);
    default:
      throw new Error(`no data for ${JSON.stringify(schema)}`);
  }
}

function madeObject({ properties = {}, required = [] }: JsonSchema): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(
    ([name, field]) => [name, made(field as JsonSchema)] as const,
  );
  return fc.record(Object.fromEntries(fields), { requiredKeys: required, noNullPrototype: true });
}

function madeText(schema: JsonSchema): fc.Arbitrary<unknown> {
  const max = schema.maxLength ?? 200;
  if (schema.format === 'date-time') {
    const range = {
      min: new Date('2020-01-01T00:00:00Z'),
      max: new Date('2039-12-31T00:00:00Z'),
      noInvalidDate: true,
    };
    return fc.date(range).map((date) => date.toISOString());
  }
  if (schema.format === 'email') return fc.constantFrom('ava@example.com', 'mateo.reyes+shoots@example.org');
  if (schema.pattern?.startsWith('^https')) {
    return fc
      .webUrl({ validSchemes: ['https'], withQueryParameters: true })
      .filter((url) => fits(url, schema));
  }
  if (schema.pattern)
    return fc.stringMatching(new RegExp(schema.pattern)).filter((text) => text.length <= max);
  return fc
    .string({ unit: 'grapheme', minLength: schema.minLength ?? 0, maxLength: 30 })
    .filter((text) => text.length <= max);
}

function fits(text: string, { pattern = '', maxLength = 0 }: JsonSchema): boolean {
  return text.length <= maxLength && new RegExp(pattern).test(text);
}

function withoutBlocked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutBlocked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      name === 'content_rating' && field === 'blocked' ? contentRatings[0] : withoutBlocked(field),
    ]),
  );
}

// What only a policy can say: random instants and flags rarely agree by themselves.
function mended(type: string, data: Data): Data {
  if (type === 'instant_book.confirmed' || (type === 'booking.confirmed' && data['instant_book'] === true))
    return { ...data, id_verified_at: '2019-05-01T00:00:00.000Z' };
  if (type.startsWith('deliverable.')) {
    const manifest = data['manifest'] as { files: { name: string }[] };
    const files = manifest.files.map((file, index) => ({ ...file, name: `${index}${file.name}` }));
    return { ...data, manifest: { ...manifest, files } };
  }
  if (type !== 'promotion.capped') return data;
  const { cap, used } = data as { cap: { amount_cents: number }; used: { amount_cents: number } };
  return { ...data, over_cap: used.amount_cents > cap.amount_cents };
}
