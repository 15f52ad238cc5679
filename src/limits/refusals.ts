import { desc, gt, lt } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Cap, Holder } from '#src/ports';
import type { Schema } from '#src/store';
import { createBuckets } from './buckets.ts';

export type Refusals = {
  /** One call of this holder was refused by a cap. */
  charge(holder: Holder): void;
  /** Throws 429 for who went on calling through thousands of refusals. */
  refuseBlocked(holder: Holder): void;
  /** Tells the other processes whom this one turns away, and hears it of theirs. */
  exchange(): Promise<void>;
};

const windowMs = 600_000;
const maxKnown = 50_000;

/**
 * Refused calls are counted in memory, by each process: who does not listen must not cost a round trip. A block is a
 * row, so it soon holds at all of them, staff see it, and it ends by itself.
 */
export function createRefusals({
  store,
  clock,
  settings,
}: Pick<Ports, 'store' | 'clock' | 'settings'>): Refusals {
  const burst = settings.maxRefusedCalls;
  const buckets = createBuckets(() => Math.floor(clock.ticks() * 1_000));
  const blockedUntil = new LRUCache<Holder, number>({ max: maxKnown });
  const untold = new Map<Holder, number>();
  const capOf = (holder: Holder): Cap => ({
    level: 'grant',
    key: holder,
    periodMs: windowMs / burst,
    burst,
    cost: 1,
  });
  return {
    charge: (holder) => {
      if (!buckets.spend([capOf(holder)]).refused) return;
      blockedUntil.set(holder, clock.ticks() + windowMs);
      untold.set(holder, clock.ms());
    },
    refuseBlocked: (holder) => {
      const leftMs = (blockedUntil.get(holder) ?? 0) - clock.ticks();
      if (leftMs <= 0) return;
      throw new PatchbayError('abnormal_usage', {
        public: 'Calls went on through too many refusals. Wait as long as Retry-After says.',
        retryAfterSeconds: Math.ceil(leftMs / 1_000),
      });
    },
    exchange: async () => {
      const told = [...untold];
      await tell(told);
      for (const [holder, sinceMs] of told) if (untold.get(holder) === sinceMs) untold.delete(holder);
      for (const { id, until } of await listBlocks({ store, clock }, maxKnown)) {
        const ticks = clock.ticks() + until.getTime() - clock.ms();
        if (ticks > (blockedUntil.get(id) ?? 0)) blockedUntil.set(id, ticks);
      }
    },
  };

  async function tell(found: readonly (readonly [Holder, number])[]): Promise<void> {
    const { blocks } = store.tables;
    for (const [id, sinceMs] of found) {
      const [since, until] = [new Date(sinceMs), new Date(sinceMs + windowMs)];
      await store.write((db) => [
        db
          .insert(blocks)
          .values({ id, since, until })
          .onConflictDoUpdate({
            target: blocks.id,
            set: { since, until },
            setWhere: lt(blocks.until, until),
          }),
      ]);
    }
  }
}

/** That hold at this moment, newest first. */
export function listBlocks(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  limit = 100,
): Promise<Schema['blocks']['$inferSelect'][]> {
  const { blocks } = store.tables;
  return store.db
    .select()
    .from(blocks)
    .where(gt(blocks.until, clock.now()))
    .orderBy(desc(blocks.since))
    .limit(limit);
}
