import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compiledOnce } from '../faults/hub-child.ts';

export type Ran = { code: number | null; out: string; err: string };
export type Running = {
  child: ReturnType<typeof spawn>;
  seen: { out: string; err: string };
  done: Promise<Ran>;
};

/** As bundled at the start of the run (tests/services/lend.ts). */
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** The real command, in a process of its own, on this data folder. */
export function start(folder: string, args: string[], environment: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [cli, '--data', folder, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...compiledOnce, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const seen = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (seen.out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (seen.err += chunk.toString('utf8')));
  const done = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...seen }));
  });
  return { child, seen, done };
}

export const patchbay = (
  folder: string,
  args: string[],
  environment: Record<string, string> = {},
): Promise<Ran> => start(folder, args, environment).done;
