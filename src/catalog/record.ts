import { jsonSchema } from './describe.ts';
import { eventTypes, versionsOf } from './event-types.ts';
import type { JsonSchema } from './json-schema.ts';

/** One field as others rely on it. Everything of its JSON Schema but the words, and whether it is required. */
export type RecordedField = { required: boolean } & Record<string, unknown>;

export type RecordedType = {
  scope: string;
  off_by_default: boolean;
  versions: Record<string, Record<string, RecordedField>>;
};

/** The promises of a catalogue, flat: one line a field, so that a diff of two can be read. `files[]` is an element. */
export type RecordedCatalogue = Record<string, RecordedType>;

export function recordCatalogue(): RecordedCatalogue {
  return Object.fromEntries(
    [...eventTypes.values()].map((known) => [
      known.type,
      {
        scope: known.scope,
        off_by_default: !known.defaultOn,
        versions: Object.fromEntries(
          versionsOf(known).map((version) => [version, recordFields(jsonSchema(known.type, version))]),
        ),
      },
    ]),
  );
}

/** The flat form of one JSON Schema. */
export function recordFields(schema: JsonSchema): Record<string, RecordedField> {
  return Object.fromEntries(flatten(schema, '', true));
}

function flatten(schema: JsonSchema, path: string, required: boolean): [string, RecordedField][] {
  const {
    properties,
    items,
    required: needed,
    description: _,
    title: _title,
    $schema: _draft,
    ...facts
  } = schema;
  const below = Object.entries(properties ?? {}).flatMap(([name, field]) =>
    flatten(node(field), path ? `${path}.${name}` : name, needed?.includes(name) ?? false),
  );
  const element = items === undefined ? [] : flatten(node(items), `${path}[]`, true);
  return [[path, { required, ...facts }], ...below, ...element];
}

// The catalogue's schemas have neither `true` nor lists of items; anything else would be a new construct to judge.
function node(value: unknown): JsonSchema {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('record: not one schema');
  return value as JsonSchema; // Any object may be read as a schema; unknown keywords are compared as they are.
}
