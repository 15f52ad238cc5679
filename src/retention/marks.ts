import { and, eq, lte } from 'drizzle-orm';
import type { Store } from '#src/ports';
import type { Needs } from './purge.ts';

/** A mark's value, 0 where it is new. */
export async function readMark(store: Store, name: string): Promise<number> {
  const { marks } = store.tables;
  await store.write((db) => [db.insert(marks).values({ name, value: 0 }).onConflictDoNothing()]);
  const [row] = await store.db.select().from(marks).where(eq(marks.name, name)).limit(1);
  return row?.value ?? 0;
}

/** Whether it was at most `most` and this call has moved it: of several processes one is told yes. */
export async function claimMark(
  { store }: Needs,
  name: string,
  most: number,
  value: number,
): Promise<boolean> {
  const { marks } = store.tables;
  const [, claimed] = await store.write((db) => [
    db.insert(marks).values({ name, value: 0 }).onConflictDoNothing(),
    db
      .update(marks)
      .set({ value })
      .where(and(eq(marks.name, name), lte(marks.value, most)))
      .returning({ name: marks.name }),
  ]);
  return claimed.length > 0;
}

export async function writeMark(store: Store, name: string, value: number): Promise<void> {
  const { marks } = store.tables;
  await store.write((db) => [
    db.insert(marks).values({ name, value }).onConflictDoUpdate({ target: marks.name, set: { value } }),
  ]);
}
