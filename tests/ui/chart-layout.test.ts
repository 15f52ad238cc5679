import { stack } from 'd3-shape';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layOutDays, type Series } from '../../src/ui/chart-layout.ts';

const two = (a: number[], b: number[]): Series[] => [
  { name: 'a', tone: 'good', values: a },
  { name: 'b', tone: 'bad', values: b },
];
const daysOf = (n: number) =>
  Array.from({ length: n }, (_, i) => `2026-11-${String(i + 1).padStart(2, '0')}`);

describe('columns by day', () => {
  test('each stands on the one before, and none leaves the picture', () => {
    const values = fc.array(fc.nat({ max: 1_000_000 }), { minLength: 3, maxLength: 28 });
    fc.assert(
      fc.property(values, (some) => {
        const { bars, height, ticks } = layOutDays(daysOf(some.length), two(some, some.toReversed()));
        const zero = ticks[0]?.y ?? 0;
        for (const day of bars) {
          day.reduce((bottom, bar) => {
            expect(bar.y + bar.height).toBeCloseTo(bottom, 1);
            expect(bar.y).toBeGreaterThanOrEqual(0);
            expect(bar.x + bar.width).toBeLessThanOrEqual(100.01);
            return bar.y;
          }, zero);
        }
        expect(zero).toBeLessThan(height);
      }),
    );
  });

  test('they stand where d3 stacks them', () => {
    const days = [
      [3, 1, 2],
      [0, 4, 0],
      [1, 0, 7],
    ];
    const series = days.map((_, key): Series => ({
      ...two([], [])[0]!,
      values: days.map((row) => row[key]!),
    }));
    const { bars, ticks } = layOutDays(daysOf(days.length), series);
    const zero = ticks[0]?.y ?? 0;
    const pixels = (zero - (ticks.at(-1)?.y ?? 0)) / (ticks.at(-1)?.value ?? 1);
    for (const layer of stack<number[], number>()
      .keys([0, 1, 2])
      .value((row, key) => row[key]!)(days))
      layer.forEach(([from, to], day) => {
        const bar = bars[day]?.find((one) => one.series === layer.key);
        if (to === from) return expect(bar).toBeUndefined();
        expect(bar?.height).toBeCloseTo((to - from) * pixels, 1);
        expect(bar?.y).toBeCloseTo(zero - to * pixels, 1);
      });
  });

  test('a day without anything has no column, and small numbers have whole lines', () => {
    const { bars, ticks, sums } = layOutDays(daysOf(3), two([0, 1, 2], [0, 0, 1]));
    expect(bars.map((day) => day.length)).toEqual([0, 1, 2]);
    expect(sums).toEqual([0, 1, 3]);
    expect(ticks.map(({ value }) => value)).toEqual([0, 1, 2, 3]);
  });
});
