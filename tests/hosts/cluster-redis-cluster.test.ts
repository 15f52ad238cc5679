import { afterAll, beforeAll, expect, test } from 'vitest';
import { allKnow, type Cluster, metricOf, openCluster, publishTo } from '../harness/cluster.ts';
import type { TestHub } from '../harness/hub.ts';
import { until as expectUntil } from '../harness/sink.ts';
import { describeWithAll } from '../services/describe.ts';
import { startRedisCluster } from '../services/redis-cluster.ts';

await describeWithAll(['postgres', 'redis'], 'on a Redis Cluster of three nodes', ({ postgres }) => {
  const state = {} as {
    redis: Awaited<ReturnType<typeof startRedisCluster>>;
    cluster: Cluster;
    api: TestHub;
    worker: TestHub;
    core: string;
  };
  beforeAll(async () => {
    const redis = await startRedisCluster();
    const cluster = await openCluster(postgres.url, { REDIS_URL: redis.url, PATCHBAY_SWEEP_MS: '3600000' });
    const [api, worker] = [await cluster.start('api'), await cluster.start('worker')];
    await allKnow(1, [api, worker]);
    Object.assign(state, { redis, cluster, api, worker, core: await api.service() });
  });
  afterAll(async () => {
    await state.cluster.close();
    await state.redis.stop();
  });

  test('jobs wake the worker, and retries come when they are due', async () => {
    const { cluster, api, worker, core } = state;
    const person = await cluster.subscribe(api, '127.0.5.1');
    cluster.sink.answer((_, response) => {
      response.writeHead(person.arrived().length === 1 ? 503 : 200).end();
    });
    await publishTo(api, core, [person.id]);
    await expectUntil('it came twice', () => person.arrived().length === 2);
    // Whoever looks at the store may have been faster than the job.
    await expect
      .poll(() => metricOf(worker.origin, 'wakes_taken_total{topic="deliveries"}'))
      .toBeGreaterThan(0);
    expect(await metricOf(api.origin, 'wakes_failed_total')).toBe(0);
  });

  test('a revocation holds at once in every process', async () => {
    const { cluster, api } = state;
    const other = await cluster.start('api');
    const person = await api.account(['webhooks:manage', 'tokens:manage']);
    expect((await other.call('GET', '/v1/me', person.token)).status).toBe(200);
    expect((await api.call('DELETE', `/v1/grants/${person.grantId}`, person.token)).status).toBe(202);
    for (const hub of [api, other]) expect((await hub.call('GET', '/v1/me', person.token)).status).toBe(401);
    const redis = (await other.call('GET', '/readyz', null)).body.checks.redis;
    expect(redis).toBe('up');
  });

  test('no key lies apart, and no script asked for two places at once', () => {
    const lines = [state.api, state.worker].flatMap(({ log }) => log.lines);
    expect(lines.filter((line) => /CROSSSLOT|^error|^warn (?:gate|redis|queue)/.test(line))).toEqual([]);
  });
});
