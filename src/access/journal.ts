import { eq, inArray } from 'drizzle-orm';
import { PatchbayError } from '#src/errors';
import type { EpochMark, Gate, Store } from '#src/ports';

/** One revocation or suspension, as its write left it. */
export type JournalLine = Omit<EpochMark, 'version' | 'level'> & {
  level: Exclude<EpochMark['level'], 'maker'>;
  reason: string | null;
};

/** A record of them outside the store, so that a restored backup can hear of what was done after it was made. */
export type RevocationJournal = {
  /** Resolves when the lines are on the disk. */
  append(lines: readonly JournalLine[]): Promise<void>;
};

/**
 * The gate, with every change in the journal before anybody is answered: the store has it by then, and so have the
 * other processes. Where the journal cannot be written the caller hears of it, and the change stands all the same.
 */
export const journaledGate = (gate: Gate, store: Store, journal: RevocationJournal): Gate => ({
  ...gate,
  note: async (marks) => {
    await gate.note(marks);
    const reasons = await readReasons(store, marks);
    await journal.append(
      // That a token leaked is told by its reason.
      marks.flatMap(({ version: _, level, ...mark }) =>
        level === 'maker'
          ? []
          : [{ ...mark, level, reason: reasons.get(`${level}:${mark.subjectId}`) ?? null }],
      ),
    );
  },
});

async function readReasons(
  { db, tables: { epochs } }: Store,
  marks: readonly EpochMark[],
): Promise<Map<string, string | null>> {
  const ids = marks.map(({ level, subjectId }) => `${level}:${subjectId}`);
  const rows: { id: string; reason: string | null }[] = [];
  for (let at = 0; at < ids.length; at += 90) {
    const some = ids.slice(at, at + 90);
    rows.push(
      ...(await db
        .select({ id: epochs.id, reason: epochs.reason })
        .from(epochs)
        .where(inArray(epochs.id, some))),
    );
  }
  return new Map(rows.map(({ id, reason }) => [id, reason]));
}

const keptMark = 'revocation_journal';

/**
 * A journal with holes would bring back to life what it does not tell of: once a process has kept one, every process
 * does. `end` is the operator's word that none is kept from now on.
 */
export async function keepJournal(store: Store, way: 'kept' | 'none' | 'end'): Promise<void> {
  const { marks } = store.tables;
  const [row] = await store.db.select().from(marks).where(eq(marks.name, keptMark)).limit(1);
  if (way === 'end' && row) await store.write((db) => [db.delete(marks).where(eq(marks.name, keptMark))]);
  if (way === 'kept' && !row)
    await store.write((db) => [db.insert(marks).values({ name: keptMark, value: 1 }).onConflictDoNothing()]);
  if (way !== 'none' || !row) return;
  throw new PatchbayError('internal', {
    internal:
      'This installation keeps a revocation journal: set PATCHBAY_REVOCATION_JOURNAL to its file, also for commands. To keep none from now on, set it to "end" once.',
  });
}
