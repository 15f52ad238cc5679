import type { Ctx } from '#src/context';
import { dayEndsAt, planOf, spenderOf, unitsPerDay } from '#src/limits';
import { type DayUse, useByDay } from './read.ts';
import type { ShownUsage } from './routes.ts';

/** Of the caller's own, the newest day first. */
export async function showUsage(
  { store, clock, usage, settings, caller }: Pick<Ctx, 'store' | 'clock' | 'usage' | 'settings' | 'caller'>,
  dayCount: number,
): Promise<ShownUsage> {
  const { shown, payer } = spenderOf(caller);
  const days = (await useByDay({ store, clock }, [shown], dayCount)).get(shown) ?? [];
  const perDay = payer ? unitsPerDay(settings) : null;
  return {
    of: shown,
    plan: {
      name: planOf().name,
      units_per_day: perDay,
      units_left_today: payer && perDay !== null ? Math.max(0, perDay - usage.unitsToday(payer)) : null,
      resets_at: new Date(dayEndsAt(clock.ms())).toISOString(),
    },
    days: days.map(shownDay),
  };
}

const shownDay = ({ day, reads, writes, creates, units, refused, theirs, delivered, failed }: DayUse) => ({
  day,
  calls: { reads, writes, creates },
  units,
  limit_hits: { ours: refused, theirs },
  deliveries: { delivered, failed_attempts: failed },
});
