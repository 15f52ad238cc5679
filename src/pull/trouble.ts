import type { Chance, Clock, Log } from '#src/ports';

/** Trouble with the hub, told once a while and when it is over; and how long to leave it alone meanwhile. */
export type Trouble = {
  /** How long to wait before the next try: 0.25 s at first, 5 s at most. */
  met(error: unknown): number;
  over(): void;
};

const tellEveryMs = 30_000;
const firstMs = 250;
const mostMs = 5_000;

export function createTrouble({ clock, chance, log }: { clock: Clock; chance: Chance; log: Log }): Trouble {
  const state = { failures: 0, told: '', toldAt: Number.NEGATIVE_INFINITY };
  return {
    met: (error) => {
      const words = error instanceof Error ? error.message : String(error);
      if (words !== state.told || clock.ticks() - state.toldAt > tellEveryMs) {
        log.error('hub.trouble', error);
        Object.assign(state, { told: words, toldAt: clock.ticks() });
      }
      const waitMs = Math.min(mostMs, firstMs * 2 ** state.failures);
      state.failures++;
      return waitMs * (0.75 + chance.fraction() / 2);
    },
    over: () => {
      if (state.failures > 0) log.info('hub.back');
      Object.assign(state, { failures: 0, told: '', toldAt: Number.NEGATIVE_INFINITY });
    },
  };
}
