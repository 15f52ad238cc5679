import { afterAll, beforeAll, expect, test } from 'vitest';
import { allKnow, type Cluster, openCluster, publishTo } from '../harness/cluster.ts';
import type { TestHub } from '../harness/hub.ts';
import { until as expectUntil } from '../harness/sink.ts';
import { describeWithAll } from '../services/describe.ts';
import { type Pooler, startPooler } from '../services/pgbouncer.ts';

await describeWithAll(['postgres', 'pgbouncer'], 'behind PgBouncer in transaction mode', ({ postgres }) => {
  const state = {} as { pooler: Pooler; cluster: Cluster; api: TestHub; worker: TestHub; core: string };
  beforeAll(async () => {
    const pooler = await startPooler(postgres.url);
    const cluster = await openCluster(postgres.url, { PATCHBAY_SWEEP_MS: '3600000' });
    // The same database, by way of the pooler for all but LISTEN.
    const direct = cluster.environment['DATABASE_URL'] ?? '';
    const pooled = new URL(direct);
    pooled.port = new URL(pooler.url).port;
    Object.assign(cluster.environment, { DATABASE_URL: pooled.href, DATABASE_DIRECT_URL: direct });
    // All at once, on an empty database: one migrates, the others wait for it.
    const started = await Promise.all([
      cluster.start('api'),
      cluster.start('worker'),
      cluster.start('worker'),
    ]);
    const [api, worker] = started;
    await allKnow(2, started);
    Object.assign(state, { pooler, cluster, api, worker, core: await api.service() });
  });
  afterAll(async () => {
    await state.cluster.close();
    await state.pooler.stop();
  });

  test('publishers and workers share three connections: everything arrives once', async () => {
    const { cluster, api, core } = state;
    const people = await Promise.all(
      Array.from({ length: 12 }, (_, n) => cluster.subscribe(api, `127.0.3.${n + 1}`)),
    );
    for (let round = 0; round < 5; round++)
      await Promise.all(people.map(({ id }) => publishTo(api, core, [id, id])));
    await expectUntil('all arrive', () => people.every((person) => person.arrived().length === 10));
    const ids = cluster.sink.received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('a revocation holds at once in every process', async () => {
    const { cluster, api } = state;
    const other = await cluster.start('api');
    const person = await api.account(['webhooks:manage', 'tokens:manage']);
    expect((await other.call('GET', '/v1/me', person.token)).status).toBe(200);
    expect((await api.call('DELETE', `/v1/grants/${person.grantId}`, person.token)).status).toBe(202);
    for (const hub of [api, other]) expect((await hub.call('GET', '/v1/me', person.token)).status).toBe(401);
  });

  test('without a way past it the worker polls, and says so in no error', async () => {
    const { DATABASE_DIRECT_URL: _, ...pooled } = state.cluster.environment;
    const alone = await openCluster(postgres.url);
    const url = new URL(alone.environment['DATABASE_URL'] ?? '');
    url.port = new URL(pooled['DATABASE_URL'] ?? '').port;
    alone.environment['DATABASE_URL'] = url.href;
    try {
      const [api, worker] = [await alone.start('api'), await alone.start('worker')];
      const person = await alone.subscribe(api, '127.0.3.60');
      await publishTo(api, await api.service(), [person.id]);
      await expectUntil('it arrives', () => person.arrived().length === 1);
      expect(worker.log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
    } finally {
      await alone.close();
    }
  });

  test('a direct URL that leads through the pooler too is refused', async () => {
    const { cluster } = state;
    const starting = cluster.start('api', {
      DATABASE_DIRECT_URL: cluster.environment['DATABASE_URL'] ?? '',
    });
    await expect(starting).rejects.toThrow(/^DATABASE_DIRECT_URL leads through a pooler/);
  });
});
