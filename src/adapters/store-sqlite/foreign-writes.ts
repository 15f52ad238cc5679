import type Database from 'better-sqlite3';

/** Changes when another process has written. Asked once a turn: the answer costs 10 µs, and a turn is one moment. */
export function createForeignWrites(file: Database.Database): () => number {
  const dataVersion = file.prepare('PRAGMA data_version').pluck();
  const seen = { version: 0, isFresh: false };
  return () => {
    if (seen.isFresh) return seen.version;
    seen.version = dataVersion.get() as number;
    seen.isFresh = true;
    setImmediate(() => {
      seen.isFresh = false;
    });
    return seen.version;
  };
}
