import type { Admission, Cap } from '#src/ports';
import { admissionOf, allAllow, fromUs, leastUs, needUs } from './gcra.ts';

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
  const rolling = new Map<string, number>();
  /** Apart, for these never rest before their span ends. */
  const spans = new Map<string, number>();
  const mapOf = ({ span }: Cap): Map<string, number> => (span ? spans : rolling);

  const aheadOf = (caps: readonly Cap[], now: number): number[] =>
    caps.map((cap) => {
      const arrival = mapOf(cap).get(cap.key) ?? 0;
      return Math.max(leastUs(cap), arrival - (fromUs(cap) || now));
    });

  const keep = (cap: Cap, arrival: number): void => {
    const arrivals = mapOf(cap);
    arrivals.delete(cap.key);
    arrivals.set(cap.key, arrival);
  };
  const forgetRested = (arrivals: Map<string, number>, now: number): void => {
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
      caps.forEach((cap, i) => keep(cap, (fromUs(cap) || now) + (after[i] ?? 0)));
      forgetRested(rolling, now);
      forgetRested(spans, now);
      return admissionOf(caps, after, true);
    },
    look: (caps) => {
      const ahead = aheadOf(caps, nowUs());
      return admissionOf(caps, ahead, allAllow(caps, ahead));
    },
    giveBack: (cap) => {
      const arrival = mapOf(cap).get(cap.key);
      if (arrival !== undefined) mapOf(cap).set(cap.key, arrival - needUs(cap));
    },
  };
}
