import type { Admission, Cap } from '#src/ports';
import { admissionOf, allAllow, floorUs, needUs } from './gcra.ts';

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
  /** What a span has used, and when it ends by this process's own clock. */
  const spans = new Map<string, { usedUs: number; endsUs: number }>();

  const aheadOf = (caps: readonly Cap[], now: number): number[] =>
    caps.map((cap) =>
      cap.span
        ? Math.max(floorUs(cap), spans.get(cap.key)?.usedUs ?? 0)
        : Math.max(0, (arrivals.get(cap.key) ?? 0) - now),
    );

  const keep = ({ key, span }: Cap, ahead: number, now: number): void => {
    if (span) {
      spans.delete(key);
      spans.set(key, { usedUs: ahead, endsUs: now + span.leftMs * 1_000 });
      return;
    }
    arrivals.delete(key);
    arrivals.set(key, now + ahead);
  };
  const forgetRested = (now: number): void => {
    for (const [key, arrival] of arrivals) {
      if (arrival > now && arrivals.size <= maxBuckets) break;
      arrivals.delete(key);
    }
    for (const [key, { endsUs }] of spans) {
      if (endsUs > now && spans.size <= maxBuckets) break;
      spans.delete(key);
    }
  };

  return {
    spend: (caps) => {
      const now = nowUs();
      const ahead = aheadOf(caps, now);
      if (!allAllow(caps, ahead)) return admissionOf(caps, ahead, false);
      const after = caps.map((cap, i) => (ahead[i] ?? 0) + needUs(cap));
      caps.forEach((cap, i) => keep(cap, after[i] ?? 0, now));
      forgetRested(now);
      return admissionOf(caps, after, true);
    },
    look: (caps) => {
      const ahead = aheadOf(caps, nowUs());
      return admissionOf(caps, ahead, allAllow(caps, ahead));
    },
    giveBack: (cap) => {
      const span = spans.get(cap.key);
      const arrival = arrivals.get(cap.key);
      if (span) span.usedUs = Math.max(0, span.usedUs - needUs(cap));
      else if (arrival !== undefined) arrivals.set(cap.key, arrival - needUs(cap));
    },
  };
}
