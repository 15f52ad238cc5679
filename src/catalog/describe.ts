import { PatchbayError } from '#src/errors';
import { eventTypes, sampleEvent, versionsOf } from './event-types.ts';
import { type JsonSchema, jsonSchemaDraft, jsonSchemaOf } from './json-schema.ts';
import type { EventData, EventType } from './types/event-type.ts';

/** What `GET /v1/event-types` says of one type. */
export type TypeDescription = {
  type: string;
  description: string;
  stream: string;
  scope: string;
  critical: boolean;
  system: boolean;
  off_by_default: boolean;
  entity: string | null;
  latest_version: number;
  versions: { version: number; supported: boolean; schema: JsonSchema; sample: EventData }[];
};

export function describeType(type: string): TypeDescription {
  const known = knownType(type);
  return {
    type,
    description: known.description,
    stream: known.stream,
    scope: known.scope,
    critical: known.critical,
    system: known.system,
    off_by_default: !known.defaultOn,
    entity: known.entity?.kind ?? null,
    latest_version: known.latest,
    // A version that is no longer supported leaves the catalogue, so whatever stands here is.
    versions: versionsOf(known).map((version) => ({
      version,
      supported: true,
      schema: jsonSchema(type, version),
      sample: sampleEvent(type, version),
    })),
  };
}

const schemas = new Map<string, JsonSchema>();

/**
 * JSON Schema (2020-12) of the data of one version as published. Each field has `x-patchbay-scope` and
 * `x-patchbay-privacy`; what a subscriber gets is this without the fields whose scope it lacks.
 */
export function jsonSchema(type: string, version: number): JsonSchema {
  const key = `${type}@${version}`;
  const made = schemas.get(key) ?? makeSchema(knownType(type), version);
  schemas.set(key, made);
  return made;
}

function makeSchema({ type, description, versions }: EventType, version: number): JsonSchema {
  const schema = versions[version];
  if (!schema) throw new PatchbayError('not_found', { public: `${type} has no version ${version}.` });
  return {
    title: `${type}, version ${version}`,
    description,
    $schema: jsonSchemaDraft,
    ...jsonSchemaOf(schema),
  };
}

function knownType(type: string): EventType {
  const known = eventTypes.get(type);
  if (!known) throw new PatchbayError('not_found', { public: `There is no event type ${type}.` });
  return known;
}
