import Database from 'better-sqlite3';

export type SqliteFile = { file: string; busyTimeoutMs?: number | undefined };

/** A connection as every one of ours is: WAL, and durable at each commit. */
export function openSqliteFile({ file: path, busyTimeoutMs }: SqliteFile): Database.Database {
  const file = new Database(path, { timeout: busyTimeoutMs ?? 5_000 });
  file.pragma('journal_mode = WAL');
  // better-sqlite3 falls back to NORMAL when WAL is set: FULL comes after it, or a power cut loses accepted events.
  file.pragma('synchronous = FULL');
  file.pragma('cache_size = -65536');
  file.pragma('temp_store = MEMORY');
  // 16 MiB of log between checkpoints: a page that is written often goes to the file once, not a dozen times; and what
  // waits for a checkpoint waits for tens of milliseconds, not for twice that (docs/performance.md).
  file.pragma('wal_autocheckpoint = 4000');
  return file;
}
