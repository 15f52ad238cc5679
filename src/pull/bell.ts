import type { Clock } from '#src/ports';
import { within } from './within.ts';

/** Wakes whoever waits in this process; one that nobody rings is only a pause. */
export type Bell = { ring(): void; wait(mostMs: number): Promise<void> };

export function createBell(clock: Clock): Bell {
  const waiting = new Set<() => void>();
  return {
    ring: () => {
      for (const wake of waiting) wake();
    },
    wait: async (mostMs) => {
      // Whoever rings only resolves: a timer belongs to the request that set it (Workers), which also clears it.
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.add(resolve);
      await within(clock, mostMs, promise);
      waiting.delete(resolve);
    },
  };
}
