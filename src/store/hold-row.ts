import { eq, sql } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable, SQLiteUpdateSetSource } from 'drizzle-orm/sqlite-core';
import type { Db } from '#src/ports';

/**
 * Changes nothing, and holds the row until the write ends. First in a write that counts before it adds: on Postgres, two
 * that count at once would each not see what the other is about to add.
 */
export function holdRow<T extends SQLiteTable & { id: SQLiteColumn }>(db: Db, table: T, id: string) {
  const same = { id: sql`${table.id}` } as unknown as SQLiteUpdateSetSource<T>; // The table has this column.
  return db.update(table).set(same).where(eq(table.id, id));
}
