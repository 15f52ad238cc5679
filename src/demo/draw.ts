/** Chance that is the same for the same seed: every run of the demo plays the same day. */
export type Draw = {
  int(min: number, max: number): number;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** True once in so many. */
  oneIn(many: number): boolean;
};

export function createDraw(seed: number): Draw {
  const next = lehmer(seed);
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    int,
    pick: (list) => list[int(0, list.length - 1)] ?? list[0],
    oneIn: (many) => int(1, many) === 1,
  };
}

/** Park and Miller's minimal standard generator (CACM 31:10, 1988): good enough to deal out a day's work. */
function lehmer(seed: number): () => number {
  const state = { value: (seed % 2_147_483_646) + 1 };
  return () => {
    state.value = (state.value * 48_271) % 2_147_483_647;
    return state.value / 2_147_483_647;
  };
}
