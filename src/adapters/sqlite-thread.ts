import { Worker } from 'node:worker_threads';
import type { Outcome } from './store-sqlite/jobs.ts';
import type { SqliteFile } from './store-sqlite/open.ts';
import type { FromWriter, ToWriter, WriterSetup } from './store-sqlite/protocol.ts';
import type { Writer } from './store-sqlite/writer.ts';

/** The writer in a thread of its own. Should the thread die, what it had not answered has failed, and a new one starts. */
export function createThreadWriter(file: SqliteFile): Writer {
  const foreign = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const cell = new Int32Array(foreign);
  const setup: WriterSetup = { ...file, foreign };
  const pending = new Map<number, { count: number; resolve: (outcomes: Outcome[]) => void }>();
  const state = { next: 0, isClosing: false, closed: (): void => {} };
  const thread = { worker: start() };

  return {
    send: (jobs) =>
      new Promise((resolve) => {
        const number = state.next++;
        pending.set(number, { count: jobs.length, resolve });
        // A promise alone keeps no process alive; a write that is under way does.
        thread.worker.ref();
        say({ number, jobs });
      }),
    foreignWrites: () => Atomics.load(cell, 0),
    close: async () => {
      state.isClosing = true;
      const closed = new Promise<void>((resolve) => {
        state.closed = resolve;
      });
      thread.worker.ref();
      say('close');
      await closed;
    },
  };

  function start(): Worker {
    // Beside this file in the bundle as in the source tree.
    const code = import.meta.url.endsWith('.ts') ? './sqlite-worker.ts' : './sqlite-worker.js';
    const worker = new Worker(new URL(code, import.meta.url), { workerData: setup });
    worker.on('message', hear);
    worker.on('error', (error: Error) => failAll(error.message));
    worker.on('exit', () => {
      state.closed();
      if (state.isClosing) return;
      failAll('the writing thread ended');
      thread.worker = start();
    });
    worker.unref();
    return worker;
  }

  function say(message: ToWriter): void {
    thread.worker.postMessage(message);
  }

  function hear(message: FromWriter): void {
    if (message === 'closed') return state.closed();
    const { number, outcomes } = message;
    const one = pending.get(number);
    pending.delete(number);
    if (pending.size === 0 && !state.isClosing) thread.worker.unref();
    one?.resolve(outcomes);
  }

  function failAll(message: string): void {
    for (const { count, resolve } of pending.values()) {
      resolve(Array.from({ length: count }, (): Outcome => ({ ok: false, code: 'SQLITE_IOERR', message })));
    }
    pending.clear();
  }
}
