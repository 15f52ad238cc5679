import { and, eq, sql } from 'drizzle-orm';
import { recordAuditIf } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';

/**
 * Somebody has judged it; what was suspended is lifted or revoked by its own verb. 404 where there is no open case of
 * this id: of two who close it, one hears that.
 */
export async function closeCase(
  ports: Pick<Ports, 'store' | 'clock'>,
  by: string,
  { id, note }: { id: string; note: string },
): Promise<void> {
  const { store } = ports;
  const { cases } = store.tables;
  const isOpen = and(eq(cases.id, id), eq(cases.state, 'open'));
  const [found] = await store.db.select().from(cases).where(isOpen).limit(1);
  if (!found) throw new PatchbayError('not_found', { public: `There is no open case ${id}.` });
  const [, , closed] = await store.write((db) => [
    // Whoever comes at the same moment waits here, and finds it closed.
    db.update(cases).set({ state: 'open' }).where(isOpen),
    recordAuditIf(
      db,
      ports,
      { actor: by, action: 'case.close', subject: id, detail: { about: found.subject, note } },
      sql`exists (select 1 from ${cases} where ${isOpen})`,
    ),
    db.update(cases).set({ state: 'closed' }).where(isOpen).returning({ id: cases.id }),
  ]);
  if (closed.length === 0) throw new PatchbayError('not_found', { public: `There is no open case ${id}.` });
}
