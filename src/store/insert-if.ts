import { getTableColumns, is, SQL, sql } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Db } from '#src/ports';

type Insert<T extends SQLiteTable> = { [K in keyof T['$inferInsert']]: T['$inferInsert'][K] | SQL };

/**
 * A row that is written only where `isTrue` holds, which reads what an earlier statement of the same write has left: a
 * decision is a WHERE. Not for tables whose key the database gives.
 */
export function insertIf<T extends SQLiteTable>(db: Db, table: T, values: Insert<T>, isTrue: SQL) {
  const list = Object.entries(getTableColumns(table)).map(([name, column]) => {
    const value: unknown = values[name as keyof Insert<T>] ?? null;
    if (is(value, SQL)) return value;
    // Postgres does not guess the type of a bare parameter in a select list.
    return sql`cast(${sql.param(value, column)} as ${sql.raw(column.getSQLType())})`;
  });
  return db.insert(table).select(sql`select ${sql.join(list, sql`, `)} where ${isTrue}`);
}
