import { LRUCache } from 'lru-cache';
import type { Admission, Cap } from '#src/ports';
import { admissionOf, allAllow, needUs } from './gcra.ts';

export type Buckets = {
  /** All caps or none, in one step of this process. */
  spend(caps: readonly Cap[]): Admission;
  /** As `spend` would answer, with nothing spent. */
  look(caps: readonly Cap[]): Admission;
  /** Units that were taken and not used. */
  giveBack(cap: Cap): void;
};

/** Buckets of one process. The least used are forgotten past a million, which only ever forgives. */
export function createBuckets(nowUs: () => number): Buckets {
  const arrivals = new LRUCache<string, number>({ max: 1_000_000 });
  const aheadOf = (caps: readonly Cap[], now: number): number[] =>
    caps.map((cap) => Math.max(0, (arrivals.get(cap.key) ?? 0) - now));
  return {
    spend: (caps) => {
      const now = nowUs();
      const ahead = aheadOf(caps, now);
      if (!allAllow(caps, ahead)) return admissionOf(caps, ahead, false);
      const after = caps.map((cap, i) => (ahead[i] ?? 0) + needUs(cap));
      caps.forEach((cap, i) => arrivals.set(cap.key, now + (after[i] ?? 0)));
      return admissionOf(caps, after, true);
    },
    look: (caps) => {
      const ahead = aheadOf(caps, nowUs());
      return admissionOf(caps, ahead, allAllow(caps, ahead));
    },
    giveBack: (cap) => {
      const arrival = arrivals.get(cap.key);
      if (arrival !== undefined) arrivals.set(cap.key, arrival - needUs(cap));
    },
  };
}
