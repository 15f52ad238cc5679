import { max, nice, ticks } from 'd3-array';

/** One value a day, in the order of the days. */
export type Series = { name: string; tone: 'accent' | 'good' | 'wait' | 'bad'; values: readonly number[] };
/** Across in per cent of the width, which the page gives; down in pixels. */
export type Bar = { series: number; x: number; width: number; y: number; height: number };
export type DayChartLayout = {
  height: number;
  ticks: { value: number; y: number }[];
  /** By day. */
  bars: Bar[][];
  sums: number[];
};

const plot = { top: 16, height: 144 };
/** Three lines or so: the table says the rest. */
const wantedTicks = 3;

/** Stacked columns from zero up to a round number; pure. */
export function layOutDays(days: readonly string[], series: readonly Series[]): DayChartLayout {
  const rows = days.map((_, day) => series.map(({ values }) => values[day] ?? 0));
  const sums = rows.map(sumOf);
  // Half an event is none: up to three, every whole number has its line.
  const [, most] = nice(0, Math.max(wantedTicks, max(sums) ?? 0), wantedTicks);
  const yOf = (value: number): number => rounded(plot.top + plot.height * (1 - value / most));
  const step = 100 / Math.max(1, days.length);
  const width = rounded(step * (days.length > 14 ? 0.72 : 0.5));
  return {
    height: plot.top + plot.height + 32,
    ticks: ticks(0, most, wantedTicks).map((value) => ({ value, y: yOf(value) })),
    bars: rows.map((row, day) =>
      row.flatMap((value, key) => {
        if (value <= 0) return [];
        const from = sumOf(row.slice(0, key));
        const bar = { x: rounded(step * day + (step - width) / 2), width, y: yOf(from + value) };
        return [{ series: key, ...bar, height: rounded(yOf(from) - bar.y) }];
      }),
    ),
    sums,
  };
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const rounded = (n: number): number => Math.round(n * 100) / 100;
