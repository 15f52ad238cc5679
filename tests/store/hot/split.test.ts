import { expect, test } from 'vitest';
import { splitBySize } from '#src/store';

test('pieces keep the order, and the JSON of each is within the bound', () => {
  const rows = Array.from({ length: 200 }, (_, i) => ({ i, text: 'ü😀"'.repeat(i % 17) }));
  const pieces = splitBySize(rows, 1_000);
  expect(pieces.flat()).toEqual(rows);
  expect(pieces.length).toBeGreaterThan(5);
  for (const piece of pieces)
    expect(new TextEncoder().encode(JSON.stringify(piece)).length).toBeLessThanOrEqual(1_000);
  // Nor is a piece smaller than it must be.
  for (const [i, piece] of pieces.slice(1).entries())
    expect(bytesOf([...pieces[i]!, piece[0]!])).toBeGreaterThan(1_000);
});

test('a row that is larger than the bound stands alone', () => {
  expect(splitBySize(['a', 'x'.repeat(50), 'b', 'c'], 20)).toEqual([['a'], ['x'.repeat(50)], ['b', 'c']]);
});

test('without a bound there is one piece, and none of nothing', () => {
  expect(splitBySize([1, 2, 3], Infinity)).toEqual([[1, 2, 3]]);
  expect(splitBySize([], Infinity)).toEqual([]);
  expect(splitBySize([], 10)).toEqual([]);
});

const bytesOf = (rows: unknown): number => new TextEncoder().encode(JSON.stringify(rows)).length;
