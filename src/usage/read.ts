import { and, gte, inArray } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Holder, UsageCounts } from '#src/ports';
import { lastDays, rowId } from './days.ts';

export type DayUse = UsageCounts & { day: string };

/** Below the 100 parameters that D1 binds a statement. */
const holdersPerLook = 90;

const nothing: UsageCounts = {
  reads: 0,
  writes: 0,
  creates: 0,
  units: 0,
  refused: 0,
  theirs: 0,
  delivered: 0,
  failed: 0,
};

/** What these have used, the newest day first; a day without use is all zeros. */
export async function useByDay(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  holders: readonly Holder[],
  dayCount: number,
): Promise<Map<Holder, DayUse[]>> {
  const { usageDays } = store.tables;
  const days = lastDays(clock.ms(), dayCount);
  const looks = Array.from({ length: Math.ceil(holders.length / holdersPerLook) }, (_, i) =>
    holders.slice(i * holdersPerLook, (i + 1) * holdersPerLook),
  );
  const found = await Promise.all(
    looks.map((some) =>
      store.db
        .select()
        .from(usageDays)
        .where(and(inArray(usageDays.holder, some), gte(usageDays.day, days.at(-1) ?? ''))),
    ),
  );
  const byId = new Map(found.flat().map((row) => [row.id, row]));
  return new Map(
    holders.map((holder) => [
      holder,
      days.map((day) => {
        const row = byId.get(rowId(day, holder));
        if (!row) return { day, ...nothing };
        const { id: _id, holder: _holder, delivered, failed, ...counts } = row;
        // Null: from before it was counted.
        return { ...counts, delivered: delivered ?? 0, failed: failed ?? 0 };
      }),
    ]),
  );
}

/** All days together. */
export const sumOf = (days: readonly DayUse[]): UsageCounts =>
  days.reduce<UsageCounts>(
    (sum, one) => ({
      reads: sum.reads + one.reads,
      writes: sum.writes + one.writes,
      creates: sum.creates + one.creates,
      units: sum.units + one.units,
      refused: sum.refused + one.refused,
      theirs: sum.theirs + one.theirs,
      delivered: sum.delivered + one.delivered,
      failed: sum.failed + one.failed,
    }),
    nothing,
  );
