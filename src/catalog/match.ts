import { type FieldError, PatchbayError } from '#src/errors';
import { eventTypes, typeNames } from './event-types.ts';

/**
 * Whether a pattern of a subscription names a type: `booking.confirmed`, `booking.*` or `*`.
 * A wildcard never reaches a type that is off by default: nobody gets direct messages by asking for "all".
 */
export function matchesType(pattern: string, type: string): boolean {
  if (pattern === type) return eventTypes.has(type);
  if (eventTypes.get(type)?.defaultOn !== true) return false;
  return pattern === '*' || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1)));
}

/**
 * All types that the patterns name, in the catalogue's order, each once.
 * Throws `validation_failed` with a pointer to each pattern that names nothing.
 */
export function expandTypes(patterns: readonly string[]): string[] {
  const errors = patterns.flatMap((pattern, index) => refusalOf(pattern, index));
  if (errors.length > 0) throw new PatchbayError('validation_failed', { errors });
  return typeNames.filter((type) => patterns.some((pattern) => matchesType(pattern, type)));
}

function refusalOf(pattern: string, index: number): FieldError[] {
  if (typeNames.some((type) => matchesType(pattern, type))) return [];
  const pointer = `/event_types/${index}`;
  const off = typeNames.find((type) => pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1)));
  if (off !== undefined) return [{ pointer, detail: `${off} is off by default: ask for it by its name.` }];
  return [{ pointer, detail: 'No event type has this name. See GET /v1/event-types.' }];
}
