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

/** Past these the least used are forgotten, which only ever forgives. */
const maxBuckets = 500_000;

/** Buckets of one process. One that has rested says no more than one that is not there. */
export function createBuckets(nowUs: () => number): Buckets {
  /** Arrival times; a map keeps the order of insertion, so the least used come first. */
  const arrivals = new Map<string, number>();

  const aheadOf = (caps: readonly Cap[], now: number): number[] =>
    caps.map((cap) => Math.max(0, (arrivals.get(cap.key) ?? 0) - now));

  const keep = (key: string, arrival: number): void => {
    arrivals.delete(key);
    arrivals.set(key, arrival);
  };
  const forgetRested = (now: number): void => {
    for (const [key, arrival] of arrivals) {
      if (arrival > now && arrivals.size <= maxBuckets) return;
      arrivals.delete(key);
    }
  };

  return {
    spend: (caps) => {
      const now = nowUs();
      const ahead = aheadOf(caps, now);
      if (!allAllow(caps, ahead)) return admissionOf(caps, ahead, false);
      const after = caps.map((cap, i) => (ahead[i] ?? 0) + needUs(cap));
      caps.forEach((cap, i) => keep(cap.key, now + (after[i] ?? 0)));
      forgetRested(now);
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
