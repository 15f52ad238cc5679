import { eq, gt, gte, ne, or } from 'drizzle-orm';
import { type EpochMark, rememberTokenMs, type Store } from '#src/ports';

type Row = Store['tables']['epochs']['$inferSelect'];

/** All that copies hold. Tokens only as long as somebody may remember their rows. */
export async function readEpochs(store: Pick<Store, 'db' | 'tables'>, nowMs: number): Promise<EpochMark[]> {
  const { epochs } = store.tables;
  const since = new Date(nowMs - 10 * rememberTokenMs);
  const rows = await store.db
    .select()
    .from(epochs)
    .where(or(ne(epochs.level, 'token'), gte(epochs.updatedAt, since)));
  return rows.map(markOf);
}

/** What was written after the version. */
export async function readEpochsSince(
  store: Pick<Store, 'db' | 'tables'>,
  version: number,
): Promise<EpochMark[]> {
  const { epochs } = store.tables;
  return (await store.db.select().from(epochs).where(gt(epochs.version, version))).map(markOf);
}

/** The number of the last write to the epochs; 0 where there was none. */
export async function readEpochVersion({ db, tables }: Pick<Store, 'db' | 'tables'>): Promise<number> {
  const [row] = await db
    .select({ value: tables.marks.value })
    .from(tables.marks)
    .where(eq(tables.marks.name, 'epochs'))
    .limit(1);
  return row?.value ?? 0;
}

const markOf = (row: Row): EpochMark => ({
  level: row.level,
  subjectId: row.subjectId,
  value: row.value,
  suspendedAtMs: row.suspendedAt?.getTime() ?? null,
  atMs: row.updatedAt.getTime(),
  version: row.version ?? 0,
});
