/**
 * A rate as GCRA: one number, the theoretical arrival time, in place of a bucket and a refill clock. Milliseconds.
 * `burst` is how many may go at once after a rest.
 */
export type Rate = { perSecond: number; burst: number };

/** When the next one may go, given the arrival time kept so far; at or before now means now. */
export function readyAtMs(rate: Rate, arrivalMs: number): number {
  return arrivalMs - ((rate.burst - 1) * 1_000) / rate.perSecond;
}

/** The arrival time after one has gone. An arrival far ahead of the clock is a clock that was set back. */
export function afterOne(rate: Rate, arrivalMs: number, nowMs: number): number {
  const from = arrivalMs > nowMs + 10_000 ? nowMs : Math.max(arrivalMs, nowMs);
  return from + 1_000 / rate.perSecond;
}

/** A tenth of a second's worth may go at once: smooth for the receiver, and short timers are not needed. */
export const rateOf = (perSecond: number): Rate => ({
  perSecond,
  burst: Math.max(1, Math.ceil(perSecond / 10)),
});
