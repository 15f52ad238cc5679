import { expect, test } from 'vitest';
import * as z from 'zod';
import { checked } from '#src/wire';

const open = z.strictObject({ options: z.record(z.string(), z.unknown()), filter: z.unknown().optional() });
const pointersOf = (json: string): string[] => {
  try {
    checked(open, JSON.parse(json));
    return [];
  } catch (error) {
    return (error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
  }
};

test.each([
  ['{"options":{"__proto__":{"x":1}}}', ['/options/__proto__']],
  ['{"options":{"a/b":[{"__proto__":1}]}}', ['/options/a~1b/0/__proto__']],
  ['{"options":{},"filter":{"$and":[{"__proto__":1}]}}', ['/filter/$and/0/__proto__']],
  ['{"options":{},"__proto__":1}', ['/__proto__']],
  ['{"options":{"constructor":1,"prototype":{"toString":2},"is":"__proto__"}}', []],
])('of %s it refuses %j', (json, pointers) => {
  expect(pointersOf(json)).toEqual(pointers);
});

test('what is kept is what was sent, names that objects have from birth among it', () => {
  const sent = { options: { constructor: 1, prototype: { toString: 2 } } };
  expect(checked(open, structuredClone(sent))).toEqual(sent);
});

test('depth costs no stack', () => {
  const json = `{"options":{},"filter":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  expect(pointersOf(json)).toEqual([]);
});
