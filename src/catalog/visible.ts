import { eventTypes, outlineFor } from './event-types.ts';
import type { LeafKind, Outline } from './outline.ts';
import type { Privacy } from './types/fields.ts';
import type { Scope } from './types/scopes.ts';

export type Field = { kind: LeafKind | 'object'; privacy: Privacy; scope: Scope };

const privacyOrder: readonly Privacy[] = ['none', 'money', 'personal', 'sensitive'];

/**
 * The fields that these scopes reveal, by dotted path without indexes (`manifest.files.name`). Empty when the type's
 * own scope is missing. An object or a list stands here when anything below it is visible, with the scope by which
 * it is and the strictest privacy of what is visible in it.
 */
export function visibleFields(
  type: string,
  version: number,
  scopes: ReadonlySet<string>,
): Map<string, Field> {
  const base = eventTypes.get(type)?.scope;
  const outline = outlineFor(type, version);
  if (!outline || base === undefined || !scopes.has(base)) return new Map<string, Field>();
  return fieldsOf(outline, (scope) => scopes.has(scope));
}

/** The fields that these scopes do not reveal, each with a scope that it lacks: the type's own, if that is missing. */
export function hiddenFields(type: string, version: number, scopes: ReadonlySet<string>): Map<string, Field> {
  const base = eventTypes.get(type)?.scope;
  const outline = outlineFor(type, version);
  if (!outline || base === undefined) return new Map<string, Field>();
  const all = fieldsOf(outline, () => true);
  if (!scopes.has(base)) return new Map([...all].map(([path, field]) => [path, { ...field, scope: base }]));
  const visible = fieldsOf(outline, (scope) => scopes.has(scope));
  return new Map([...all].filter(([path]) => !visible.has(path)));
}

/** Every field of a version. */
export function fieldsOfType(type: string, version: number): Map<string, Field> {
  const outline = outlineFor(type, version);
  return outline ? fieldsOf(outline, () => true) : new Map<string, Field>();
}

function fieldsOf(outline: Outline, holds: (scope: Scope) => boolean): Map<string, Field> {
  return new Map(walk(outline, '', holds));
}

function walk(is: Outline, path: string, holds: (scope: Scope) => boolean): [string, Field][] {
  switch (is.node) {
    case 'leaf':
      return holds(is.scope) ? [[path, { kind: is.kind, privacy: is.privacy, scope: is.scope }]] : [];
    case 'list':
      return container('array', path, walkGroup(is.of.fields, path, holds));
    case 'group':
      return container('object', path, walkGroup(is.fields, path, holds));
    default:
      return is satisfies never;
  }
}

function walkGroup(
  fields: readonly { name: string; is: Outline }[],
  path: string,
  holds: (scope: Scope) => boolean,
): [string, Field][] {
  return fields.flatMap(({ name, is }) => walk(is, path ? `${path}.${name}` : name, holds));
}

function container(kind: 'array' | 'object', path: string, below: [string, Field][]): [string, Field][] {
  const first = below[0]?.[1];
  if (!first || path === '') return below;
  const privacy = below.map(([, field]) => field.privacy).reduce(stricter);
  return [[path, { kind, privacy, scope: first.scope }], ...below];
}

function stricter(a: Privacy, b: Privacy): Privacy {
  return privacyOrder.indexOf(a) >= privacyOrder.indexOf(b) ? a : b;
}
