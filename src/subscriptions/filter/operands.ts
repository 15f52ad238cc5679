/** One value of a filter against the type of its field. A comparison that could never hold is refused. */
import { fault, type Parsing } from './fault.ts';
import { instantOf } from './instant.ts';
import { filterLimits } from './limits.ts';
import type { Field } from './paths.ts';
import type { FieldKind, Operand, Scalar } from './tree.ts';

/** For equality and lists. Answers undefined where it recorded a fault. */
export function parseOperand(
  parsing: Parsing,
  field: Field,
  json: unknown,
  pointer: string,
): Operand | undefined {
  const problem = isScalar(json) ? equalityProblem(field, json) : notScalar(json);
  if (problem) {
    fault(parsing, pointer, problem);
    return undefined;
  }
  return operandOf(field.kind, json as Scalar); // isScalar answered for it above.
}

/** For ranges: numbers, text and instants have an order, nothing else has. */
export function parseOrdered(
  parsing: Parsing,
  field: Field,
  json: unknown,
  pointer: string,
): Operand | undefined {
  const { kind, path } = field;
  if (kind === 'boolean' || kind === 'object') {
    fault(parsing, pointer, `${path.text} is of type ${kind}, which has no order`);
    return undefined;
  }
  if (typeof json !== 'number' && typeof json !== 'string') {
    fault(parsing, pointer, 'a range needs a number or a string');
    return undefined;
  }
  return parseOperand(parsing, field, json, pointer);
}

function operandOf(kind: FieldKind | undefined, value: Scalar): Operand {
  if (kind === 'datetime' && typeof value === 'string')
    return { kind: 'instant', value, ms: instantOf(value) };
  return { kind: 'plain', value };
}

function isScalar(json: unknown): json is Scalar {
  if (typeof json === 'number') return Number.isFinite(json);
  return json === null || typeof json === 'string' || typeof json === 'boolean';
}

function notScalar(json: unknown): string {
  return Array.isArray(json)
    ? 'a list is not a value; use $in to accept any of several'
    : 'a value is a string, a number, true, false or null';
}

function equalityProblem({ kind, path }: Field, value: Scalar): string | undefined {
  if (typeof value === 'string' && value.length > filterLimits.maxTextLength)
    return `a string has at most ${filterLimits.maxTextLength} characters`;
  if (value === null) return undefined;
  switch (kind) {
    case undefined:
    // The items of an array are of any type.
    case 'array':
      return undefined;
    case 'object':
      return `${path.text} is an object: compare one of its fields, or use $exists`;
    case 'datetime':
      return isDateTime(value) ? undefined : `${path.text} is a date-time: write it as 2026-11-21T15:04:05Z`;
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === kind ? undefined : `${path.text} is a ${kind}, not a ${typeof value}`;
    default:
      return kind satisfies never;
  }
}

/** `Date.parse` reads 30 February as 2 March; as an operand that is a mistake. */
function isDateTime(value: Scalar): boolean {
  if (typeof value !== 'string' || Number.isNaN(instantOf(value))) return false;
  const day = value.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}
