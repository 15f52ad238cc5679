import type { Job, Outcome } from './jobs.ts';
import type { SqliteFile } from './open.ts';

/** What the event loop and the writer's thread say to each other. */
export type WriterSetup = SqliteFile & {
  /** One cell: rises when another process has written. */
  foreign: SharedArrayBuffer;
};
export type ToWriter = { number: number; jobs: Job[] } | 'close';
export type FromWriter = { number: number; outcomes: Outcome[] } | 'closed';
