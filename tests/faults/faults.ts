import type { Member } from './member.ts';
import type { Pace } from './publishers.ts';
import { leaseMs, type Stand } from './stand.ts';
import type { Cluster } from './stand-cluster.ts';

export type Fault<S> = {
  name: string;
  title: string;
  /** Of the times asked for; for what takes long. */
  share?: number;
  /** How long endpoints take to answer, at most; 100 ms where nothing is said. */
  answerWithinMs?: number;
  /** A lighter load than the others bear. */
  pace?: Pace;
  /** What is expanded later may overtake within its subject. */
  isUnordered?: true;
  /** Resolves when the harm is done. Rounds count from 0, and members take turns by them. */
  strike(stand: S, round: number): Promise<unknown> | void;
  /** Until it is mended: so many milliseconds, or until all that was accepted has arrived all the same. */
  holds: number | 'until recovered';
  mend(stand: S, round: number): Promise<unknown> | void;
};

/** As a supervisor does that waits a second. */
const supervisedMs = 1_000;
const partitionMs = 5_000;
const pastLeaseMs = leaseMs + 3_000;

const killAll = (members: Member[]) => Promise.all(members.map((member) => member.kill()));
const startAll = (members: Member[]) => Promise.all(members.map((member) => member.start()));
const turn = <T>(all: T[], round: number): T => all[round % all.length]!;

/** On one process. */
export const embeddedFaults: Fault<Stand>[] = [
  {
    name: 'embedded-kill',
    title: 'SQLite, one process: kill -9, started again after 1 s',
    strike: ({ workers }) => killAll(workers),
    holds: supervisedMs,
    mend: ({ workers }) => startAll(workers),
  },
];

/** On PostgreSQL with Redis. */
export const postgresFaults: Fault<Cluster>[] = [
  {
    name: 'kill-api',
    title: 'kill -9 an API process, started again after 1 s',
    strike: ({ apis }, round) => turn(apis, round).kill(),
    holds: supervisedMs,
    mend: ({ apis }, round) => turn(apis, round).start(),
  },
  {
    name: 'kill-worker',
    title: 'kill -9 a worker, started again when the other one had done all',
    strike: ({ workers }, round) => turn(workers, round).kill(),
    holds: 'until recovered',
    mend: ({ workers }, round) => turn(workers, round).start(),
  },
  {
    name: 'kill-workers',
    title: 'kill -9 both workers, started again after 1 s',
    strike: ({ workers }) => killAll(workers),
    holds: supervisedMs,
    mend: ({ workers }) => startAll(workers),
  },
  {
    name: 'freeze-worker',
    title: `a worker frozen for ${pastLeaseMs / 1_000} s, longer than its lease`,
    // So that a good deal is under way at that moment.
    answerWithinMs: 300,
    strike: ({ workers }, round) => turn(workers, round).freeze(),
    holds: pastLeaseMs,
    mend: ({ workers }, round) => turn(workers, round).thaw(),
  },
  {
    name: 'postgres-restart',
    title: 'PostgreSQL stopped, started again after 1 s',
    strike: ({ postgres }) => postgres.shutDown(),
    holds: supervisedMs,
    mend: ({ postgres }) => postgres.start(),
  },
  {
    name: 'postgres-kill',
    title: 'kill -9 PostgreSQL, started again after 1 s',
    strike: ({ postgres }) => postgres.kill(),
    holds: supervisedMs,
    mend: ({ postgres }) => postgres.start(),
  },
  {
    name: 'postgres-silent',
    title: `a worker cut off from PostgreSQL for ${pastLeaseMs / 1_000} s, packets lost`,
    strike: ({ wires }, round) => turn(wires, round).postgres.swallow(),
    holds: pastLeaseMs,
    mend: ({ wires }, round) => turn(wires, round).postgres.mend(),
  },
];

/** On PostgreSQL without Redis: what Redis is not there to do. */
export const aloneFaults: Fault<Cluster>[] = postgresFaults
  .filter(({ name }) => ['kill-worker', 'postgres-restart'].includes(name))
  .map((fault) => ({
    ...fault,
    name: `alone-${fault.name}`,
    share: 0.5,
    title: `PostgreSQL alone: ${fault.title}`,
  }));

/** Where an event's deliveries are written after its 202, by durable tasks. */
export const expandingFaults: Fault<Cluster>[] = postgresFaults
  .filter(({ name }) => name === 'kill-workers')
  .map((fault) => ({
    ...fault,
    name: `${fault.name}-expanding`,
    share: 0.5,
    title: `${fault.title}; events expanded by tasks`,
    pace: { singles: 2, singlePauseMs: 250, batch: 4, batchPauseMs: 1_000 },
    isUnordered: true,
  }));

/** On Redis, with PostgreSQL. */
export const redisFaults: Fault<Cluster>[] = [
  {
    name: 'redis-restart',
    title: 'kill -9 Redis, started again after 2 s, empty',
    strike: ({ redis }) => redis?.kill(),
    holds: 2_000,
    mend: ({ redis }) => redis?.start(),
  },
  {
    name: 'redis-pause',
    title: 'Redis paused for 30 s',
    share: 0.2,
    strike: ({ redis }) => redis?.freeze(),
    holds: 30_000,
    mend: ({ redis }) => redis?.thaw(),
  },
  {
    name: 'redis-cut',
    title: `a worker cut off from Redis for ${partitionMs / 1_000} s, connections reset`,
    strike: ({ wires }, round) => turn(wires, round).redis?.cut(),
    holds: partitionMs,
    mend: ({ wires }, round) => turn(wires, round).redis?.mend(),
  },
  {
    name: 'redis-silent',
    title: `a worker cut off from Redis for ${partitionMs / 1_000} s, packets lost`,
    strike: ({ wires }, round) => turn(wires, round).redis?.swallow(),
    holds: partitionMs,
    mend: ({ wires }, round) => turn(wires, round).redis?.mend(),
  },
];
