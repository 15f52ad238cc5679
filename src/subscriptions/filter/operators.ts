/** What stands beside a field: a value, or an object of operators. */
import { below, fault, isObject, isTooMuch, nothing, type Parsing, quoted, tooDeep } from './fault.ts';
import { filterLimits } from './limits.ts';
import { parseOperand, parseOrdered } from './operands.ts';
import type { Field } from './paths.ts';
import type { Condition, Operand } from './tree.ts';

export function parseOperators(
  parsing: Parsing,
  field: Field,
  json: Record<string, unknown>,
  pointer: string,
  depth: number,
): Condition {
  if (depth > filterLimits.maxDepth) return fault(parsing, pointer, tooDeep);
  const keys = Object.keys(json);
  if (keys.length === 0) return fault(parsing, pointer, `at least one operator is needed: ${known}`);
  const of: Condition[] = [];
  for (const key of keys) {
    if (isTooMuch(parsing)) return nothing;
    of.push(parseOperator(parsing, field, key, json[key], below(pointer, key), depth));
  }
  return { op: 'all', of };
}

export function scalarCondition(parsing: Parsing, field: Field, json: unknown, pointer: string): Condition {
  parsing.clauses += 1;
  const value = parseOperand(parsing, field, json, pointer);
  return value ? { op: 'in', path: field.path, values: [value] } : nothing;
}

const known = '$eq, $ne, $in, $nin, $gt, $gte, $lt, $lte, $exists, $prefix and $not';

function parseOperator(
  parsing: Parsing,
  field: Field,
  operator: string,
  json: unknown,
  pointer: string,
  depth: number,
): Condition {
  switch (operator) {
    case '$eq':
      return scalarCondition(parsing, field, json, pointer);
    case '$ne':
      return { op: 'not', of: scalarCondition(parsing, field, json, pointer) };
    case '$in':
      return listCondition(parsing, field, json, pointer);
    case '$nin':
      return { op: 'not', of: listCondition(parsing, field, json, pointer) };
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte': {
      parsing.clauses += 1;
      const value = parseOrdered(parsing, field, json, pointer);
      return value ? { op: 'range', path: field.path, bound: operator, value } : nothing;
    }
    case '$exists':
      parsing.clauses += 1;
      if (typeof json !== 'boolean') return fault(parsing, pointer, '$exists needs true or false');
      return { op: 'exists', path: field.path, wanted: json };
    case '$prefix':
      return prefixCondition(parsing, field, json, pointer);
    case '$not':
      if (!isObject(json)) return fault(parsing, pointer, '$not needs an object of operators');
      return { op: 'not', of: parseOperators(parsing, field, json, pointer, depth + 1) };
    default:
      return fault(parsing, pointer, `${quoted(operator)} is not an operator; there are ${known}`);
  }
}

function listCondition(parsing: Parsing, field: Field, json: unknown, pointer: string): Condition {
  parsing.clauses += 1;
  if (!Array.isArray(json) || json.length === 0)
    return fault(parsing, pointer, 'a list of at least one value is needed');
  if (json.length > filterLimits.maxValues)
    return fault(parsing, pointer, `a list has at most ${filterLimits.maxValues} values`);
  const values = json
    .map((one: unknown, index) => parseOperand(parsing, field, one, below(pointer, index)))
    .filter((one): one is Operand => one !== undefined);
  return { op: 'in', path: field.path, values };
}

function prefixCondition(parsing: Parsing, field: Field, json: unknown, pointer: string): Condition {
  parsing.clauses += 1;
  const { kind, path } = field;
  if (kind === 'number' || kind === 'boolean' || kind === 'object')
    return fault(parsing, pointer, `${path.text} is of type ${kind}; $prefix is for text`);
  if (typeof json !== 'string') return fault(parsing, pointer, '$prefix needs a string');
  if (json.length > filterLimits.maxTextLength)
    return fault(parsing, pointer, `a string has at most ${filterLimits.maxTextLength} characters`);
  return { op: 'prefix', path, text: json };
}
