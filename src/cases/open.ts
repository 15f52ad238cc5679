import { and, eq, notExists, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Db } from '#src/ports';
import { insertIf } from '#src/store';

/** `subject` is `level:id`. The evidence explains the case by itself and holds no token and no personal data. */
export type NewCase = { kind: string; subject: string; evidence: Record<string, unknown> };

/** The statement goes into the same `write()` as the deed. One open case of a kind and subject: more of the same adds none. */
export function openCase(
  db: Db,
  { store, clock, ids }: Pick<Ports, 'store' | 'clock' | 'ids'>,
  made: NewCase,
) {
  const { cases } = store.tables;
  const same = db
    .select({ one: sql`1` })
    .from(cases)
    .where(and(eq(cases.kind, made.kind), eq(cases.subject, made.subject), eq(cases.state, 'open')));
  return insertIf(
    db,
    cases,
    { id: ids.newId('cas'), ...made, state: 'open', createdAt: clock.now() },
    notExists(same),
  );
}
