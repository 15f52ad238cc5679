import { randomFillSync } from 'node:crypto';
import type { Chance, Clock } from '#src/ports';

export const systemClock: Clock = {
  now: () => new Date(),
  ms: () => Date.now(),
  ticks: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

export const systemChance: Chance = {
  bytes: (length) => randomFillSync(new Uint8Array(length)),
  fraction: () => Math.random(),
};
