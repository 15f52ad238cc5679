/**
 * What a change of the catalogue would break for those who publish or subscribe today (S1-02).
 * Whoever needs one of these changes makes a new version of the type instead. Additive and therefore allowed: a
 * new type, version, optional field or enum value, and looser bounds. Where it cannot tell looser from stricter (a
 * changed pattern, a changed scope), it says "broken".
 */
import type { RecordedCatalogue, RecordedField } from './record.ts';

type Fields = Record<string, RecordedField>;

const lowerBounds = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'];
const upperBounds = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'];
const compared = new Set([
  ...lowerBounds,
  ...upperBounds,
  'required',
  'enum',
  'pattern',
  'x-patchbay-privacy',
]);
// From what all may see to what few may: a step back reveals more than people agreed to.
const privacyOrder = ['none', 'money', 'personal', 'sensitive'];

/** Sentences, one for each break; empty when nobody is broken. */
export function breakingChanges(recorded: RecordedCatalogue, current: RecordedCatalogue): string[] {
  return Object.entries(recorded).flatMap(([type, before]) => {
    const after = current[type];
    if (!after) return [`${type}: the type was removed`];
    return [
      ...(before.scope === after.scope
        ? []
        : [`${type}: its scope changed from ${before.scope} to ${after.scope}`]),
      ...(before.off_by_default && !after.off_by_default ? [`${type}: wildcards now include it`] : []),
      ...(!before.off_by_default && after.off_by_default ? [`${type}: wildcards no longer include it`] : []),
      ...Object.entries(before.versions).flatMap(([version, fields]) => {
        const name = `${type} version ${version}`;
        const now = after.versions[version];
        return now
          ? brokenFields(fields, now).map((what) => `${name}: ${what}`)
          : [`${name}: the version was removed`];
      }),
    ];
  });
}

function brokenFields(before: Fields, after: Fields): string[] {
  const kept = Object.entries(before).flatMap(([path, field]) => {
    const now = after[path];
    const name = path || '(data)';
    return now ? brokenFacts(field, now).map((what) => `${name} ${what}`) : [`${name} was removed`];
  });
  const added = Object.entries(after)
    .filter(([path, field]) => !before[path] && field.required && before[parentOf(path)] !== undefined)
    .map(([path]) => `${path} is new and required`);
  return [...kept, ...added];
}

/** A required field in a new optional object breaks nobody: only its nearest old ancestor counts. */
function parentOf(path: string): string {
  if (path.endsWith('[]')) return path.slice(0, -2);
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}

function brokenFacts(before: RecordedField, after: RecordedField): string[] {
  return [
    ...(before.required && !after.required ? ['is no longer always there'] : []),
    ...(!before.required && after.required ? ['became required'] : []),
    ...lostValues(before['enum'], after['enum']),
    ...lowerBounds
      .filter((key) => isStricter(before[key], after[key], 1))
      .map((key) => `has a higher ${key}`),
    ...upperBounds
      .filter((key) => isStricter(before[key], after[key], -1))
      .map((key) => `has a lower ${key}`),
    ...(after['pattern'] !== undefined && before['pattern'] !== after['pattern']
      ? ['has another pattern']
      : []),
    ...(rank(after) < rank(before) ? ['is treated as less private'] : []),
    // type, format, const, scope, media rule, additionalProperties, and any keyword that does not exist yet.
    ...[...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((key) => !compared.has(key) && JSON.stringify(before[key]) !== JSON.stringify(after[key]))
      .map((key) => `has another ${key}`),
  ];
}

function lostValues(before: unknown, after: unknown): string[] {
  if (!Array.isArray(after)) return [];
  if (!Array.isArray(before)) return ['is now limited to a list'];
  return before.filter((value) => !after.includes(value)).map((value) => `no longer allows ${String(value)}`);
}

function isStricter(before: unknown, after: unknown, sign: 1 | -1): boolean {
  if (typeof after !== 'number') return false;
  return typeof before !== 'number' || (after - before) * sign > 0;
}

function rank(field: RecordedField): number {
  return privacyOrder.indexOf(String(field['x-patchbay-privacy']));
}
