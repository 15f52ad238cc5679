/** What the rounds of one run found, by name. Only medians leave, and ratios are made of these. */
export type Figures = {
  note(values: Record<string, number>): void;
  median(name: string): number | undefined;
  all(): Record<string, { median: number; rounds: number[] }>;
};

export function createFigures(): Figures {
  const found = new Map<string, number[]>();
  return {
    note: (values) => {
      for (const [name, value] of Object.entries(values))
        found.set(name, [...(found.get(name) ?? []), value]);
    },
    median: (name) => medianOf(found.get(name) ?? []),
    all: () =>
      Object.fromEntries(
        [...found].map(([name, rounds]) => [name, { median: medianOf(rounds) ?? Number.NaN, rounds }]),
      ),
  };
}

/** The lower of the two middle ones where the count is even: never a figure that nothing showed. */
export function medianOf(values: number[]): number | undefined {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
