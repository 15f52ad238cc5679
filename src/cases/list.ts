import { desc, eq } from 'drizzle-orm';
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
