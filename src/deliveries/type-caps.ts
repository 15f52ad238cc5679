import { createBuckets } from '#src/limits';
import type { Cap, Clock, LeasedDelivery } from '#src/ports';
import type { Lane } from './lane.ts';

/** What a lane's next delivery waits for beside its own lane and host. */
export type Caps<L, D> = {
  /** Milliseconds; 0: it may go. */
  waitMs(lane: L, delivery: D): number;
  spend(lane: L, delivery: D): void;
};

/**
 * One bucket for a tenant (a partner, or an account by itself) and a type of event (S2-49): a flood of one type takes
 * nothing from the tenant's other types, nor from other tenants, however many endpoints it goes to. What is beyond it
 * stays in its lane, or in the store, and spends no try. Critical events do not wait. Each process that sends counts by
 * itself; all lanes of one destination host are in one process.
 */
export function createTypeCaps(
  clock: Pick<Clock, 'ticks'>,
  perSecond: number,
): Caps<Pick<Lane, 'party'>, Pick<LeasedDelivery, 'event'>> {
  const buckets = createBuckets(() => Math.floor(clock.ticks() * 1_000));
  const capOf = (party: string, type: string): Cap => ({
    level: 'partner',
    key: `${party} ${type}`,
    periodMs: 1_000 / perSecond,
    burst: perSecond,
    cost: 1,
  });
  return {
    waitMs: ({ party }, { event }) => {
      if (event.critical) return 0;
      return Math.ceil(buckets.look([capOf(party, event.type)]).refused?.retryAfterMs ?? 0);
    },
    spend: ({ party }, { event }) => {
      if (!event.critical) buckets.spend([capOf(party, event.type)]);
    },
  };
}
