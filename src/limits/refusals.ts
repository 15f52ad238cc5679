import { LRUCache } from 'lru-cache';
import type { Settings } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Cap, Clock, Holder } from '#src/ports';
import { createBuckets } from './buckets.ts';

export type Refusals = {
  /** One call of this holder was refused by a cap. */
  charge(holder: Holder): void;
  /** Throws 429 for who went on calling through thousands of refusals. */
  refuseBlocked(holder: Holder): void;
};

const windowMs = 600_000;

/** In memory, each process its own: who does not listen must not cost a round trip. */
export function createRefusals(
  settings: Pick<Settings, 'maxRefusedCalls'>,
  clock: Pick<Clock, 'ticks'>,
): Refusals {
  const burst = settings.maxRefusedCalls;
  const buckets = createBuckets(() => Math.floor(clock.ticks() * 1_000));
  const blockedUntil = new LRUCache<Holder, number>({ max: 50_000 });
  const capOf = (holder: Holder): Cap => ({
    level: 'grant',
    key: holder,
    periodMs: windowMs / burst,
    burst,
    cost: 1,
  });
  return {
    charge: (holder) => {
      if (buckets.spend([capOf(holder)]).refused) blockedUntil.set(holder, clock.ticks() + windowMs);
    },
    refuseBlocked: (holder) => {
      const leftMs = (blockedUntil.get(holder) ?? 0) - clock.ticks();
      if (leftMs <= 0) return;
      throw new PatchbayError('abnormal_usage', {
        public: 'Calls went on through too many refusals. Wait as long as Retry-After says.',
        retryAfterSeconds: Math.ceil(leftMs / 1_000),
      });
    },
  };
}
