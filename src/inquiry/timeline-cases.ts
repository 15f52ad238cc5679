import { and, desc, eq, lt } from 'drizzle-orm';
import { textAt } from './places.ts';
import type { Source } from './timeline.ts';

/** Cases about exactly this. */
export const casesOf: Source = async ({ store }, { level, id }, { place, limit }) => {
  const { cases } = store.tables;
  const rows = await store.db
    .select()
    .from(cases)
    .where(and(eq(cases.subject, `${level}:${id}`), place === '' ? undefined : lt(cases.id, textAt(place))))
    .orderBy(desc(cases.id))
    .limit(limit);
  return rows.map((row) => ({
    kind: 'case',
    at: row.createdAt.toISOString(),
    what: row.kind,
    actor: null,
    subject: row.id,
    detail: { state: row.state },
    place: row.id,
  }));
};
