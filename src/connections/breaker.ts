/** Stops asking whom nobody answers: one circuit breaker a connection, and one a vendor. Of this process. */
import type { Ports } from '#src/context';

export type Breaker = {
  /** How long to wait before the next call; 0: go. Once open for its time, one call is let through to see. */
  waitMs(key: string): number;
  note(key: string, isWell: boolean): void;
};

type Circuit = { failures: number; openUntilMs: number };

/** As many failures in a row as open it, and how long: 10 s, 20 s … 5 min. */
const tolerated = 5;
const firstMs = 10_000;
const longestMs = 300_000;

export function createBreaker({ clock }: Pick<Ports, 'clock'>): Breaker {
  const circuits = new Map<string, Circuit>();
  return {
    waitMs: (key) => {
      const circuit = circuits.get(key);
      if (!circuit || circuit.failures < tolerated) return 0;
      const waitMs = circuit.openUntilMs - clock.ms();
      if (waitMs > 0) return waitMs;
      // The one that sees: the others wait for what it finds.
      circuit.openUntilMs = clock.ms() + firstMs;
      return 0;
    },
    note: (key, isWell) => {
      if (isWell) {
        circuits.delete(key);
        return;
      }
      const circuit = circuits.get(key) ?? { failures: 0, openUntilMs: 0 };
      circuit.failures++;
      const over = Math.max(0, circuit.failures - tolerated);
      circuit.openUntilMs = clock.ms() + Math.min(longestMs, firstMs * 2 ** Math.min(over, 10));
      circuits.set(key, circuit);
    },
  };
}
