import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { DatabaseFacts, MigrationFacts } from '#src/doctor';
import { inspectPostgres } from './inspect-postgres.ts';

/** `migrationsFolder` holds `sqlite/` and `postgres/`. */
export type DatabaseAsk = { folder: string; databaseUrl: string | null; migrationsFolder: string };

/** Reads and changes nothing, not even the schema. */
export async function inspectDatabase(ask: DatabaseAsk): Promise<DatabaseFacts> {
  const { databaseUrl, folder, migrationsFolder } = ask;
  const kind = databaseUrl === null ? 'sqlite' : 'postgres';
  const place = databaseUrl === null ? join(folder, 'patchbay.db') : placeOf(databaseUrl);
  const migrationsOfKind = join(migrationsFolder, kind);
  try {
    if (databaseUrl === null) {
      const migrations = existsSync(place) ? migrationsIn(place, migrationsOfKind) : null;
      return { kind, place, fault: null, migrations, aheadMs: null };
    }
    const { missing, unknown, clockAheadMs } = await inspectPostgres(
      'DATABASE_URL',
      databaseUrl,
      migrationsOfKind,
    );
    return { kind, place, fault: null, migrations: { missing, unknown }, aheadMs: clockAheadMs };
  } catch (error) {
    return { kind, place, fault: wordsOf(error), migrations: null, aheadMs: null };
  }
}

/** Of a SQLite file; throws where it is none. */
export function migrationsIn(path: string, migrationsFolder: string): MigrationFacts {
  const known = readMigrationFiles({ migrationsFolder }).map(({ folderMillis }) => folderMillis);
  // Not read-only: such a connection leaves the files of the write-ahead log behind.
  const file = new Database(path, { fileMustExist: true });
  try {
    const isMigrated = file.prepare(`select 1 from sqlite_master where name = '__drizzle_migrations'`).get();
    const rows = isMigrated ? file.prepare('select created_at from __drizzle_migrations').pluck().all() : [];
    const applied = new Set(rows.map(Number));
    return {
      missing: known.filter((at) => !applied.has(at)).length,
      unknown: [...applied].filter((at) => !known.includes(at)).length,
    };
  } finally {
    file.close();
  }
}

/** Without user and password: what a person may read aloud. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return host + pathname;
}

/** Some drivers put several tries into one AggregateError, which has no message of its own. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
