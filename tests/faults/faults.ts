import { setTimeout as pause } from 'node:timers/promises';
import type { Member } from './member.ts';
import { leaseMs, type Stand } from './stand.ts';
import type { Cluster } from './stand-cluster.ts';

export type Blow<S> = {
  stand: S;
  /** Counts from 0: members take turns. */
  round: number;
  /** How long Redis is paused. */
  redisPauseMs: number;
  /** Resolves once everything accepted so far has arrived, the fault still standing. */
  recovered(): Promise<void>;
};

export type Fault<S> = {
  name: string;
  title: string;
  /** Of the times asked for; for what takes long. */
  share?: number;
  /** How long endpoints take to answer, at most; 30 ms where nothing is said. */
  answerWithinMs?: number;
  /** Does it, and mends what does not mend itself. */
  strike(blow: Blow<S>): Promise<void>;
};

/** As a supervisor does that waits a second. */
const supervisedAfterMs = 1_000;
const partitionMs = 5_000;
const pastLeaseMs = leaseMs + 3_000;

const kill = async (members: Member[]): Promise<void> => {
  await Promise.all(members.map((member) => member.kill()));
  await pause(supervisedAfterMs);
  await Promise.all(members.map((member) => member.start()));
};
const turn = <T>(all: T[], round: number): T => all[round % all.length]!;

/** On one process. */
export const embeddedFaults: Fault<Stand>[] = [
  {
    name: 'embedded-kill',
    title: 'SQLite, one process: kill -9, started again after 1 s',
    strike: ({ stand }) => kill(stand.workers),
  },
];

/** On PostgreSQL with Redis. */
export const postgresFaults: Fault<Cluster>[] = [
  {
    name: 'kill-api',
    title: 'kill -9 an API process, started again after 1 s',
    strike: ({ stand, round }) => kill([turn(stand.apis, round)]),
  },
  {
    name: 'kill-worker',
    title: 'kill -9 a worker, the other one left alone with it',
    strike: async ({ stand, round, recovered }) => {
      const worker = turn(stand.workers, round);
      await worker.kill();
      await recovered();
      await worker.start();
    },
  },
  {
    name: 'kill-workers',
    title: 'kill -9 both workers, started again after 1 s',
    strike: ({ stand }) => kill(stand.workers),
  },
  {
    name: 'freeze-worker',
    title: `a worker frozen for ${pastLeaseMs / 1_000} s (its lease is ${leaseMs / 1_000} s), and thawed`,
    // So that a good deal is under way at that moment.
    answerWithinMs: 300,
    strike: async ({ stand, round }) => {
      const worker = turn(stand.workers, round);
      worker.freeze();
      await pause(pastLeaseMs);
      worker.thaw();
    },
  },
  {
    name: 'postgres-restart',
    title: 'PostgreSQL restarted, down for 1 s',
    strike: async ({ stand: { postgres } }) => {
      await postgres.shutDown();
      await pause(supervisedAfterMs);
      await postgres.start();
    },
  },
  {
    name: 'postgres-kill',
    title: 'kill -9 PostgreSQL, started again after 1 s',
    strike: async ({ stand: { postgres } }) => {
      await postgres.kill();
      await pause(supervisedAfterMs);
      await postgres.start();
    },
  },
  {
    name: 'postgres-silent',
    title: `a worker cut off from PostgreSQL without a word for ${pastLeaseMs / 1_000} s`,
    strike: async ({ stand, round }) => {
      const { postgres } = turn(stand.wires, round);
      postgres.swallow();
      await pause(pastLeaseMs);
      postgres.mend();
    },
  },
];

/** On PostgreSQL without Redis: what Redis is not there to do. */
export const aloneFaults: Fault<Cluster>[] = postgresFaults
  .filter(({ name }) => ['kill-worker', 'postgres-restart'].includes(name))
  .map((fault) => ({ ...fault, name: `alone-${fault.name}`, title: `PostgreSQL alone: ${fault.title}` }));

/** On Redis, with PostgreSQL. */
export const redisFaults: Fault<Cluster>[] = [
  {
    name: 'redis-restart',
    title: 'kill -9 Redis, started again empty after 2 s',
    strike: async ({ stand: { redis } }) => {
      await redis!.kill();
      await pause(2 * supervisedAfterMs);
      await redis!.start();
    },
  },
  {
    name: 'redis-pause',
    title: 'Redis paused for 30 s',
    share: 0.2,
    strike: async ({ stand: { redis }, redisPauseMs }) => {
      redis!.freeze();
      await pause(redisPauseMs);
      redis!.thaw();
    },
  },
  {
    name: 'redis-cut',
    title: `a worker's connections to Redis reset and refused for ${partitionMs / 1_000} s`,
    strike: async ({ stand, round }) => {
      const { redis } = turn(stand.wires, round);
      redis!.cut();
      await pause(partitionMs);
      redis!.mend();
    },
  },
  {
    name: 'redis-silent',
    title: `a worker cut off from Redis without a word for ${partitionMs / 1_000} s`,
    strike: async ({ stand, round }) => {
      const { redis } = turn(stand.wires, round);
      redis!.swallow();
      await pause(partitionMs);
      redis!.mend();
    },
  },
];
