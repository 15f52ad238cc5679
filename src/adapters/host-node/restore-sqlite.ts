import { chmodSync, copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { backupMark } from '#src/access';
import { PatchbayError } from '#src/errors';
import { syncFile } from './backup-sqlite.ts';
import { migrationsIn } from './inspect-database.ts';
import { makeFolder } from './make-folder.ts';

export type RestoreAsk = {
  folder: string;
  from: string;
  migrationsFolder: string;
  nowMs: number;
  /** The operator's word, for a database that is too broken to ask. */
  isHubStopped: boolean;
};
/** Where the database that was there has gone; null where none was. */
export type Restored = { keptAside: string | null };

/**
 * Puts a backup in the place of the database. Until `patchbay restored` has run, the file carries a mark that the hub
 * refuses to start on, so a crash anywhere between leaves nothing that could run.
 */
export function restoreSqlite(ask: RestoreAsk): Restored {
  const { folder, from, nowMs } = ask;
  const place = join(folder, 'patchbay.db');
  const staged = join(folder, 'patchbay.db.restoring');
  if (!existsSync(from)) throw refused(`There is no file ${from}.`);
  makeFolder(folder);
  try {
    copyFileSync(from, staged);
    chmodSync(staged, 0o600);
    prepare(staged, ask);
    syncFile(staged);
    const keptAside = existsSync(place)
      ? join(folder, `patchbay.db.before-${new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-')}`)
      : null;
    const release = keptAside ? takeAlone(place, ask.isHubStopped) : () => {};
    try {
      // A log that is left (of a file too broken to fold it in) would be played into the new one.
      for (const end of ['', '-wal'])
        if (keptAside && existsSync(place + end)) renameSync(place + end, keptAside + end);
      rmSync(`${place}-shm`, { force: true });
      renameSync(staged, place);
      syncFile(folder);
    } finally {
      release();
    }
    return { keptAside };
  } catch (error) {
    rmSync(staged, { force: true });
    throw error;
  }
}

function prepare(staged: string, { from, migrationsFolder }: RestoreAsk): void {
  try {
    const file = new Database(staged, { fileMustExist: true });
    try {
      if (file.pragma('integrity_check', { simple: true }) !== 'ok') throw refused(`${from} is damaged.`);
      file.prepare('insert or ignore into marks (name, value) values (?, 0)').run(backupMark);
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof PatchbayError) throw error;
    throw new PatchbayError('state_conflict', { public: `${from} is no backup of a hub.`, cause: error });
  }
  if (migrationsIn(staged, migrationsFolder).unknown > 0)
    throw refused(
      `${from} was made by a newer version of Patchbay; restore it with that version or a later one.`,
    );
}

/**
 * SQLite leaves the write-ahead log only for a connection that is alone on the file, so this fails while any other
 * process has it open. It also folds the log into the file, which is then whole by itself.
 */
function takeAlone(place: string, isHubStopped: boolean): () => void {
  try {
    const file = new Database(place, { timeout: 0, fileMustExist: true });
    try {
      file.pragma('locking_mode = EXCLUSIVE');
      file.pragma('journal_mode = DELETE');
    } catch (error) {
      file.close();
      throw error;
    }
    return () => file.close();
  } catch (error) {
    const isBusy = error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
    if (isBusy) throw refused('A hub or a command runs on this data folder. Stop it first.', error);
    if (isHubStopped) return () => {};
    throw refused(
      'The database that is there cannot be read, so nobody can tell whether a hub runs on it. Stop the hub, then say so with --hub-is-stopped.',
      error,
    );
  }
}

const refused = (text: string, cause?: unknown): PatchbayError =>
  new PatchbayError('state_conflict', { public: text, cause });
