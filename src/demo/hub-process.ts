import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type HubProcess = { origin: string; logFile: string; stop: () => Promise<void> };

type Environment = Readonly<Record<string, string | undefined>>;

/** What chooses and sets up a hub; a database of the developer's above all. */
const ofAnotherHub = /^(PATCHBAY_|(LOG_LEVEL|HOST|DATABASE_URL|REDIS_URL)$)/;

/** The very thing that `npm start` runs, as a process of its own; its log goes to a file. */
export async function startHubProcess(options: {
  folder: string;
  attemptDeadlineMs: number;
  environment: Environment;
}): Promise<HubProcess> {
  const { folder, attemptDeadlineMs, environment } = options;
  const port = await freePort();
  const logFile = join(folder, 'hub.log');
  const log = openSync(logFile, 'a');
  const readTsx = new URL('../read-tsx.ts', import.meta.url).href;
  const start = fileURLToPath(new URL('../start.ts', import.meta.url));
  const child = spawn(process.execPath, [`--import=${readTsx}`, start], {
    env: {
      // What a developer has set for a hub of their own must not reach this one.
      ...Object.fromEntries(Object.entries(environment).filter(([name]) => !ofAnotherHub.test(name))),
      PATCHBAY_DATA: folder,
      PATCHBAY_ALLOW_LOOPBACK: '1',
      PATCHBAY_ATTEMPT_DEADLINE_MS: String(attemptDeadlineMs),
      PORT: String(port),
    },
    stdio: ['ignore', log, log],
    // A group of its own: ctrl-c is then ours alone, and the hub is stopped once, in order.
    detached: true,
  });
  closeSync(log);
  // Whatever ends this process must not leave a hub behind.
  const endToo = () => void child.kill('SIGTERM');
  process.once('exit', endToo);
  child.once('exit', () => process.off('exit', endToo));
  const origin = `http://127.0.0.1:${port}`;
  await answering(child, origin);
  return { origin, logFile, stop: () => stop(child) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // A server that listens on TCP has no other kind of address.
  server.close();
  await once(server, 'close');
  return port;
}

/** What the hub logged as a fault, newest last. */
export function lastErrors(folder: string): string[] {
  const file = join(folder, 'hub.log');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  // pino's level 50 is error; what is not JSON comes from Node itself, as a crash does.
  const isFault = (line: string) => (line.startsWith('{') ? line.includes('"level":50') : line.trim() !== '');
  return lines.filter((line) => isFault(line) && !line.startsWith('Patchbay listens')).slice(-20);
}

const patienceMs = 15_000;

async function answering(child: ChildProcess, origin: string): Promise<void> {
  const end = Date.now() + patienceMs;
  while (Date.now() < end && child.exitCode === null) {
    const isUp = await fetch(`${origin}/healthz`).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await stop(child);
  throw new Error('the hub did not start. The end of its log:');
}

/** As a supervisor would: asked to end, and ended if it does not. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await ended;
  clearTimeout(timer);
}
