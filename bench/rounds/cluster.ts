import { cluster as clusterHost } from '../../tests/hosts/cluster.ts';
import { edge } from '../../tests/hosts/edge.ts';
import { embedded } from '../../tests/hosts/embedded.ts';
import type { ClusterHome } from '../cluster.ts';
import { withCluster } from '../cluster.ts';
import { deliverOne, measureFanOut, subscribeAll } from '../measures/fan-out.ts';
import { measureHanging } from '../measures/hanging.ts';
import { measureNeighbour } from '../measures/neighbour.ts';
import { measurePublish } from '../measures/publish.ts';
import { measureRevocation } from '../measures/revocation.ts';
import { runProgram } from '../programs.ts';
import { seedClusterHistory } from '../seed-cluster.ts';
import type { Target } from '../target.ts';
import { bookingTemplate, templateBytes } from '../template.ts';
import type { Bench } from './bench.ts';

const DATABASE = 'bench_round';
const HISTORY = 'bench_history';
/** A broadcast of a request for proposals: as many as one event may match before it is expanded by a task. */
const BROADCAST = 1_000;
const HANGING = 1_000;
const REVOCATIONS = { each: 40, quick: 5 };
const ALTERNATIONS = 3;

/** What PostgreSQL and BullMQ do alone. */
export async function measureClusterCeilings(bench: Bench): Promise<void> {
  const home = homeOf(bench);
  const bytes = String(templateBytes(bookingTemplate([`acc_${'0'.repeat(26)}`])));
  const seconds = String(bench.options.seconds * 0.7);
  for (const rows of [1, 64]) {
    const args = [home.postgresUrl, String(rows), seconds, bytes];
    const found = await runProgram<{ perSecond: number }>({ file: './ceilings/postgres.ts', args });
    bench.figures.note({ [`postgres.${rows}`]: found.perSecond });
  }
  const before = await home.usage();
  const startedAt = performance.now();
  const jobs = await runProgram<{ perSecond: number; micros: number }>({
    file: './ceilings/bullmq.ts',
    args: [home.redisUrl, seconds],
  });
  const count = (jobs.perSecond * (performance.now() - startedAt)) / 1_000;
  const redisMs = (await home.usage()).redisMs - before.redisMs;
  bench.figures.note({
    bullmq: jobs.perSecond,
    'bullmq.micros': jobs.micros,
    'bullmq.redis.micros': (redisMs * 1_000) / count,
  });
}

/** One process that takes requests, one that sends. */
export async function measureClusterOne(bench: Bench): Promise<void> {
  const { figures, options, sink } = bench;
  const home = homeOf(bench);
  await inCluster(bench, 1, async (hub) => {
    const found = await measurePublish(hub, eventsOf(hub), options.seconds);
    figures.note({ 'cluster.single': found.single, 'cluster.fifty': found.fifty });
  });
  await inCluster(bench, 1, async (hub) => {
    await ready(hub, bench, 1);
    const found = await measureFanOut(hub, sink, {
      events: eventsOf(hub),
      fanOut: 1,
      seconds: options.seconds,
    });
    figures.note({ 'cluster.fan1': found.eventsPerSecond });
  });
  await inCluster(bench, 1, async (hub) => {
    await ready(hub, bench, 10);
    const before = { ...(await home.usage()), jobs: await home.jobs() };
    const wish = { events: eventsOf(hub), fanOut: 10, seconds: options.seconds };
    const found = await measureFanOut(hub, sink, wish);
    const after = await home.usage();
    const jobs = (await home.jobs()) - before.jobs;
    figures.note({
      'cluster.fan10': found.deliveriesPerSecond,
      'cluster.fan10.micros': found.micros,
      'cluster.memory': found.memory,
      'cluster.jobs': jobs / found.deliveriesInAll,
      'cluster.redis.micros': ((after.redisMs - before.redisMs) * 1_000) / found.deliveriesInAll,
      'cluster.postgres.micros': ((after.postgresMs - before.postgresMs) * 1_000) / found.deliveriesInAll,
    });
  });
}

export async function measureClusterTwo(bench: Bench): Promise<void> {
  const { figures, options, sink } = bench;
  await inCluster(bench, 2, async (hub) => {
    await ready(hub, bench, 10);
    const wish = { events: eventsOf(hub), fanOut: 10, seconds: options.seconds, senders: 2 };
    const found = await measureFanOut(hub, sink, wish);
    figures.note({
      'cluster.two.fan10': found.deliveriesPerSecond,
      'cluster.two.fan10.micros': found.micros,
    });
  });
}

