/** What parsing carries along, and how a mistake is put on record. */
import type { FieldError } from '#src/errors';
import { filterLimits } from './limits.ts';
import type { Condition, FilterFields } from './tree.ts';

export type Parsing = { fields: FilterFields; seen: Set<string>; errors: FieldError[]; clauses: number };

export function fault(parsing: Parsing, pointer: string, detail: string): Condition {
  parsing.errors.push({ pointer, detail });
  return nothing;
}

/** Takes the place of whatever was wrong; a filter with an error never runs. */
export const nothing: Condition = { op: 'any', of: [] };

export const tooDeep = `a filter nests at most ${filterLimits.maxDepth} levels deep`;

/** Where to stop: a hostile filter is not walked further than a good one could reach. */
export function isTooMuch(parsing: Parsing): boolean {
  return parsing.clauses > filterLimits.maxClauses || parsing.errors.length >= filterLimits.maxErrors;
}

export function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** RFC 6901 §3: `~` and `/` are escaped. */
export function below(pointer: string, key: string | number): string {
  return `${pointer}/${shortened(String(key)).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

export function quoted(key: string): string {
  return JSON.stringify(shortened(key));
}

/** Keys come from outside: one of a megabyte is not told back whole. */
function shortened(key: string): string {
  return key.length > filterLimits.maxPathLength ? `${key.slice(0, filterLimits.maxPathLength)}…` : key;
}
