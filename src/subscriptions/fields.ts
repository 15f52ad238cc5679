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
    const at =
      version === null ? eventTypes.get(type)!.latest : Math.min(version, eventTypes.get(type)!.latest);
    const all = fieldsOfType(type, at);
    return { all, visible: scopes === null ? all : visibleFields(type, at, scopes) };
  });
  return (path) => {
    const plain = envelope.get(path);
    if (plain) return plain;
    if (!path.startsWith('data.')) return 'unknown';
    const field = path.slice('data.'.length);
    const hidden = perType.find(({ all, visible }) => all.has(field) && !visible.has(field));
    if (hidden) return { hidden: true, scope: hidden.all.get(field)!.scope };
    const shown = perType.find(({ visible }) => visible.has(field));
    return shown ? { kind: shown.visible.get(field)!.kind } : 'unknown';
  };
}
