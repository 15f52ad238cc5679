import { eventTypes, type Field, fieldsOfType, isScope, scopes, type Scope } from '#src/catalog';

/** What a scope reveals: whole event types, and fields of types that another scope opens. */
export type Reveals = { types: string[]; fields: string[] };

export const wordsOf = (scope: string): string => (isScope(scope) ? scopes[scope].description : scope);

/** Of the newest versions. What the hub tells of itself is not counted: no grant is given for that. */
export function revealsOf(scope: string): Reveals {
  if (!isScope(scope)) return { types: [], fields: [] };
  const told = [...eventTypes.values()].filter(({ system }) => !system);
  const fields = told
    .filter((type) => type.scope !== scope)
    .flatMap(({ type, latest }) => leavesOf(fieldsOfType(type, latest), scope));
  return {
    types: told.filter((type) => type.scope === scope).map(({ type }) => type),
    fields: [...new Set(fields)],
  };
}

/** The fields of this scope, without those that only hold others. */
export const leavesOf = (fields: ReadonlyMap<string, Field>, scope: Scope): string[] =>
  [...fields]
    .filter(([, { kind, scope: of }]) => of === scope && kind !== 'object' && kind !== 'array')
    .map(([path]) => path);
