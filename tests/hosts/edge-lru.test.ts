import fc from 'fast-check';
import { LRUCache as Whole } from 'lru-cache';
import { expect, test } from 'vitest';
import { LRUCache } from '../../src/worker-lru.ts';

const key = fc.integer({ min: 0, max: 9 });
const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), key, value: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ do: fc.constantFrom('get' as const, 'has' as const, 'delete' as const), key }),
  fc.record({ do: fc.constant('clear' as const) }),
);

test.each([
  { name: 'by number', options: { max: 4 } },
  { name: 'by size', options: { max: 8, maxSize: 12, sizeCalculation: (value: number) => value * 3 } },
])('what the Worker remembers with is forgotten as by lru-cache: $name', ({ options }) => {
  const run = (cache: Cache) => (one: Step) => {
    if (one.do === 'set') cache.set(one.key, one.value);
    else if (one.do === 'clear') cache.clear();
    else return cache[one.do](one.key);
    return null;
  };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      expect(steps.map(run(new LRUCache(options)))).toEqual(steps.map(run(new Whole(options))));
    }),
  );
});

type Cache = Pick<LRUCache<number, number>, 'get' | 'has' | 'delete' | 'clear'> & {
  set(key: number, value: number): unknown;
};
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

test('an option that it does not have is refused, not ignored', () => {
  const options = { max: 1, ttl: 5 };
  expect(() => new LRUCache(options)).toThrow('no ttl');
});
