import type Database from 'better-sqlite3';

export type Value = string | number | null;

/**
 * Writes rows of one table, many to a statement: what a statement costs by itself (a call into SQLite, the counter of an
 * AUTOINCREMENT, the changes that it reports) is paid once for them. `row` is the `(?, …)` of one; the values come as one
 * list, row after row.
 */
export function createInsert(
  file: Database.Database,
  head: string,
  row: string,
  tail = '',
): (values: readonly Value[]) => void {
  const width = row.split('?').length - 1;
  const statements = rowsAtOnce.map((rows) => ({
    length: rows * width,
    insert: file.prepare(`${head} VALUES ${Array.from({ length: rows }, () => row).join(', ')} ${tail}`),
  }));
  return (values) => {
    let at = 0;
    for (const { length, insert } of statements) {
      for (; values.length - at >= length; at += length) insert.run(values.slice(at, at + length));
    }
  };
}

/** Past sixteen nothing more is gained. */
const rowsAtOnce = [16, 4, 1];
