import { lt, sql } from 'drizzle-orm';
import type { EpochMark, Store } from '#src/ports';
import type { EpochLevel } from '#src/store';

type Entry = Omit<EpochMark, 'version'>;

/**
 * A copy that knows higher values than the store stands beside a database restored from a backup: every value is in the
 * store before it is anywhere else. Written back, so that the maximum outlives the copy. Answers how many rows.
 */
export async function healStore(
  store: Pick<Store, 'write' | 'tables'>,
  known: readonly Entry[],
  rows: readonly EpochMark[],
  version: number,
): Promise<number> {
  const values = new Map(rows.map((row) => [`${row.level}:${row.subjectId}`, row.value]));
  const ahead = known.filter((mark) => mark.value > (values.get(`${mark.level}:${mark.subjectId}`) ?? 0));
  if (ahead.length === 0) return 0;
  const { epochs, marks } = store.tables;
  await store.write((db) => [
    // Past the copy's own number too: those who read on from there must see this write.
    db
      .insert(marks)
      .values({ name: 'epochs', value: version + 1 })
      .onConflictDoUpdate({
        target: marks.name,
        set: {
          value: sql`case when ${marks.value} > ${version} then ${marks.value} else ${version} end + 1`,
        },
      }),
    ...ahead.map((mark) => {
      const row = {
        value: mark.value,
        suspendedAt: mark.suspendedAtMs === null ? null : new Date(mark.suspendedAtMs),
        updatedAt: new Date(mark.atMs),
        reason: 'restored',
        version: sql<number>`(select value from marks where name = 'epochs')`,
      };
      return db
        .insert(epochs)
        .values({
          id: `${mark.level}:${mark.subjectId}`,
          level: mark.level as EpochLevel, // Tokens have no entry in the copy that this comes from.
          subjectId: mark.subjectId,
          ...row,
        })
        .onConflictDoUpdate({ target: epochs.id, set: row, setWhere: lt(epochs.value, mark.value) });
    }),
  ]);
  return ahead.length;
}
