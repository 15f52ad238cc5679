import { type SQL, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Db, EpochMark } from '#src/ports';

type Store = Pick<Ports, 'store'>;
type EpochRow = Ports['store']['tables']['epochs']['$inferSelect'];

/**
 * Stands before the statement that changes epochs: it takes the number of this write, and the next such write waits for
 * this one's commit, so that whoever reads on from a number misses none.
 */
export const countEpochWrite = (db: Db, { store }: Store) => {
  const { marks } = store.tables;
  return db
    .insert(marks)
    .values({ name: 'epochs', value: 1 })
    .onConflictDoUpdate({ target: marks.name, set: { value: sql`${marks.value} + 1` } })
    .returning({ version: marks.value });
};

/** The number that `countEpochWrite` took in the same write. */
export const epochVersion = sql<number>`(select value from marks where name = 'epochs')`;

/** Later than the row's last change, whatever this process's clock says: the copies go by it. */
export const laterThanRow = ({ store, clock }: Pick<Ports, 'store' | 'clock'>) => {
  const { updatedAt } = store.tables.epochs;
  const now = clock.ms();
  return sql<Date>`case when ${updatedAt} >= ${now} then ${updatedAt} + 1 else ${now} end`;
};

/** Revoked tokens, beside their own rows; 10 a statement, since D1 binds at most 100 parameters. */
export const markTokens = (
  db: Db,
  { store }: Store,
  ids: readonly string[],
  about: { reason: string; now: Date },
) => {
  const { epochs } = store.tables;
  return Array.from({ length: Math.ceil(ids.length / 10) }, (_, i) =>
    db
      .insert(epochs)
      .values(
        ids.slice(i * 10, i * 10 + 10).map((id) => ({
          id: `token:${id}`,
          level: 'token' as const,
          subjectId: id,
          value: 1,
          reason: about.reason,
          updatedAt: about.now,
          version: epochVersion,
        })),
      )
      .onConflictDoNothing(),
  );
};

/**
 * Tokens that leaked, as makers: nothing that they had made leaves any more, whatever a process still believes of it.
 * What is resumed afterwards was written later, and goes on.
 */
export const markMakers = (
  db: Db,
  { store }: Store,
  which: SQL | undefined,
  { reason, now }: { reason: string; now: Date },
) => {
  const { epochs, tokens } = store.tables;
  const ms = sql`cast(${now.getTime()} as bigint)`;
  return db
    .insert(epochs)
    .select(
      sql`select 'maker:' || ${tokens.id}, 'maker', ${tokens.id}, ${ms}, cast(null as bigint), cast(${reason} as text), ${ms}, ${epochVersion} from ${tokens} where ${which}`,
    )
    .onConflictDoUpdate({
      target: epochs.id,
      set: { value: now.getTime(), updatedAt: now, version: epochVersion },
    });
};

export const makerMark = (id: string, now: Date, version: number): EpochMark => ({
  ...tokenMark(id, now, version),
  level: 'maker',
  value: now.getTime(),
});

export const tokenMark = (id: string, now: Date, version: number): EpochMark => ({
  level: 'token',
  subjectId: id,
  value: 1,
  suspendedAtMs: null,
  atMs: now.getTime(),
  version,
});

export const markOf = (row: EpochRow): EpochMark => ({
  level: row.level,
  subjectId: row.subjectId,
  value: row.value,
  suspendedAtMs: row.suspendedAt?.getTime() ?? null,
  atMs: row.updatedAt.getTime(),
  version: row.version ?? 0,
});
