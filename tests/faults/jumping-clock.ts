import { systemClock } from '../../src/adapters/clock-system.ts';
import type { Clock } from '../../src/ports/index.ts';

export type JumpingClock = Clock & { jump(ms: number): void };

/** The wall clock as somebody sets it; timers and the monotonic clock go on as they do on a real machine. */
export function jumpingClock(): JumpingClock {
  const offset = { ms: 0 };
  return {
    ...systemClock,
    now: () => new Date(Date.now() + offset.ms),
    ms: () => Date.now() + offset.ms,
    jump: (ms) => {
      offset.ms += ms;
    },
  };
}
