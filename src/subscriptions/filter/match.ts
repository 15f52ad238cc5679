/**
 * A condition becomes one closure, built once. Paths walk arrays as MongoDB does: one level, any item.
 * A missing field fails every test, so its negation holds.
 */
import { instantOf } from './instant.ts';
import type { Bound, Condition, Operand, View } from './tree.ts';

export function compileMatch(condition: Condition): (view: View) => boolean {
  return compile(condition);
}

type Test = (value: unknown) => boolean;

function compile(condition: Condition): Test {
  switch (condition.op) {
    case 'all':
      return every(condition.of.map(compile));
    case 'any':
      return some(condition.of.map(compile));
    case 'not':
      return not(compile(condition.of));
    case 'exists': {
      const found = reach(condition.path.segments, () => true);
      return condition.wanted ? found : not(found);
    }
    case 'in':
      return reach(condition.path.segments, itselfOrAnyItem(oneOf(condition.values)));
    case 'range':
      return reach(condition.path.segments, itselfOrAnyItem(within(condition.bound, condition.value)));
    case 'prefix': {
      const { text } = condition;
      return reach(
        condition.path.segments,
        itselfOrAnyItem((value) => typeof value === 'string' && value.startsWith(text)),
      );
    }
    default:
      return condition satisfies never;
  }
}

function every(tests: Test[]): Test {
  const [only] = tests;
  if (tests.length === 1 && only) return only;
  return (view) => {
    for (const test of tests) if (!test(view)) return false;
    return true;
  };
}

function some(tests: Test[]): Test {
  return (view) => {
    for (const test of tests) if (test(view)) return true;
    return false;
  };
}

function not(test: Test): Test {
  return (view) => !test(view);
}

/** Applies the test to what stands at the path, through arrays to any of their items. */
function reach(segments: string[], test: Test): Test {
  return segments.reduceRight<Test>((rest, segment) => step(segment, rest), test);
}

function step(segment: string, rest: Test): Test {
  const intoObject: Test = (node) =>
    typeof node === 'object' &&
    node !== null &&
    !Array.isArray(node) &&
    Object.hasOwn(node, segment) &&
    rest((node as Record<string, unknown>)[segment]); // An object with this key of its own.
  return (node) => {
    if (!Array.isArray(node)) return intoObject(node);
    for (const item of node) if (intoObject(item)) return true;
    return false;
  };
}

function itselfOrAnyItem(test: Test): Test {
  return (value) => {
    if (!Array.isArray(value)) return test(value);
    for (const item of value) if (test(item)) return true;
    return false;
  };
}

function oneOf(operands: Operand[]): Test {
  const [only] = operands;
  if (operands.length === 1 && only) return equalTo(only);
  const plain = new Set<unknown>(operands.filter((one) => one.kind === 'plain').map((one) => one.value));
  const instants = new Set(operands.filter((one) => one.kind === 'instant').map((one) => one.ms));
  if (instants.size === 0) return (value) => plain.has(value);
  return (value) => plain.has(value) || instants.has(instantOf(value));
}

function equalTo(operand: Operand): Test {
  if (operand.kind === 'instant') return (value) => instantOf(value) === operand.ms;
  const wanted = operand.value;
  return (value) => value === wanted;
}

function within(bound: Bound, operand: Operand): Test {
  if (operand.kind === 'instant') {
    const compare = comparison<number>(bound, operand.ms);
    return (value) => compare(instantOf(value));
  }
  const wanted = operand.value;
  if (typeof wanted === 'number') {
    const compare = comparison<number>(bound, wanted);
    return (value) => typeof value === 'number' && compare(value);
  }
  const compare = comparison<string>(bound, String(wanted));
  return (value) => typeof value === 'string' && compare(value);
}

/** Text compares by UTF-16 code unit, which no locale changes. NaN is on no side of anything. */
function comparison<T extends number | string>(bound: Bound, wanted: T): (value: T) => boolean {
  switch (bound) {
    case '$gt':
      return (value) => value > wanted;
    case '$gte':
      return (value) => value >= wanted;
    case '$lt':
      return (value) => value < wanted;
    case '$lte':
      return (value) => value <= wanted;
    default:
      return bound satisfies never;
  }
}
