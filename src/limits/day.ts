import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Holder } from '#src/ports';
import { planOf } from './plans.ts';

const dayMs = 86_400_000;

/** Midnight, UTC, after this moment. */
export const dayEndsAt = (ms: number): number => (Math.floor(ms / dayMs) + 1) * dayMs;

/**
 * Whether so many more units go beyond the plan's day. Each process knows what all had written at its last flush, so a
 * day may end some seconds of calls above its limit.
 */
export const isDaySpent = (
  { usage, settings }: Pick<Ports, 'usage' | 'settings'>,
  payer: Holder | null,
  units: number,
): boolean => payer !== null && usage.unitsToday(payer) + units > unitsPerDay(settings);

export const unitsPerDay = (settings: Pick<Ports['settings'], 'unitsPerDay'>): number =>
  settings.unitsPerDay * planOf().times;

/** Throws 429 until midnight. */
export function refuseSpentDay({ clock, settings }: Pick<Ports, 'clock' | 'settings'>): never {
  const now = clock.ms();
  const seconds = Math.max(1, Math.ceil((dayEndsAt(now) - now) / 1_000));
  throw new PatchbayError('quota_exceeded', {
    public: 'The units of the plan’s day are used up. The day ends at midnight, UTC.',
    retryAfterSeconds: seconds,
    violatedPolicies: ['day'],
    fields: {
      'ratelimit-policy': `"day";q=${unitsPerDay(settings)};w=86400`,
      ratelimit: `"day";r=0;t=${seconds}`,
    },
  });
}
