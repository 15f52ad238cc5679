import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * As `mkdir -p`. Node's own never comes back where a folder is there and takes none (`/proc` answers ENOENT): it makes the
 * parent, which is there, and tries again.
 */
export function makeFolder(path: string): void {
  // Of what is there it only asks whether that is a folder.
  if (existsSync(path)) return void mkdirSync(path, { recursive: true });
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const folder of missing) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another process may have made it meanwhile.
      if (!existsSync(folder)) throw error;
    }
  }
}
