import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownerOf } from '../../src/adapters/cluster/owner-of.ts';
import { buildStart, type HubChild, startChild } from '../faults/hub-child.ts';
import { allKnow, type Cluster, metricOf, openCluster, publishTo } from '../harness/cluster.ts';
import type { TestHub } from '../harness/hub.ts';
import { until as expectUntil } from '../harness/sink.ts';
import { describeWithAll } from '../services/describe.ts';

const hosts = Array.from({ length: 24 }, (_, n) => `127.0.2.${n + 1}`);

/** Every worker looks over everything all the time, and leases are long: only ownership keeps them apart. */
const environment = { PATCHBAY_SWEEP_MS: '20', PATCHBAY_LEASE_MS: '30000' };

await describeWithAll(['postgres', 'redis'], 'workers that share the lanes', ({ postgres, redis }) => {
  const state = {} as {
    cluster: Cluster;
    api: TestHub;
    core: string;
    people: Awaited<ReturnType<Cluster['subscribe']>>[];
    workers: HubChild[];
    entry: string;
  };
  beforeAll(async () => {
    const entry = await buildStart();
    // A database of Redis' own, apart from other suites of the run.
    const cluster = await openCluster(postgres.url, { ...environment, REDIS_URL: `${redis.url}/6` });
    const api = await cluster.start('api');
    const core = await api.service();
    const people = [];
    for (const host of hosts) people.push(await cluster.subscribe(api, host));
    Object.assign(state, { entry, cluster, api, core, people, workers: [] });
  });
  afterAll(async () => {
    await Promise.all(state.workers.map((worker) => worker.kill('SIGKILL')));
    await state.cluster.close();
  });

  const startWorker = async () => {
    const worker = await startChild(state.entry, state.cluster.environment, ['--role', 'worker']);
    state.workers.push(worker);
    return worker;
  };
  const allKnowBoth = () => allKnow(2, [state.api, ...state.workers]);
  const apiKnowsOne = () => allKnow(1, [state.api]);
  const attemptsOf = (worker: HubChild) => metricOf(worker.origin, 'delivery_attempts_total');
  /** An attempt counts once it is settled, which is a moment after it arrived. */
  const settled = async (count: number) => {
    const sums = () => Promise.all(state.workers.map(attemptsOf));
    await expectUntil('all are settled', async () => (await sums()).reduce((sum, n) => sum + n, 0) >= count);
    return sums();
  };
  const publishToAll = () =>
    publishTo(
      state.api,
      state.core,
      state.people.map(({ id }) => id),
    );
  const allHave = (count: number) => state.people.every((person) => person.arrived().length === count);

  test('each sends in its own lanes, and no delivery is sent twice', async () => {
    await startWorker();
    await startWorker();
    await allKnowBoth();
    await publishToAll();
    await expectUntil('all arrive', () => allHave(1));
    const [one = 0, two = 0] = await settled(hosts.length);
    const ofSlot = (slot: number) => hosts.filter((host) => ownerOf(host, [0, 1]) === slot).length;
    expect([one, two]).toEqual([ofSlot(0), ofSlot(1)]);
    expect(Math.min(one, two)).toBeGreaterThan(0);
  });

  test('a lane stays with its worker: the second round goes where the first went', async () => {
    const [one = 0, two = 0] = await settled(hosts.length);
    await publishToAll();
    await expectUntil('all arrive', () => allHave(2));
    expect(await settled(2 * hosts.length)).toEqual([2 * one, 2 * two]);
  });

  test('one that is killed loses its lanes to the other within seconds', async () => {
    const [first, second] = state.workers.splice(0);
    await first!.kill('SIGKILL');
    state.workers.push(second!);
    await publishToAll();
    await expectUntil('all arrive', () => allHave(3));
    await apiKnowsOne();
  });

  test('one that comes takes its share, and one that is told to stop gives it back at once', async () => {
    const [survivor] = state.workers;
    const third = await startWorker();
    await allKnowBoth();
    await publishToAll();
    await expectUntil('all arrive', () => allHave(4));
    await expectUntil('it had its share', async () => (await attemptsOf(third)) > 0);
    await third.kill('SIGTERM');
    state.workers.splice(0, 2, survivor!);
    await apiKnowsOne();
    await publishToAll();
    await expectUntil('all arrive', () => allHave(5));
  });

  test('nothing came twice in all that', () => {
    const ids = state.cluster.sink.received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
