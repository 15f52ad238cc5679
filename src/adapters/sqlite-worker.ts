import { parentPort, workerData } from 'node:worker_threads';
import { createJobs } from './store-sqlite/jobs.ts';
import { openSqliteFile } from './store-sqlite/open.ts';
import type { FromWriter, ToWriter, WriterSetup } from './store-sqlite/protocol.ts';

/**
 * The writer's thread. While it waits for the disk, the event loop that takes requests goes on, and what arrives
 * meanwhile shares the next commit.
 */
const setup = workerData as WriterSetup; // Written by sqlite-thread.ts of the same build.
const file = openSqliteFile(setup);
const runJobs = createJobs(file);
const foreign = new Int32Array(setup.foreign);
const dataVersion = file.prepare('PRAGMA data_version').pluck();
const waiting: Exclude<ToWriter, 'close'>[] = [];
/** How long a write by another process may stay unseen: a revocation by the command is one. */
const lookEveryMs = 10;

const say = (message: FromWriter): void => parentPort?.postMessage(message);
const look = (): void => void Atomics.store(foreign, 0, dataVersion.get() as number);
const looking = setInterval(look, lookEveryMs);
look();

parentPort?.on('message', (message: ToWriter) => {
  if (message === 'close') close();
  else if (waiting.push(message) === 1) setImmediate(flush);
});

function flush(): void {
  const turns = waiting.splice(0);
  const outcomes = runJobs(turns.flatMap(({ jobs }) => jobs));
  look();
  let at = 0;
  for (const { number, jobs } of turns) {
    say({ number, outcomes: outcomes.slice(at, at + jobs.length) });
    at += jobs.length;
  }
}

function close(): void {
  if (waiting.length > 0) flush();
  clearInterval(looking);
  file.close();
  say('closed');
  parentPort?.close();
}
