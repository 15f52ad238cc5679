import { inArray } from 'drizzle-orm';
import type { Ctx } from '#src/context';
import { dayEndsAt, planOf, spenderOf, unitsPerDay } from '#src/limits';
import { lastDays, rowId } from './days.ts';
import type { ShownUsage } from './routes.ts';

/** Of the caller's own, the newest day first. */
export async function showUsage(
  { store, clock, usage, settings, caller }: Pick<Ctx, 'store' | 'clock' | 'usage' | 'settings' | 'caller'>,
  dayCount: number,
): Promise<ShownUsage> {
  const { shown, payer } = spenderOf(caller);
  const { usageDays } = store.tables;
  const days = lastDays(clock.ms(), dayCount);
  const rows = await store.db
    .select()
    .from(usageDays)
    .where(
      inArray(
        usageDays.id,
        days.map((day) => rowId(day, shown)),
      ),
    );
  const byDay = new Map(rows.map((row) => [row.day, row]));
  const perDay = payer ? unitsPerDay(settings) : null;
  return {
    of: shown,
    plan: {
      name: planOf().name,
      units_per_day: perDay,
      units_left_today: payer && perDay !== null ? Math.max(0, perDay - usage.unitsToday(payer)) : null,
      resets_at: new Date(dayEndsAt(clock.ms())).toISOString(),
    },
    days: days.map((day) => {
      const { reads = 0, writes = 0, creates = 0, units = 0, refused = 0, theirs = 0 } = byDay.get(day) ?? {};
      return { day, calls: { reads, writes, creates }, units, limit_hits: { ours: refused, theirs } };
    }),
  };
}
