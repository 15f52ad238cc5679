import type { Clock } from '#src/ports';

/** Wakes whoever waits in this process; one that nobody rings is only a pause. */
export type Bell = { ring(): void; wait(mostMs: number): Promise<void> };

export function createBell(clock: Clock): Bell {
  const waiting = new Set<() => void>();
  return {
    ring: () => {
      for (const wake of waiting) wake();
    },
    wait: (mostMs) =>
      new Promise((resolve) => {
        const wake = () => {
          cancel();
          waiting.delete(wake);
          resolve();
        };
        const cancel = clock.after(mostMs, wake);
        waiting.add(wake);
      }),
  };
}
