import { afterAll, beforeAll, expect, test } from 'vitest';
import { allKnow, type Cluster, openCluster, publishTo } from '../harness/cluster.ts';
import type { TestHub } from '../harness/hub.ts';
import { until as expectUntil } from '../harness/sink.ts';
import { describeWith } from '../services/describe.ts';
import { type PostgresServer, startPostgres } from '../services/postgres.ts';

await describeWith('postgres', 'a cluster whose PostgreSQL is restarted', () => {
  const state = {} as {
    postgres: PostgresServer;
    cluster: Cluster;
    api: TestHub;
    worker: TestHub;
    core: string;
  };
  beforeAll(async () => {
    // One of our own, that may be stopped.
    const postgres = await startPostgres({ durable: true });
    const cluster = await openCluster(postgres.url, { PATCHBAY_SWEEP_MS: '3600000' });
    const [api, worker] = [await cluster.start('api'), await cluster.start('worker')];
    await allKnow(1, [api, worker]);
    Object.assign(state, { postgres, cluster, api, worker, core: await api.service() });
  });
  afterAll(async () => {
    await state.cluster.close();
    await state.postgres.stop();
  });
  const statusOf = async ({ origin }: TestHub) => (await fetch(`${origin}/readyz`)).status;

  test('while it is down both say so, and a publish is refused, not lost', async () => {
    const { postgres, cluster, api, worker, core } = state;
    const person = await cluster.subscribe(api, '127.0.6.1');
    await publishTo(api, core, [person.id]);
    await expectUntil('it arrives', () => person.arrived().length === 1);
    await postgres.shutDown();
    expect([await statusOf(api), await statusOf(worker)]).toEqual([503, 503]);
    const answer = await api.call('POST', '/v1/events', core, { type: 'booking.confirmed' });
    expect(answer).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
  });

  test('when it is back all goes on without a restart: the worker listens again', async () => {
    const { postgres, cluster, api, worker, core } = state;
    await postgres.start();
    await expectUntil('both are ready', async () => (await statusOf(api)) + (await statusOf(worker)) === 400);
    const listens = () => worker.log.lines.filter((line) => line.startsWith('info listening')).length;
    await expectUntil('the worker listens again', () => listens() === 2);
    // While it was down the worker's heartbeats ended too.
    await allKnow(1, [api, worker]);
    const person = await cluster.subscribe(api, '127.0.6.2');
    await publishTo(api, core, [person.id]);
    await expectUntil('it arrives', () => person.arrived().length === 1);
  });
});
