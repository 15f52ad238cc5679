/**
 * JSON to a checked condition. All mistakes are collected, each with the pointer to where it stands,
 * so that a caller mends a filter in one go. Nothing unknown is passed over: a misspelt operator that
 * matched everything would send what nobody asked for.
 */
import { type FieldError, PatchbayError } from '#src/errors';
import { below, fault, isObject, isTooMuch, nothing, type Parsing, quoted, tooDeep } from './fault.ts';
import { filterLimits } from './limits.ts';
import { parsePath } from './paths.ts';
import { parseOperators, scalarCondition } from './operators.ts';
import type { Condition, FilterFields } from './tree.ts';

export type ParsedFilter = { tree: Condition; fields: string[] };

export function parseFilter(json: unknown, fields: FilterFields): ParsedFilter {
  const parsing: Parsing = { fields, seen: new Set(), errors: [], clauses: 0 };
  const tree = parseObject(parsing, json, '', 1);
  if (parsing.clauses > filterLimits.maxClauses)
    parsing.errors.unshift({
      pointer: '',
      detail: `a filter has at most ${filterLimits.maxClauses} conditions`,
    });
  if (parsing.errors.length > 0) throw refused(parsing.errors);
  return { tree, fields: [...parsing.seen].sort() };
}

function parseObject(parsing: Parsing, json: unknown, pointer: string, depth: number): Condition {
  if (!isObject(json)) return fault(parsing, pointer, 'a filter is an object');
  if (depth > filterLimits.maxDepth) return fault(parsing, pointer, tooDeep);
  const of: Condition[] = [];
  const keys = Object.keys(json);
  if (keys.length === 0) parsing.clauses += 1;
  for (const key of keys) {
    if (isTooMuch(parsing)) return nothing;
    of.push(parseEntry(parsing, key, json[key], below(pointer, key), depth));
  }
  return { op: 'all', of };
}

function parseEntry(parsing: Parsing, key: string, json: unknown, pointer: string, depth: number): Condition {
  switch (key) {
    case '$and':
      return { op: 'all', of: parseList(parsing, json, pointer, depth) };
    case '$or':
      return { op: 'any', of: parseList(parsing, json, pointer, depth) };
    case '$nor':
      return { op: 'not', of: { op: 'any', of: parseList(parsing, json, pointer, depth) } };
    case '$not':
      return { op: 'not', of: parseObject(parsing, json, pointer, depth + 1) };
    default:
      if (key.startsWith('$'))
        return fault(
          parsing,
          pointer,
          `${quoted(key)} is not an operator here; there are $and, $or, $nor and $not`,
        );
      return parseField(parsing, key, json, pointer, depth);
  }
}

function parseList(parsing: Parsing, json: unknown, pointer: string, depth: number): Condition[] {
  if (!Array.isArray(json) || json.length === 0) {
    fault(parsing, pointer, 'a list of at least one filter is needed');
    return [];
  }
  const of: Condition[] = [];
  for (const [index, one] of json.entries()) {
    if (isTooMuch(parsing)) return of;
    of.push(parseObject(parsing, one, below(pointer, index), depth + 1));
  }
  return of;
}

function parseField(parsing: Parsing, key: string, json: unknown, pointer: string, depth: number): Condition {
  const field = parsePath(parsing, key, pointer);
  if (isObject(json)) return parseOperators(parsing, field, json, pointer, depth);
  return scalarCondition(parsing, field, json, pointer);
}

function refused(errors: FieldError[]): PatchbayError {
  const told = errors.slice(0, filterLimits.maxErrors);
  return new PatchbayError('filter_invalid', {
    public: told.length === 1 ? 'The filter has a mistake.' : `The filter has ${told.length} mistakes.`,
    errors: told,
  });
}
