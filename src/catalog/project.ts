/**
 * What one view reveals of an event: the only way by which data leaves the hub (contract: One view).
 *
 * It runs for each delivery, feed row and replay, so nothing is interpreted there: for each type, version and set of
 * held scopes one chain of closures is compiled at first use. A type uses three or four scopes at
 * most, so there are at most sixteen such chains for each. (Generated code would be faster still; Workers forbid it.)
 * Every object is rebuilt field by field, also where all of it is visible: a stored event that has a field which
 * the catalogue does not know, for whatever reason, cannot leak it.
 */
import { deliveredVersion, eventTypes, outlineFor } from './event-types.ts';
import type { Group, Outline } from './outline.ts';
import type { EventData, EventType } from './types/event-type.ts';
import type { MediaRule } from './types/fields.ts';
import type { Scope } from './types/scopes.ts';

export type View = { scopes: ReadonlySet<string>; version?: number };

/**
 * Null when the view lacks the type's own scope. Otherwise the data in the version that the view pins, with only the
 * fields whose scope it holds, in the schema's order; the input is left as it is and may share no object with it.
 * Expects data that `validate` let in.
 */
export function project(
  { type, version, data }: { type: string; version: number; data: EventData },
  { scopes, version: pinned }: View,
): EventData | null {
  const known = eventTypes.get(type);
  if (!known || !scopes.has(known.scope)) return null;
  const target = deliveredVersion(version, pinned);
  const projector = projectorFor(type, target, scopes);
  if (!projector) return null;
  // A group projects to an object or to nothing.
  return (projector(downConvert(known, version, target, data)) ?? {}) as EventData;
}

/** Data of `from` as data of the older version `to`. */
export function downConvert(known: EventType, from: number, to: number, data: EventData): EventData {
  if (from <= to) return data;
  const step = known.down?.[from];
  if (!step) throw new Error(`catalogue: ${known.type} has no way down from version ${from}`);
  return downConvert(known, from - 1, to, step(data));
}

/** Undefined means that nothing of the value is visible. */
type Projector = (value: unknown) => unknown;

type Compiled = { outline: Group; scopes: readonly Scope[]; byHeld: Projector[] };

const compiled = new Map<string, Map<number, Compiled>>();

function projectorFor(type: string, version: number, scopes: ReadonlySet<string>): Projector | null {
  const entry = compiled.get(type)?.get(version) ?? prepare(type, version);
  if (!entry) return null;
  const held = entry.scopes.reduce(
    (bits, scope, index) => (scopes.has(scope) ? bits | (1 << index) : bits),
    0,
  );
  const known = entry.byHeld[held];
  if (known) return known;
  const projector = compileGroup(entry.outline, scopes) ?? (() => undefined);
  entry.byHeld[held] = projector;
  return projector;
}

function prepare(type: string, version: number): Compiled | null {
  const outline = outlineFor(type, version);
  if (!outline) return null;
  const entry: Compiled = { outline, scopes: [...scopesIn(outline)], byHeld: [] };
  const versions = compiled.get(type) ?? new Map<number, Compiled>();
  compiled.set(type, versions.set(version, entry));
  return entry;
}

function scopesIn(is: Outline): Set<Scope> {
  if (is.node === 'leaf') return new Set([is.scope]);
  if (is.node === 'list') return scopesIn(is.of);
  return new Set(is.fields.flatMap(({ is: field }) => [...scopesIn(field)]));
}

function compile(is: Outline, scopes: ReadonlySet<string>): Projector | null {
  switch (is.node) {
    case 'leaf':
      return !scopes.has(is.scope) ? null : is.kind === 'array' ? primitives : primitive;
    case 'list':
      return compileList(is.of, scopes);
    case 'group':
      return compileGroup(is, scopes);
    default:
      return is satisfies never;
  }
}

function compileList(of: Group, scopes: ReadonlySet<string>): Projector | null {
  const each = compileGroup(of, scopes);
  if (!each) return null;
  return (value) => {
    if (!Array.isArray(value)) return undefined;
    const shown: unknown[] = [];
    for (const entry of value) {
      const part = each(entry);
      if (part !== undefined) shown.push(part);
    }
    return shown;
  };
}

function compileGroup(group: Group, scopes: ReadonlySet<string>): Projector | null {
  const names: string[] = [];
  const projectors: Projector[] = [];
  for (const { name, is } of group.fields) {
    const projector = compile(is, scopes);
    if (!projector) continue;
    names.push(name);
    projectors.push(projector);
  }
  if (names.length === 0) return null;
  const show = pickFields(names, projectors);
  return group.media ? guardMedia(group.media, show) : show;
}

function pickFields(names: readonly string[], projectors: readonly Projector[]): Projector {
  return (value) => {
    if (typeof value !== 'object' || value === null) return undefined;
    // Any object may be read by key; what is not there is undefined.
    const source = value as Record<string, unknown>;
    const shown: Record<string, unknown> = {};
    let isEmpty = true;
    for (let index = 0; index < names.length; index += 1) {
      const name = names[index] as string; // The index is below the length.
      const field = source[name];
      if (field === undefined) continue;
      const part = projectors[index]?.(field);
      if (part === undefined) continue;
      shown[name] = part;
      isEmpty = false;
    }
    return isEmpty ? undefined : shown;
  };
}

/**
 * S2-09: what is rated general leaves, and nothing else, whoever asks: a review of a partner is about scopes, not about
 * pictures. The rating is read from the source, so hiding `content_rating` itself can never let a picture through.
 */
function guardMedia(rule: MediaRule, show: Projector): Projector {
  return (value) => {
    const rating = (value as { content_rating?: unknown } | null)?.content_rating;
    if (rating === 'general') return show(value);
    if (rule === 'drop') return undefined;
    const { url: _withheld, ...rest } = value as Record<string, unknown>; // Spreading nothing gives nothing.
    return show(rest);
  };
}

function primitive(value: unknown): unknown {
  return typeof value === 'object' ? undefined : value;
}

function primitives(value: unknown): unknown {
  return Array.isArray(value) ? value.filter((entry) => typeof entry !== 'object') : undefined;
}
