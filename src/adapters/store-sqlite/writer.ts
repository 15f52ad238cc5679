import type Database from 'better-sqlite3';
import { createJobs } from './jobs.ts';
import type { Send } from './turn.ts';

/** Who writes. `foreignWrites` changes when another process has written. */
export type Writer = { send: Send; foreignWrites(): number; close(): Promise<void> };

/** In the caller's own thread and connection: for commands and tests, where starting a thread costs more. */
export function createInlineWriter(file: Database.Database): Writer {
  const runJobs = createJobs(file);
  const dataVersion = file.prepare('PRAGMA data_version').pluck();
  const seen = { version: 0, isFresh: false };
  return {
    send: (jobs) => Promise.resolve(runJobs(jobs)),
    // Asked once a turn: the answer costs 10 µs, and what is decided within one turn is decided at one moment.
    foreignWrites: () => {
      if (seen.isFresh) return seen.version;
      seen.version = dataVersion.get() as number;
      seen.isFresh = true;
      setImmediate(() => {
        seen.isFresh = false;
      });
      return seen.version;
    },
    close: () => Promise.resolve(),
  };
}
