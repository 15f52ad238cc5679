/**
 * Whether what was prepared may still be sent. The hub is asked again and again for all of which no byte has left, and
 * a yes is good for one second: a worker that cannot ask sends nothing, so no partition outlives a revocation.
 */
import type { Clock } from '#src/ports';
import type { Held } from './held.ts';
import type { HubCalls } from './hub-calls.ts';
import { maxPermits } from './protocol.ts';
import type { Trouble } from './trouble.ts';

export type Permits = {
  /** From its lease until its first byte leaves, or it is given up. */
  watch(delivery: Held): void;
  forget(delivery: Held): void;
  /** Asked between connect and first byte, so at once. */
  holds(delivery: Held): boolean;
  /** The hub has said no, as opposed to nothing of late. */
  isWithdrawn(delivery: Held): boolean;
  /** Resolves with the hub's next word, or where it could not be had. */
  news(): Promise<void>;
};

/** The longest that a revocation may take to be heard (issue: p99 within 1 s). */
const goodForMs = 1_000;
const waitMs = 250;

type Needs = { clock: Clock; calls: Pick<HubCalls, 'withdrawn'>; trouble: Trouble };

export function createPermits(
  { clock, calls, trouble }: Needs,
  onWithdrawn: (permits: ReadonlySet<string>) => void,
): Permits {
  const watched = new Set<Held>();
  const known = new Map<string, { asOfTicks: number; isWithdrawn: boolean }>();
  const state = { isAsking: false };
  const waiting = new Set<() => void>();

  return {
    watch: (delivery) => {
      watched.add(delivery);
      if (!state.isAsking) void askOn();
    },
    forget: (delivery) => void watched.delete(delivery),
    holds: (delivery) => {
      if (isWithdrawn(delivery)) return false;
      const asOfTicks = Math.max(delivery.asOfTicks, known.get(delivery.permit)?.asOfTicks ?? 0);
      return clock.ticks() - asOfTicks <= goodForMs;
    },
    isWithdrawn,
    news: () => (state.isAsking ? new Promise((resolve) => void waiting.add(resolve)) : Promise.resolve()),
  };

  /** By the later word: what was leased after a no has its own yes. */
  function isWithdrawn({ permit, asOfTicks }: Held): boolean {
    const last = known.get(permit);
    return last !== undefined && last.isWithdrawn && last.asOfTicks >= asOfTicks;
  }

  async function askOn(): Promise<void> {
    state.isAsking = true;
    while (watched.size > 0) {
      const permits = [...new Set([...watched].map(({ permit }) => permit))];
      for (const permit of known.keys()) if (!permits.includes(permit)) known.delete(permit);
      try {
        for (let at = 0; at < permits.length; at += maxPermits)
          await askFor(permits.slice(at, at + maxPermits), permits.length > maxPermits ? 0 : waitMs);
        trouble.over();
      } catch (error) {
        const pauseMs = Math.min(trouble.met(error), goodForMs);
        await new Promise<void>((resolve) => void clock.after(pauseMs, resolve));
      }
      tellWaiting();
    }
    known.clear();
    state.isAsking = false;
  }

  function tellWaiting(): void {
    for (const resolve of waiting) resolve();
    waiting.clear();
  }

  async function askFor(permits: string[], mostMs: number): Promise<void> {
    const startedAt = clock.ticks();
    const answer = await calls.withdrawn(permits, mostMs);
    const withdrawn = new Set(answer.withdrawn);
    const asOfTicks = startedAt + answer.asOfMs;
    for (const permit of permits) known.set(permit, { asOfTicks, isWithdrawn: withdrawn.has(permit) });
    if (withdrawn.size > 0) onWithdrawn(withdrawn);
  }
}
