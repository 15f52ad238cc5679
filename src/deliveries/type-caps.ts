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
  const known = new Map<string, Map<string, Cap>>();
  return {
    waitMs: ({ party }, { event }) =>
      event.critical ? 0 : Math.ceil(buckets.waitMs(capOf(party, event.type))),
    spend: ({ party }, { event }) => {
      if (!event.critical) buckets.take(capOf(party, event.type));
    },
  };

  /** Kept, since it is asked for twice a delivery. */
  function capOf(party: string, type: string): Cap {
    const cap = known.get(party)?.get(type);
    if (cap) return cap;
    if (known.size >= maxParties) known.clear();
    const made = newCap(party, type);
    known.set(party, (known.get(party) ?? new Map<string, Cap>()).set(type, made));
    return made;
  }

  function newCap(party: string, type: string): Cap {
    return {
      level: 'partner',
      key: `${party} ${type}`,
      periodMs: 1_000 / perSecond,
      burst: perSecond,
      cost: 1,
    };
  }
}

/** Of whom caps are kept; they are made anew at any time. */
const maxParties = 10_000;
