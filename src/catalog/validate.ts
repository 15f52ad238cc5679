/**
 * Whether the data of an event is what its type and version promise. `admit` is the one gate into the hub: every schema is
 * strict, so a field that the catalogue does not know, and thus has no scope, quarantines the event.
 */
import type * as z from 'zod';
import { quickParser } from '#src/wire';
import { eventTypes, outlineFor } from './event-types.ts';
import type { Group, Outline } from './outline.ts';
import type { EventData, EventType, Reason } from './types/event-type.ts';
import type { Hashes } from './types/manifest.ts';

export type Validation = { ok: true; data: EventData } | { ok: false; reasons: Reason[] };

// A publisher mends a field or two at a time; more reasons than this are a flood, not help.
const maxReasons = 20;
const maxNameLength = 80;

/** As `validate`, and what takes a digest besides: for what comes in. Costs nothing for types that have no such rule. */
export function admit(digest: Hashes, type: string, version: number, data: unknown): Validation {
  const result = validate(type, version, data);
  const proofs = result.ok ? eventTypes.get(type)?.proofs : undefined;
  if (!result.ok || !proofs) return result;
  const reasons = proofs.flatMap((proof) => proof(digest, result.data));
  return reasons.length > 0 ? { ok: false, reasons } : result;
}

/** On success `data` is a copy with the schema's fields in the schema's order. */
export function validate(type: string, version: number, data: unknown): Validation {
  const known = eventTypes.get(type);
  if (!known) return refused({ code: 'unknown_type', pointer: '', detail: 'There is no such event type.' });
  const schema = Object.hasOwn(known.versions, version) ? known.versions[version] : undefined;
  if (!schema)
    return refused({ code: 'unknown_version', pointer: '', detail: 'This type has no such version.' });
  const { parse, media } = checkedBy(known.type, version, schema);
  const parsed = parse(data);
  if (!parsed.success)
    return { ok: false, reasons: parsed.error.issues.flatMap(reasonsOf).slice(0, maxReasons) };
  const broken = brokenPolicies(known, media, parsed.data);
  return broken.length > 0
    ? { ok: false, reasons: broken.slice(0, maxReasons) }
    : { ok: true, data: parsed.data };
}

function refused(reason: Reason): Validation {
  return { ok: false, reasons: [reason] };
}

type Checked = { parse: ReturnType<typeof quickParser<z.ZodObject>>; media: Group | undefined };
const checkedSchemas = new WeakMap<z.ZodObject, Checked>();

function checkedBy(type: string, version: number, schema: z.ZodObject): Checked {
  const known = checkedSchemas.get(schema);
  if (known) return known;
  const outline = outlineFor(type, version);
  const made = { parse: quickParser(schema), media: outline && mediaIn(outline) };
  checkedSchemas.set(schema, made);
  return made;
}

function brokenPolicies(known: EventType, media: Group | undefined, data: EventData): Reason[] {
  const reasons = media ? blockedMedia(media, data, '') : [];
  for (const policy of known.policies ?? []) reasons.push(...policy(data));
  return reasons;
}

/** S1-23: an event that points at blocked media is delivered to nobody, not merely without the picture. */
function blockedMedia(is: Outline, value: unknown, pointer: string): Reason[] {
  if (is.node === 'leaf' || typeof value !== 'object' || value === null) return [];
  if (is.node === 'list') {
    return Array.isArray(value)
      ? value.flatMap((entry, index) => blockedMedia(is.of, entry, `${pointer}/${index}`))
      : [];
  }
  // Any object may be read by key; what is not there is undefined.
  const object = value as Record<string, unknown>;
  if (is.media && object['content_rating'] === 'blocked') {
    return [
      {
        code: 'policy',
        pointer: `${pointer}/content_rating`,
        detail: 'Blocked media may not be referred to.',
      },
    ];
  }
  return is.fields.flatMap(({ name, is: field }) => blockedMedia(field, object[name], `${pointer}/${name}`));
}

/** The outline with nothing left but the ways to media: most events have one such way, or none. */
function mediaIn(group: Group): Group {
  const fields = group.fields.flatMap(({ name, is }) => {
    if (is.node === 'leaf') return [];
    const below = mediaIn(is.node === 'list' ? is.of : is);
    if (below.media === null && below.fields.length === 0) return [];
    return [{ name, is: is.node === 'list' ? { ...is, of: below } : below }];
  });
  return { ...group, fields };
}

function reasonsOf(issue: z.core.$ZodIssue): Reason[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, maxReasons).map((key) => ({
      code: 'schema',
      pointer: pointerOf([...issue.path, key.slice(0, maxNameLength)]),
      detail: 'The schema has no such field.',
    }));
  }
  return [{ code: 'schema', pointer: pointerOf(issue.path), detail: issue.message }];
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
