/**
 * The bucket of a tenant and a type of event (type-caps.ts) where no process stays to hold it: a destination host's
 * pacer keeps it, and says with what it grants how far it is used. Whoever sends goes by that until its next exchange,
 * in which it says what it has sent: no call more than were made before. What several have sent at once is counted when
 * they say so; then the bucket is overdrawn, by as much as a host may have in flight, and nobody sends until that is
 * made good. What is beyond stays in the store with a time of its own, and spends no try. Critical events do not wait.
 */
import type { LeasedDelivery } from '#src/ports';
import { type Rate, readyAtMs } from './rate.ts';

/** What was sent, and how far ahead of now a bucket's arrival time lies: by JSON, so short. */
export type TypesSent = { party: string; type: string; count: number }[];
export type TypesUsed = { party: string; type: string; aheadMs: number }[];

type Typed = { party: string; event: Pick<LeasedDelivery['event'], 'type' | 'critical'> };

const rateFor = (perSecond: number): Rate => ({ perSecond, burst: perSecond });
const keyOf = (party: string, type: string): string => `${party} ${type}`;
const mostRested = 10_000;

/** The pacer's side. Of what has rested it knows nothing. */
export function createTypeLedger(perSecond: number): {
  note(sent: TypesSent, nowMs: number): void;
  used(parties: ReadonlySet<string>, nowMs: number): TypesUsed;
} {
  const buckets = new Map<string, { party: string; type: string; arrivalMs: number }>();

  return {
    note: (sent, nowMs) => {
      for (const { party, type, count } of sent) {
        const key = keyOf(party, type);
        const from = Math.max(buckets.get(key)?.arrivalMs ?? 0, nowMs);
        buckets.set(key, { party, type, arrivalMs: from + (count * 1_000) / perSecond });
      }
      if (buckets.size <= mostRested) return;
      for (const [key, { arrivalMs }] of buckets) if (arrivalMs <= nowMs) buckets.delete(key);
    },
    used: (parties, nowMs) =>
      [...buckets.values()].flatMap(({ party, type, arrivalMs }) =>
        parties.has(party) && arrivalMs > nowMs ? [{ party, type, aheadMs: arrivalMs - nowMs }] : [],
      ),
  };
}

export type TypeTab = {
  /** What the pacer says; all that was sent before is in it. */
  learn(used: TypesUsed): void;
  /** How long this one waits, 0: it goes. Those behind it wait for it, too. */
  take(one: Typed): number;
};

/** The sender's side, of one host. */
export function createTypeTab(perSecond: number, nowMs: () => number): TypeTab {
  const rate = rateFor(perSecond);
  const arrivals = new Map<string, number>();

  return {
    learn: (used) => {
      const now = nowMs();
      arrivals.clear();
      for (const { party, type, aheadMs } of used) arrivals.set(keyOf(party, type), now + aheadMs);
    },
    take: ({ party, event }) => {
      if (event.critical) return 0;
      const now = nowMs();
      const key = keyOf(party, event.type);
      const arrivalMs = Math.max(arrivals.get(key) ?? 0, now);
      arrivals.set(key, arrivalMs + 1_000 / perSecond);
      return Math.max(0, Math.ceil(readyAtMs(rate, arrivalMs) - now));
    },
  };
}

/** What counts of what was sent. */
export function typesOf(sent: readonly Typed[]): TypesSent {
  const counts = new Map<string, TypesSent[number]>();
  for (const { party, event } of sent) {
    if (event.critical) continue;
    const key = keyOf(party, event.type);
    const known = counts.get(key);
    if (known) known.count++;
    else counts.set(key, { party, type: event.type, count: 1 });
  }
  return [...counts.values()];
}
