import type { Admission, Cap } from '#src/ports';
import { admissionOf, allAllow, floorUs, needUs, waitMs } from './gcra.ts';

export type Buckets = {
  /** All caps or none, in one step of this process. */
  spend(caps: readonly Cap[]): Admission;
  /** As `spend` would answer, with nothing spent. */
  look(caps: readonly Cap[]): Admission;
  /** Milliseconds until this cap by itself would allow the call; 0: now. */
  waitMs(cap: Cap): number;
  /** Spends of this cap by itself, whether it allows it or not. */
  take(cap: Cap): void;
  /** Units that were taken and not used. */
  giveBack(cap: Cap): void;
};

/** Past these the oldest are forgotten, which only ever forgives. */
const maxBuckets = 500_000;
/** So many calls share a look at the oldest, and so many of them are looked at. */
const callsPerLook = 32;
const bucketsPerLook = 128;

type Span = { usedUs: number; endsUs: number };

/** Buckets of one process. One that has rested says no more than one that is not there. */
export function createBuckets(nowUs: () => number): Buckets {
  /** Arrival times. A map keeps the order of insertion. */
  const arrivals = new Map<string, number>();
  /** What a span has used, and when it ends by this process's own clock. */
  const spans = new Map<string, Span>();
  const state = { calls: 0 };

  const aheadOf = (cap: Cap, now: number): number =>
    cap.span
      ? Math.max(floorUs(cap), spans.get(cap.key)?.usedUs ?? 0)
      : Math.max(0, (arrivals.get(cap.key) ?? 0) - now);

  const keep = ({ key, span }: Cap, ahead: number, now: number): void => {
    if (span) spans.set(key, { usedUs: ahead, endsUs: now + span.leftMs * 1_000 });
    else arrivals.set(key, now + ahead);
  };

  const forgetSome = (now: number): void => {
    if (++state.calls % callsPerLook !== 0) return;
    forgetRested(arrivals, (arrival) => arrival <= now);
    forgetRested(spans, ({ endsUs }) => endsUs <= now);
  };

  return {
    spend: (caps) => {
      const now = nowUs();
      const ahead = caps.map((cap) => aheadOf(cap, now));
      if (!allAllow(caps, ahead)) return admissionOf(caps, ahead, false);
      const after = caps.map((cap, i) => (ahead[i] ?? 0) + needUs(cap));
      caps.forEach((cap, i) => keep(cap, after[i] ?? 0, now));
      forgetSome(now);
      return admissionOf(caps, after, true);
    },
    look: (caps) => {
      const now = nowUs();
      const ahead = caps.map((cap) => aheadOf(cap, now));
      return admissionOf(caps, ahead, allAllow(caps, ahead));
    },
    waitMs: (cap) => waitMs(cap, aheadOf(cap, nowUs())),
    take: (cap) => {
      const now = nowUs();
      keep(cap, aheadOf(cap, now) + needUs(cap), now);
      forgetSome(now);
    },
    giveBack: (cap) => {
      const span = spans.get(cap.key);
      const arrival = arrivals.get(cap.key);
      if (span) span.usedUs = Math.max(0, span.usedUs - needUs(cap));
      else if (arrival !== undefined) arrivals.set(cap.key, arrival - needUs(cap));
    },
  };
}

/** Those that are not rested go to the end, so that each comes to be looked at. */
function forgetRested<T>(buckets: Map<string, T>, isRested: (bucket: T) => boolean): void {
  let left = Math.min(bucketsPerLook, buckets.size);
  for (const [key, bucket] of buckets) {
    if (left-- <= 0 && buckets.size <= maxBuckets) return;
    buckets.delete(key);
    if (!isRested(bucket) && buckets.size < maxBuckets) buckets.set(key, bucket);
  }
}
