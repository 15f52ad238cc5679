import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

/** Where Node keeps what it has compiled (tests/services/lend.ts): what starts again starts a quarter sooner. */
const compiled = process.env['NODE_COMPILE_CACHE'];
export const compiledOnce: Record<string, string> = compiled ? { NODE_COMPILE_CACHE: compiled } : {};

/** A program of the hub in a process of its own, so that it can be killed like one. */
export type Child = {
  child: ChildProcess;
  /** What it printed, both streams. */
  output: string[];
  kill(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
};
export type HubChild = Child & { origin: string };

/** The bundle starts in a third of the time, which ten restarts notice. A run of the tests has built it already. */
export async function buildStart(): Promise<string> {
  if (process.env['PATCHBAY_TESTS_BUILT'] !== '1')
    await promisify(execFile)(process.execPath, ['src/build.ts']);
  return 'dist/start.js';
}

/** Resolves once it listens; rejects with what it printed when it ends before. */
export async function startChild(
  entry: string,
  environment: Record<string, string>,
  args: readonly string[] = [],
): Promise<HubChild> {
  const { ready, ...child } = await startProgram(
    [entry, ...args],
    { PORT: '0', ...environment },
    /listens on (http:\/\/127\.0\.0\.1:\d+)/,
  );
  return { ...child, origin: ready };
}

/** Resolves once it has printed what `isReady` captures. */
export async function startProgram(
  args: readonly string[],
  environment: Record<string, string>,
  isReady: RegExp,
): Promise<Child & { ready: string }> {
  const child = spawn(process.execPath, args, {
    env: {
      PATH: process.env['PATH'] ?? '',
      ...compiledOnce,
      LOG_LEVEL: 'warn',
      PATCHBAY_ALLOW_LOOPBACK: '1',
      PATCHBAY_CREATES_PER_MINUTE: '1000000',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const ready = new Promise<string>((resolve, reject) => {
    const take = (chunk: Buffer) => {
      output.push(chunk.toString('utf8'));
      const found = isReady.exec(output.join(''));
      if (found?.[1]) resolve(found[1]);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('exit', () => reject(new Error(`it ended before it was ready: ${output.join('')}`)));
  });
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  return {
    ready: await ready,
    child,
    output,
    kill: async (signal) => {
      child.kill(signal);
      const [code, by] = await ended;
      return { code, signal: by };
    },
  };
}
