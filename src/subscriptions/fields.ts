import { eventTypes, fieldsOfType, visibleFields } from '#src/catalog';
import type { FilterFields } from './filter.ts';

/** What stands beside `data` in a filter's view. */
const envelope = new Map([
  ['type', { kind: 'string' as const }],
  ['city', { kind: 'string' as const }],
  ['subject', { kind: 'string' as const }],
]);

/**
 * The fields that a filter over these types may name. A path that one of the types hides from these scopes is hidden,
 * even where another type shows it: a filter must not tell what a payload would not.
 */
export function filterFields(
  types: Iterable<string>,
  version: number | null,
  scopes: ReadonlySet<string> | null,
): FilterFields {
  const perType = [...types].map((type) => {
    const latest = eventTypes.get(type)?.latest ?? 1;
    const at = version === null ? latest : Math.min(version, latest);
    const all = fieldsOfType(type, at);
    return { all, visible: scopes === null ? all : visibleFields(type, at, scopes) };
  });
  return (path) => {
    const plain = envelope.get(path);
    if (plain) return plain;
    if (!path.startsWith('data.')) return 'unknown';
    const name = path.slice('data.'.length);
    for (const { all, visible } of perType) {
      const field = all.get(name);
      if (field && !visible.has(name)) return { hidden: true, scope: field.scope };
    }
    for (const { visible } of perType) {
      const field = visible.get(name);
      if (field) return { kind: field.kind };
    }
    return 'unknown';
  };
}
