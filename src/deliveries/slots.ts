/** At most `count` at a time; the others wait in their order. */
export type Slots = <T>(run: () => Promise<T>) => Promise<T>;

export function createSlots(count: number): Slots {
  const waiting: (() => void)[] = [];
  const state = { free: count };
  return async (run) => {
    if (state.free > 0) state.free--;
    else await new Promise<void>((resolve) => void waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else state.free++;
    }
  };
}
