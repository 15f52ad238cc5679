import { and, desc, eq, lt } from 'drizzle-orm';
import { textAt } from './places.ts';
import type { Source } from './timeline.ts';

/** Calls and deliveries by day (UTC), each at the beginning of its day. People's calls are their tokens' and grants'. */
export const daysOf: Source = async ({ store }, { level, id }, { place, limit }) => {
  const { usageDays } = store.tables;
  const rows = await store.db
    .select()
    .from(usageDays)
    .where(
      and(
        eq(usageDays.holder, `${level}:${id}`),
        place === '' ? undefined : lt(usageDays.day, textAt(place)),
      ),
    )
    .orderBy(desc(usageDays.day))
    .limit(limit);
  return rows.map(({ day, reads, writes, creates, refused, delivered, failed }) => ({
    kind: 'use',
    at: `${day}T00:00:00.000Z`,
    what: 'day',
    actor: null,
    subject: `${level}:${id}`,
    detail: { day, reads, writes, creates, refused, delivered: delivered ?? 0, failed: failed ?? 0 },
    place: day,
  }));
};
