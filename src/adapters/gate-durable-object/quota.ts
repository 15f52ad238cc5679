import { type Buckets, createBuckets } from '#src/limits';
import type { Cap, CapState } from '#src/ports';

/** A caller's object wants `cap.cost` units of a bucket that others share; `unused` ones of before come back. */
export type Loan = { cap: Cap; unused: number };
/** All that were wanted, or `needed` ones, or none. */
export type Lent = { units: number; state: CapState; retryAfterMs: number };
export type LoanAsk = Loan & { needed: number };

const nowUs = (): number => Date.now() * 1_000;

export const createSharedBuckets = (): Buckets => createBuckets(nowUs);

/** The one place that knows a shared bucket lends it out in chunks. */
export function lend(buckets: Buckets, { cap, unused, needed }: LoanAsk): Lent {
  if (unused > 0) buckets.giveBack({ ...cap, cost: unused });
  const wishes = cap.cost > needed ? [cap, { ...cap, cost: needed }] : [cap];
  let answer: Lent = { units: 0, state: { remaining: 0, fullInMs: 0 }, retryAfterMs: 0 };
  for (const wish of wishes) {
    const { caps, refused } = buckets.spend([wish]);
    const state = caps[0] ?? answer.state;
    if (!refused) return { units: wish.cost, state, retryAfterMs: 0 };
    answer = { units: 0, state, retryAfterMs: refused.retryAfterMs };
  }
  return answer;
}
