import { execFile } from 'node:child_process';
import { glob, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * A temporary folder for one server, named after the process that owns it. A run that was killed cannot stop
 * its servers, so the next one that starts a server of that kind first ends those whose owner is gone.
 */
export async function ownFolder(service: string): Promise<string> {
  const prefix = join(tmpdir(), `patchbay-${service}-`);
  for await (const folder of glob(`${prefix}*-*`)) {
    const owner = Number(basename(folder).split('-')[2]);
    if (Number.isInteger(owner) && !isAlive(owner)) await abandon(folder);
  }
  return mkdtemp(`${prefix}${process.pid}-`);
}

/** Ends what runs on a folder and removes it. Only a process that names the folder in its command is ended. */
async function abandon(folder: string): Promise<void> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,args=']);
  for (const line of stdout.split('\n').filter((each) => each.includes(folder))) {
    endProcess(Number(line.trim().split(/\s+/)[0]));
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function endProcess(pid: number): void {
  try {
    // SIGQUIT is PostgreSQL's immediate shutdown, which takes its children along; Redis ends by it as well.
    process.kill(pid, 'SIGQUIT');
  } catch (error) {
    // ESRCH: it ended between the listing and now, which is what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
