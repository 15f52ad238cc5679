export { breakingChanges } from './compare.ts';
export { describeType, jsonSchema, type TypeDescription } from './describe.ts';
export { deliveredVersion, eventTypes, sampleEvent, typeNames, versionsOf } from './event-types.ts';
export type { JsonSchema } from './json-schema.ts';
export { expandTypes, matchesType } from './match.ts';
export { downConvert, project, type View } from './project.ts';
export { isProtectedAttribute, protectedAttributes } from './protected.ts';
export { recordCatalogue, type RecordedCatalogue, type RecordedField, recordFields } from './record.ts';
export { catalogRoutes } from './routes.ts';
export type { EntityKind, EventData, EventType, Reason } from './types/event-type.ts';
export type { Privacy } from './types/fields.ts';
export { type Hashes, manifestDigest, type ManifestFile, verifyManifest } from './types/manifest.ts';
export { isScope, readScopes, type Scope, type ScopeFacts, scopeNames, scopes } from './types/scopes.ts';
export {
  contentRatings,
  type ContentRating,
  providerRoles,
  type Stream,
  streams,
  usTimeZones,
} from './types/vocabulary.ts';
export { admit, validate, type Validation } from './validate.ts';
export { type Field, fieldsOfType, hiddenFields, visibleFields } from './visible.ts';
