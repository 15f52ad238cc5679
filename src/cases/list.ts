import { and, desc, eq } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Schema } from '#src/store';

/** Newest first, at most a thousand. */
export async function listCases(
  { store }: Pick<Ports, 'store'>,
  which: 'open' | 'all',
): Promise<Schema['cases']['$inferSelect'][]> {
  const { cases } = store.tables;
  return store.db
    .select()
    .from(cases)
    .where(which === 'open' ? eq(cases.state, 'open') : undefined)
    .orderBy(desc(cases.id))
    .limit(1_000);
}

/** What is open about exactly this (`grant:grt_01…`), newest first, at most ten. */
export async function openCasesAbout(
  { store }: Pick<Ports, 'store'>,
  subject: string,
): Promise<{ id: string; kind: string }[]> {
  const { cases } = store.tables;
  return store.db
    .select({ id: cases.id, kind: cases.kind })
    .from(cases)
    .where(and(eq(cases.subject, subject), eq(cases.state, 'open')))
    .orderBy(desc(cases.id))
    .limit(10);
}

/** What was found, by whom and when; null while it is open. The trail keeps it. */
export async function closingOf(
  { store }: Pick<Ports, 'store'>,
  id: string,
): Promise<{ by: string; at: Date; note: string } | null> {
  const { audit } = store.tables;
  const [row] = await store.db
    .select({ by: audit.actor, at: audit.at, detail: audit.detail })
    .from(audit)
    .where(and(eq(audit.subject, id), eq(audit.action, 'case.close')))
    .orderBy(desc(audit.position))
    .limit(1);
  if (!row) return null;
  const { note } = row.detail;
  return { by: row.by, at: row.at, note: typeof note === 'string' ? note : '' };
}
