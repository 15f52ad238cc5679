import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ServiceAbsent } from './provide.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** The last version before the schema first grew: the oldest that may run beside today's. */
const version = '3634572';

/** Its source, out of this repository's history, with our packages. `url` is the folder. */
export async function unpackPrevious(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-previous-'));
  const stop = () => rm(folder, { recursive: true, force: true });
  try {
    const tar = join(folder, 'source.tar');
    await run('git', ['archive', '--output', tar, version], { cwd: root });
    await run('tar', ['x', '-f', tar, '-C', folder]);
  } catch (cause) {
    await stop();
    throw new ServiceAbsent(`this copy has no history that reaches ${version} (git fetch --unshallow)`, {
      cause,
    });
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return { url: folder, stop };
}
