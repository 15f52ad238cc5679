import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

/** A hub in a process of its own, so that it can be killed like one. */
export type HubChild = {
  origin: string;
  child: ChildProcess;
  /** What it printed, both streams. */
  output: string[];
  kill(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
};

/** The bundle starts in a third of the time, which ten restarts notice. */
export async function buildStart(): Promise<string> {
  await promisify(execFile)(process.execPath, ['src/build.ts', 'src/start.ts']);
  return 'dist/start.js';
}

/** Resolves once it listens; rejects with what it printed when it ends before. */
export async function startChild(
  entry: string,
  environment: Record<string, string>,
  args: readonly string[] = [],
): Promise<HubChild> {
  const child = spawn(process.execPath, [entry, ...args], {
    env: {
      PATH: process.env['PATH'] ?? '',
      PORT: '0',
      LOG_LEVEL: 'warn',
      PATCHBAY_ALLOW_LOOPBACK: '1',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const port = new Promise<string>((resolve, reject) => {
    const take = (chunk: Buffer) => {
      output.push(chunk.toString('utf8'));
      const found = /listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(output.join(''));
      if (found?.[1]) resolve(found[1]);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('exit', () => reject(new Error(`the hub ended before it listened: ${output.join('')}`)));
  });
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  return {
    origin: `http://127.0.0.1:${await port}`,
    child,
    output,
    kill: async (signal) => {
      child.kill(signal);
      const [code, by] = await ended;
      return { code, signal: by };
    },
  };
}
