/** Assertions without a test runner: the cases run in workerd as well. */
export class Unmet extends Error {
  override name = 'Unmet';
}

export function hold(isTrue: boolean, otherwise: string): asserts isTrue {
  if (!isTrue) throw new Unmet(otherwise);
}

/** The same JSON, whatever the order of fields. */
export function same(found: unknown, expected: unknown, what: string): void {
  const [left, right] = [sorted(found), sorted(expected)];
  hold(left === right, `${what}\n  expected ${right}\n  found    ${left}`);
}

/** The same JSON values, in any order. */
export function sameSet(found: readonly unknown[], expected: readonly unknown[], what: string): void {
  same(inOrder(found), inOrder(expected), what);
}

export function isSameSet(left: readonly unknown[], right: readonly unknown[]): boolean {
  return sorted(inOrder(left)) === sorted(inOrder(right));
}

/** Comes back from JSON as it went in: no dates, no undefined in lists, no maps. */
export function holdJson(value: unknown, what: string): void {
  const text = JSON.stringify(value);
  hold(text !== undefined, `${what} is not JSON`);
  hold(isPlain(value), `${what} holds what JSON does not: ${text}`);
}

function isPlain(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== 'object') return false;
  const proto: unknown = Object.getPrototypeOf(value);
  if (proto !== Object.prototype && proto !== null) return false;
  return Object.values(value).every((field) => field === undefined || isPlain(field));
}

const inOrder = (values: readonly unknown[]): unknown[] =>
  values.toSorted((a, b) => (sorted(a) < sorted(b) ? -1 : 1));

function sorted(value: unknown): string {
  return (
    JSON.stringify(value, (_, field: unknown) =>
      typeof field === 'object' && field !== null && !Array.isArray(field)
        ? Object.fromEntries(Object.entries(field).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : field,
    ) ?? 'undefined'
  );
}
