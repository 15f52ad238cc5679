/**
 * JSON Schema 2020-12 of what events are made of. `z.toJSONSchema` says the same of every kind that zod knows, as a test
 * holds: 20 kB that the Worker would carry for the eight kinds that events have.
 */
import * as z from 'zod';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

export const jsonSchemaDraft = 'https://json-schema.org/draft/2020-12/schema';

/** Throws on a kind that events do not have. */
export function jsonSchemaOf(schema: unknown): JsonSchema {
  if (!(schema instanceof z.ZodType)) throw new Error('catalogue: not a schema');
  return Object.assign(unmarked(schema), schema.meta());
}

function unmarked(schema: z.ZodType): JsonSchema {
  if (schema instanceof z.ZodOptional) return jsonSchemaOf(schema.unwrap());
  if (schema instanceof z.ZodObject) return objectSchema(schema);
  if (schema instanceof z.ZodArray) return arraySchema(schema);
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) return stringSchema(schema);
  if (schema instanceof z.ZodNumber) return numberSchema(schema);
  if (schema instanceof z.ZodEnum) return { type: 'string', enum: schema.options };
  if (schema instanceof z.ZodLiteral) return literalSchema(schema.value);
  if (schema instanceof z.ZodBoolean) return { type: 'boolean' };
  throw new Error(`catalogue: ${schema.type} is a kind that events do not have`);
}

/** Strict, as every object of the catalogue is (outline.ts). */
function objectSchema({ shape }: z.ZodObject): JsonSchema {
  const fields = Object.entries(shape);
  const required = fields.filter(([, field]) => !(field instanceof z.ZodOptional)).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, field]) => [name, jsonSchemaOf(field)])),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

function arraySchema(schema: z.ZodArray): JsonSchema {
  const [least, most] = [checkOf(schema, 'min_length'), checkOf(schema, 'max_length')];
  return {
    ...(least ? { minItems: least.minimum } : {}),
    ...(most ? { maxItems: most.maximum } : {}),
    type: 'array',
    items: jsonSchemaOf(schema.element),
  };
}

function stringSchema(schema: z.ZodString | z.ZodStringFormat): JsonSchema {
  const { minLength, maxLength, format } = schema;
  const pattern = ('pattern' in schema.def ? schema.def : checkOf(schema, 'string_format'))?.pattern;
  return {
    type: 'string',
    ...(minLength === null ? {} : { minLength }),
    ...(maxLength === null ? {} : { maxLength }),
    ...(format === null || format === 'regex'
      ? {}
      : { format: format === 'datetime' ? 'date-time' : format }),
    // zod's leap-year-proof pattern has 300 characters; `format` says the same, but for the zone.
    ...(pattern ? { pattern: format === 'datetime' ? 'Z$' : pattern.source } : {}),
  };
}

function numberSchema({ isInt, minValue, maxValue }: z.ZodNumber): JsonSchema {
  return {
    type: isInt ? 'integer' : 'number',
    ...(minValue === null ? {} : { minimum: minValue }),
    ...(maxValue === null ? {} : { maximum: maxValue }),
  };
}

function literalSchema(value: unknown): JsonSchema {
  if (typeof value === 'string') return { type: 'string', const: value };
  if (typeof value === 'boolean') return { type: 'boolean', const: value };
  throw new Error('catalogue: a literal of events is a text or a boolean');
}

type Checks = z.core.$ZodChecks['_zod']['def'] | z.core.$ZodStringFormatDef;

/** The first of this name. A second pattern on one field would go untold: the test against zod fails there. */
function checkOf<N extends Checks['check']>(schema: z.ZodType, name: N) {
  const checks = (schema.def.checks ?? []).map((check) => check._zod.def as Checks); // All that zod itself makes.
  return checks.find((def): def is Extract<Checks, { check: N }> => def.check === name);
}
