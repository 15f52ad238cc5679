import { and, desc, gte, like, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { UsageCounts } from '#src/ports';
import { lastDays } from './days.ts';

export const holderKinds = ['partner', 'app', 'account', 'user', 'grant', 'token'] as const;
export const measures = ['units', 'delivered', 'failed', 'refused', 'theirs'] as const;

export type TopWish = {
  by: (typeof holderKinds)[number];
  order: (typeof measures)[number];
  days: number;
  limit: number;
};

/** Who has most of one measure in these days together, with all the others beside it. */
export async function topUse(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  { by, order, days, limit }: TopWish,
): Promise<(UsageCounts & { id: string })[]> {
  const { usageDays: t } = store.tables;
  const first = lastDays(clock.ms(), days).at(-1) ?? '';
  const sum = (name: keyof UsageCounts) => sql<number>`coalesce(sum(${t[name]}), 0)`.mapWith(Number);
  const rows = await store.db
    .select({
      holder: t.holder,
      reads: sum('reads'),
      writes: sum('writes'),
      creates: sum('creates'),
      units: sum('units'),
      refused: sum('refused'),
      theirs: sum('theirs'),
      delivered: sum('delivered'),
      failed: sum('failed'),
    })
    .from(t)
    .where(and(gte(t.day, first), like(t.holder, `${by}:%`)))
    .groupBy(t.holder)
    .orderBy(desc(sum(order)), t.holder)
    .limit(limit);
  return rows.map(({ holder, ...counts }) => ({ id: holder.slice(by.length + 1), ...counts }));
}
