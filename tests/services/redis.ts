import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { ownFolder } from './own-folder.ts';
import { provideProgram } from './provide.ts';

export type RedisServer = {
  url: string;
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
  /** Starts it again at the same address, empty. */
  start(): Promise<void>;
  /** SIGSTOP: its connections stay, nothing is answered. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
};

/** A Redis (or Valkey) of our own on a free port of 127.0.0.1, that keeps nothing on disk; `more` are its arguments. */
export async function startRedis(more: readonly string[] = []): Promise<RedisServer> {
  const program = await provideProgram(redisProgram);
  const folder = await ownFolder('redis');
  const port = await freePort();
  // noeviction: BullMQ loses jobs under any other policy (its documentation, "Going to production").
  const settings = [
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--maxmemory-policy',
    'noeviction',
    ...more,
  ];
  // set-proc-title: the command line goes on naming the folder, by which own-folder.ts knows the process.
  const place = ['--port', String(port), '--dir', folder, '--set-proc-title', 'no'];
  const running: { server: ChildProcess | null } = { server: null };
  const start = async () => {
    running.server = spawn(program, [...place, ...settings], { stdio: 'ignore' });
    await answersPing(port, running.server);
  };
  const kill = async () => {
    const { server } = running;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  const stop = async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  };

  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    start,
    freeze: () => void running.server?.kill('SIGSTOP'),
    thaw: () => void running.server?.kill('SIGCONT'),
    stop,
  };
}

export const redisProgram = {
  programs: ['redis-server', 'valkey-server'],
  folders: ['/usr/local/bin', '/opt/homebrew/bin'],
  package: 'redis-server',
};

async function answersPing(port: number, server: { exitCode: number | null }): Promise<void> {
  const tries = 200;
  for (let left = tries; left > 0; left -= 1) {
    if (server.exitCode !== null) throw new Error(`Redis ended with code ${server.exitCode} while starting`);
    if ((await ping(port)) === '+PONG') return;
    await pause(50);
  }
  throw new Error('Redis did not answer PING within 10 s');
}

async function ping(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write('PING\r\n');
    const [answer] = await once(socket, 'data');
    return String(answer).trim();
  } catch {
    // Not listening yet: the caller counts its tries.
    return '';
  } finally {
    socket.destroy();
  }
}