export async function measureBroadcast(bench: Bench): Promise<void> {
  const { figures, options, sink } = bench;
  await inCluster(bench, 1, async (hub) => {
    await ready(hub, bench, BROADCAST);
    const wish = { events: eventsOf(hub), fanOut: BROADCAST, seconds: options.seconds, firstEvents: 2 };
    figures.note({ 'cluster.fan1000': (await measureFanOut(hub, sink, wish)).deliveriesPerSecond });
  });
}

export async function measureClusterFairness(bench: Bench): Promise<void> {
  const { figures, options, sink } = bench;
  await inCluster(bench, 1, async (hub) => {
    const { p95Alone, p95Beside, arrived } = await measureNeighbour(hub, sink, options.seconds * 1.3);
    figures.note({
      'neighbour.alone': p95Alone,
      'neighbour.beside': p95Beside,
      'neighbour.arrived': arrived,
    });
  });
  await inCluster(bench, 1, async (hub) => {
    const perSecond = figures.median('cluster.fan10') ?? 4_000;
    const wish = {
      count: options.isQuick ? 100 : HANGING,
      eventsPerSecond: perSecond / 10,
      seconds: options.seconds,
    };
    const { before, during, isHanging } = await measureHanging(hub, sink, wish);
    figures.note({ 'hanging.before': before, 'hanging.during': during, 'hanging.count': isHanging });
  });
}

/** Filled once, and the rounds alternate between the empty database and the full one. */
export async function measureClusterHistory(bench: Bench): Promise<void> {
  const { figures, options, sink } = bench;
  const home = homeOf(bench);
  await withCluster(home, { workers: 1, database: HISTORY }, async (hub) => {
    await subscribeAll(hub, sink, { group: 'history', count: 1 });
    await deliverOne(hub, sink, eventsOf(hub), 1);
  });
  await home.query('postgres', `DROP DATABASE IF EXISTS ${HISTORY}_empty`);
  await home.query('postgres', `CREATE DATABASE ${HISTORY}_empty TEMPLATE ${HISTORY}`);
  await seedClusterHistory(home, HISTORY, options.history);
  for (let turn = 0; turn < (options.isQuick ? 1 : ALTERNATIONS); turn += 1) {
    for (const [name, from] of [
      ['empty', `${HISTORY}_empty`],
      ['full', HISTORY],
    ] as const) {
      await withCluster(home, { workers: 1, database: DATABASE, from }, async (hub) => {
        const before = await home.usage();
        const wish = { events: eventsOf(hub), fanOut: 1, seconds: options.seconds * 0.7 };
        const found = await measureFanOut(hub, sink, wish);
        const used = (await home.usage()).postgresMs - before.postgresMs;
        figures.note({
          [`cluster.history.${name}.micros`]: found.micros + (used * 1_000) / found.deliveriesInAll,
        });
      });
    }
  }
}

export async function measureRevocations(bench: Bench): Promise<void> {
  const times = bench.options.isQuick ? REVOCATIONS.quick : REVOCATIONS.each;
  const { postgresUrl } = homeOf(bench);
  const hosts = {
    embedded,
    cluster: clusterHost('cluster', { postgres: postgresUrl, withRedis: true }),
    postgres: clusterHost('postgres alone', { postgres: postgresUrl, withRedis: false }),
    edge,
  };
  for (const [name, host] of Object.entries(hosts)) {
    const { p50, p99, max } = await measureRevocation(host, times);
    bench.figures.note({
      [`revoke.${name}.p50`]: p50,
      [`revoke.${name}.p99`]: p99,
      [`revoke.${name}.max`]: max,
    });
  }
}

async function ready(hub: Target, { sink }: Bench, count: number): Promise<void> {
  await subscribeAll(hub, sink, { group: 'e', count });
  await deliverOne(hub, sink, eventsOf(hub), count);
}

const eventsOf = (hub: Target): string[] => bookingTemplate(hub.accounts.slice(0, 1));

const inCluster = (bench: Bench, workers: number, use: (hub: Target) => Promise<void>): Promise<void> =>
  withCluster(homeOf(bench), { workers, database: DATABASE }, use);

function homeOf({ cluster }: Bench): ClusterHome {
  if (cluster === undefined) throw new Error('there is no cluster');
  return cluster;
}
