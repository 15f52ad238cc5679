import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownFolder } from './own-folder.ts';

test('what a killed run left behind is ended by the next, and nothing else', async () => {
  const service = `proof${process.pid}`;
  const dead = await endedPid();
  const left = join(tmpdir(), `patchbay-${service}-${dead}-left`);
  const ours = join(tmpdir(), `patchbay-${service}-${process.pid}-ours`);
  await Promise.all([mkdir(left), mkdir(ours)]);
  const abandoned = idle(left);
  const living = idle(ours);
  await Promise.all([once(abandoned, 'spawn'), once(living, 'spawn')]);

  const ended = once(abandoned, 'exit');
  const folder = await ownFolder(service);
  const [, signal] = await ended;
  expect(signal).toBe('SIGQUIT');
  expect([existsSync(left), existsSync(ours), existsSync(folder)]).toEqual([false, true, true]);
  expect(living.exitCode ?? living.signalCode).toBeNull();

  living.kill();
  await Promise.all([ours, folder].map(async (path) => rm(path, { recursive: true })));
});

/** A process that has a folder in its command line and does nothing. */
function idle(folder: string) {
  return spawn(process.execPath, ['-e', 'setInterval(() => undefined, 60_000)', folder], { stdio: 'ignore' });
}

async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid!;
}
