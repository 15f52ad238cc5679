import type { Ports, Settings } from '#src/context';
import type { Cap, Holder } from '#src/ports';
import type { Plan } from './plans.ts';

const dayMs = 86_400_000;

/** Midnight, UTC, after this moment. */
export const dayEndsAt = (ms: number): number => (Math.floor(ms / dayMs) + 1) * dayMs;

export const unitsPerDay = (
  { unitsPerDay: ofFree }: Pick<Settings, 'unitsPerDay'>,
  { times }: Plan,
): number => ofFree * times;

/**
 * The plan's day of whom a call counts for, beside the caller's buckets and in the same step: a counter until midnight,
 * UTC, exact over all processes. What is on record already counts in any case, for a gate that has forgotten.
 */
export function dayCap(
  { usage, clock, settings }: Pick<Ports, 'usage' | 'clock' | 'settings'>,
  payer: Holder,
  plan: Plan,
  cost: number,
): Cap {
  const now = clock.ms();
  const endsAtMs = dayEndsAt(now);
  return {
    level: 'day',
    key: `day:${endsAtMs}:${payer}`,
    periodMs: 0.001,
    burst: unitsPerDay(settings, plan),
    cost,
    span: { endsAtMs, leftMs: endsAtMs - now, usedAtLeast: usage.unitsToday(payer) },
  };
}
