import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keys } from '../../src/adapters/gate-redis/keys.ts';
import { allKnow, type Cluster, metricOf, openCluster, publishTo } from '../harness/cluster.ts';
import type { TestHub } from '../harness/hub.ts';
import { until as expectUntil } from '../harness/sink.ts';
import { describeWith, describeWithAll } from '../services/describe.ts';
import { type RedisServer, startRedis } from '../services/redis.ts';

/** No sweep of a worker's own comes within a test: what arrives was woken. */
const never = { PATCHBAY_SWEEP_MS: '3600000' };

await describeWith('postgres', 'a cluster without Redis', (postgres) => {
  const state = {} as { cluster: Cluster; api: TestHub; core: string };
  beforeAll(async () => {
    const cluster = await openCluster(postgres.url, never);
    const api = await cluster.start('api');
    Object.assign(state, { cluster, api, core: await api.service() });
  });
  afterAll(() => state.cluster.close());

  test('an api alone accepts and sends nothing; the worker that comes later sends it', async () => {
    const { cluster, api, core } = state;
    const person = await cluster.subscribe(api, '127.0.0.1');
    await publishTo(api, core, [person.id]);
    const [delivery] = (await api.call('GET', '/v1/deliveries', person.token)).body.data;
    expect(delivery).toMatchObject({ state: 'pending' });
    expect(person.arrived()).toEqual([]);
    await allKnow(1, [api, await cluster.start('worker')]);
    await expectUntil('it arrives', () => person.arrived().length === 1);
  });

  test('NOTIFY wakes the worker: nothing waits for a sweep', async () => {
    const { cluster, api, core } = state;
    const person = await cluster.subscribe(api, '127.0.0.2');
    await publishTo(api, core, [person.id]);
    await expectUntil('it arrives', () => person.arrived().length === 1);
  });

  test('the api has no routes that the worker would answer, and the worker none of the api', async () => {
    const worker = await state.cluster.start('worker');
    for (const path of ['/healthz', '/readyz', '/metrics'])
      expect(await worker.call('GET', path, null)).toMatchObject({ status: 200 });
    for (const path of ['/v1/me', '/docs', '/openapi.json'])
      expect(await worker.call('GET', path, null)).toMatchObject({ status: 404 });
    expect(await worker.call('POST', '/v1/events', state.core, {})).toMatchObject({ status: 404 });
  });
});

await describeWithAll(['postgres', 'redis'], 'a cluster whose Redis goes away', ({ postgres }) => {
  const state = {} as { redis: RedisServer; cluster: Cluster; api: TestHub; worker: TestHub; core: string };
  beforeAll(async () => {
    // One of our own, that may be killed.
    const redis = await startRedis();
    const cluster = await openCluster(postgres.url, { ...never, REDIS_URL: redis.url });
    const api = await cluster.start('api');
    const worker = await cluster.start('worker');
    Object.assign(state, { redis, cluster, api, worker, core: await api.service() });
    // By its next look at the members; until then a sweep would bring what it wakes nobody for.
    await allKnow(1, [api, worker]);
  });
  afterAll(async () => {
    await state.cluster.close();
    await state.redis.stop();
  });
  const wakesTaken = () => metricOf(state.worker.origin, 'wakes_taken_total{topic="deliveries"}');
  const checks = async () => (await state.api.call('GET', '/readyz', null)).body.checks;

  /** Not heard, it would still be found within a second, and what leaves meanwhile is gone. */
  test('every process hears what another revokes', async () => {
    const client = new Redis(state.redis.url);
    try {
      // Each asks for it as soon as it is connected, and waits for no answer.
      await expect.poll(() => client.pubsub('NUMSUB', keys.channel)).toEqual([keys.channel, 2]);
    } finally {
      client.disconnect();
    }
  });

  test('a job wakes the worker, and one job many lanes', async () => {
    const { cluster, api, core } = state;
    const people = await Promise.all(
      Array.from({ length: 40 }, (_, n) => cluster.subscribe(api, `127.0.0.${n + 1}`)),
    );
    await publishTo(
      api,
      core,
      people.map(({ id }) => id),
    );
    await expectUntil('all arrive', () => people.every((person) => person.arrived().length === 1));
    // Whoever looks at the store for all may have been faster than the job.
    await expect.poll(wakesTaken).toBeGreaterThan(0);
    expect(await metricOf(api.origin, 'wakes_sent_total')).toBeLessThanOrEqual(4);
  });

  test('while it is gone a publish is still answered, and the worker finds the event by itself', async () => {
    const { cluster, redis, api, core } = state;
    const person = await cluster.subscribe(api, '127.0.1.1');
    await redis.kill();
    await expectUntil('the api notices', async () => (await checks()).redis === 'down');
    await publishTo(api, core, [person.id]);
    // Wakes leave ten milliseconds apart, and the answer waits for none.
    await expect.poll(() => metricOf(api.origin, 'wakes_failed_total')).toBeGreaterThan(0);
    // Its own sweep is an hour away here: it looks more often while nobody can wake it.
    await expectUntil('it arrives', () => person.arrived().length === 1);
  });

  test('a process that starts while it is gone says so, and ends', async () => {
    await expect(state.cluster.start('worker')).rejects.toThrow(
      /^REDIS_URL: cannot connect to 127\.0\.0\.1:/,
    );
  });

  test('it comes back empty: wakes work again without a restart', async () => {
    const { cluster, redis, api, core } = state;
    await redis.start();
    await expectUntil('the api notices', async () => (await checks()).redis === 'up');
    const person = await cluster.subscribe(api, '127.0.1.2');
    const before = await wakesTaken();
    await publishTo(api, core, [person.id]);
    await expectUntil('it arrives', () => person.arrived().length === 1);
    // While its own connection is not back yet the worker looks for itself; the job waits for it.
    await expect.poll(wakesTaken).toBeGreaterThan(before);
  });

  test('the one look for all workers is scheduled again as well', async () => {
    const sweeps = () => metricOf(state.worker.origin, 'wakes_taken_total{topic="sweep"}');
    const before = await sweeps();
    await expectUntil('there is one', async () => (await sweeps()) > before);
    expect(await sweeps()).toBeGreaterThan(before);
  });

  test('it hangs: a publish is answered all the same, and what it would have woken arrives once it answers', async () => {
    const { cluster, redis, api, core } = state;
    const person = await cluster.subscribe(api, '127.0.1.3');
    redis.freeze();
    try {
      await publishTo(api, core, [person.id]);
    } finally {
      redis.thaw();
    }
    await expectUntil('it arrives', () => person.arrived().length === 1);
  });

  test('nothing came twice', () => {
    const ids = state.cluster.sink.received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('a process stops in order while it is gone', async () => {
    const { cluster, redis, worker } = state;
    const [api, other] = [await cluster.start('api'), await cluster.start('worker')];
    await redis.kill();
    await Promise.all([api.stop(), other.stop()]);
    await redis.start();
    expect(await metricOf(worker.origin, 'workers')).toBeGreaterThanOrEqual(1);
  });
});
