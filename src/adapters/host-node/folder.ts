import { constants } from 'node:fs';
import { access, open, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderFacts } from '#src/doctor';

/** What `patchbay doctor` asks about the data folder. Makes nothing. */
export async function inspectFolder(path: string): Promise<FolderFacts> {
  const folder = await stat(path).catch(() => null);
  const keys = await stat(join(path, 'keys.json')).catch(() => null);
  const database = await stat(join(path, 'patchbay.db')).catch(() => null);
  const disk = await statfs(folder ? path : '.');
  const isWritable = await access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
  return {
    path,
    isThere: folder?.isDirectory() === true && database !== null,
    isWritable,
    keysMode: keys ? keys.mode & 0o777 : null,
    databaseBytes: database?.size ?? 0,
    isWal: database !== null && (await writeVersionOf(join(path, 'patchbay.db'))) === 2,
    freeBytes: disk.bavail * disk.bsize,
  };
}

/** Byte 18 of the header: 1 is the old journal, 2 the write-ahead log (SQLite, "Database File Format" §1.3.3). */
async function writeVersionOf(file: string): Promise<number | undefined> {
  const handle = await open(file, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(20), 0, 20, 0);
    return buffer[18];
  } finally {
    await handle.close();
  }
}
