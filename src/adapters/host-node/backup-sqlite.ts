import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { backupMark } from '#src/access';
import { PatchbayError } from '#src/errors';

export type Backup = { file: string; bytes: number; events: number };

/**
 * One whole, checked copy of the database, while the hub goes on writing: a single read transaction, so neither waits
 * for the other. The copy carries a mark that the hub refuses to start on: it knows nothing of what was revoked after
 * it, and whoever puts it back has to say what becomes of that (`patchbay restore`).
 */
export function backupSqlite(folder: string, to: string, nowMs: number): Backup {
  const source = join(folder, 'patchbay.db');
  if (!existsSync(source)) throw refused(`There is no database in ${folder}.`);
  if (existsSync(to)) throw refused(`${to} is there already; a backup takes nothing's place.`);
  const partial = `${to}.partial`;
  rmSync(partial, { force: true });
  try {
    copyInto(source, partial);
    const events = finish(partial, nowMs);
    syncFile(partial);
    renameSync(partial, to);
    syncFile(dirname(resolve(to)));
    return { file: to, bytes: statSync(to).size, events };
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

function copyInto(source: string, partial: string): void {
  // SQLite writes into a file that is there and empty: so nobody else could ever read it.
  closeSync(openSync(partial, 'wx', 0o600));
  const from = new Database(source, { timeout: 5_000, fileMustExist: true });
  try {
    from.prepare('VACUUM INTO ?').run(partial);
  } finally {
    from.close();
  }
}

function finish(partial: string, nowMs: number): number {
  const copy = new Database(partial, { fileMustExist: true });
  try {
    const verdict = copy.pragma('integrity_check', { simple: true });
    if (verdict !== 'ok') throw refused(`The copy is not whole, so the database is not: ${String(verdict)}`);
    copy.prepare('insert or replace into marks (name, value) values (?, ?)').run(backupMark, nowMs);
    return copy.prepare('select count(*) from events').pluck().get() as number;
  } finally {
    copy.close();
  }
}

/** A file's bytes, or a folder's names, are on the disk when this returns. */
export function syncFile(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const refused = (text: string): PatchbayError => new PatchbayError('state_conflict', { public: text });
