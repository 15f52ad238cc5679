/** A condition in words, and in words why a view does not fit it. Cold: asked by people, by trace and by dry-run. */
import { compileMatch } from './match.ts';
import type { Bound, Condition, Operand, View } from './tree.ts';

export function describeCondition(condition: Condition): string {
  switch (condition.op) {
    case 'all':
      return condition.of.length === 0 ? 'every event' : condition.of.map(describeCondition).join(' and ');
    case 'any':
      return condition.of.length === 1
        ? condition.of.map(describeCondition).join('')
        : `(${condition.of.map(describeCondition).join(' or ')})`;
    case 'not':
      return `not (${describeCondition(condition.of)})`;
    case 'exists':
      return `${condition.path.text} is ${condition.wanted ? 'present' : 'absent'}`;
    case 'in':
    case 'range':
    case 'prefix':
      return `${condition.path.text} is ${wanted(condition)}`;
    default:
      return condition satisfies never;
  }
}

/** Only for a view that does not match. */
export function explainMismatch(condition: Condition, view: View): string {
  switch (condition.op) {
    case 'all':
      return condition.of
        .filter((one) => !compileMatch(one)(view))
        .map((one) => explainMismatch(one, view))
        .join('; ');
    case 'any':
      if (condition.of.length === 1) return condition.of.map((one) => explainMismatch(one, view)).join('');
      return `no alternative holds (${condition.of.map((one) => explainMismatch(one, view)).join('; or ')})`;
    case 'not':
      return explainExcluded(condition.of, view);
    case 'exists':
      return condition.wanted
        ? `${condition.path.text} is missing, the filter wants it present`
        : `${condition.path.text} is present, the filter wants it absent`;
    case 'in':
    case 'range':
    case 'prefix':
      return `${condition.path.text} is ${found(condition.path.segments, view)}, the filter wants ${wanted(condition)}`;
    default:
      return condition satisfies never;
  }
}

/** The negated condition holds, and should not. */
function explainExcluded(condition: Condition, view: View): string {
  switch (condition.op) {
    case 'not':
      return explainMismatch(condition.of, view);
    case 'any':
      return condition.of
        .filter((one) => compileMatch(one)(view))
        .map((one) => explainExcluded(one, view))
        .join('; ');
    case 'in':
    case 'range':
    case 'prefix':
      return `${condition.path.text} is ${found(condition.path.segments, view)}, the filter excludes ${wanted(condition)}`;
    case 'exists':
      return `${condition.path.text} is ${condition.wanted ? 'present' : 'missing'}, which the filter excludes`;
    case 'all':
      return condition.of.length === 1
        ? condition.of.map((one) => explainExcluded(one, view)).join('')
        : `the filter excludes ${describeCondition(condition)}`;
    default:
      return condition satisfies never;
  }
}

function wanted(condition: Condition & { op: 'in' | 'range' | 'prefix' }): string {
  switch (condition.op) {
    case 'in':
      return condition.values.length === 1 ? listed(condition.values) : `one of ${listed(condition.values)}`;
    case 'range':
      return `${boundWords[condition.bound]} ${shown(condition.value.value)}`;
    case 'prefix':
      return `text that begins with ${shown(condition.text)}`;
    default:
      return condition satisfies never;
  }
}

const boundWords: Record<Bound, string> = { $gt: 'above', $gte: 'at least', $lt: 'below', $lte: 'at most' };
const maxListed = 5;
const maxShownLength = 80;

function listed(values: Operand[]): string {
  return shortList(values.map((one) => one.value));
}

function shortList(values: unknown[]): string {
  const first = values.slice(0, maxListed).map(shown).join(', ');
  return values.length > maxListed ? `${first} and ${values.length - maxListed} more` : first;
}

function found(segments: string[], view: View): string {
  const values = segments.reduce<unknown[]>(stepInto, [view]);
  if (values.length === 0) return 'missing';
  return values.length === 1 ? shown(values[0]) : `each of ${shortList(values)}`;
}

/** The walk of `match.ts`, but with all that it meets kept. */
function stepInto(nodes: unknown[], segment: string): unknown[] {
  return nodes
    .flatMap((node) => (Array.isArray(node) ? (node as unknown[]) : [node]))
    .filter(
      (node): node is View =>
        typeof node === 'object' && node !== null && !Array.isArray(node) && Object.hasOwn(node, segment),
    )
    .map((node) => node[segment]);
}

function shown(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > maxShownLength ? `${value.slice(0, maxShownLength)}…` : value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'object' ? 'an object' : typeof value;
}
