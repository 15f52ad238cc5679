import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Carrier, Wake } from '../../src/adapters/cluster/carrier.ts';
import { readRedisUrl } from '../../src/adapters/host-node/redis-place.ts';
import { openBullmqCarrier } from '../../src/adapters/queue-bullmq.ts';
import { connectRedis, createRedisClient, type RedisClient } from '../../src/adapters/redis-client.ts';
import { memoryLog } from '../harness/hub.ts';
import { until as expectUntil } from '../harness/sink.ts';
import { describeWith } from '../services/describe.ts';

await describeWith('redis', 'wakes as jobs', (redis) => {
  const state = {} as { client: RedisClient; carrier: Carrier };
  beforeAll(async () => {
    // A database of its own: other suites of the run have queues by the same names.
    const [place, log] = [readRedisUrl(`${redis.url}/7`), memoryLog()];
    const client = createRedisClient(place, { isBounded: true }, log);
    await connectRedis(client, place, log);
    Object.assign(state, { client, carrier: openBullmqCarrier({ client, place, log }) });
  });
  afterAll(async () => {
    await state.carrier.close();
    state.client.disconnect();
  });
  const lanes = (...ids: string[]): Wake => ({ topic: 'deliveries', lanes: ids });

  test('a lane that waits to be woken is one job, however often it is woken', async () => {
    for (let i = 0; i < 50; i++) await state.carrier.send(1, lanes('sub_1'));
    for (let i = 0; i < 50; i++) await state.carrier.send(1, { topic: 'tasks' });
    expect(await state.carrier.depth([1])).toMatchObject({ waiting: 2 });
    expect(await state.carrier.depth([2])).toMatchObject({ waiting: 0 });
  });

  test('a wake for later waits until it is due', async () => {
    const told: { wake: Wake; atMs: number }[] = [];
    const hourMs = 3_600_000;
    await state.carrier.sendLater!(3, lanes('sub_2'), Date.now() + hourMs);
    expect(await state.carrier.depth([3])).toMatchObject({ waiting: 0, delayed: 1 });
    const dueMs = Date.now() + 800;
    await state.carrier.sendLater!(3, lanes('sub_3'), dueMs);
    await state.carrier.take(3, (wake) => void told.push({ wake, atMs: Date.now() }));
    const found = () => told.find(({ wake }) => wake.topic === 'deliveries');
    await expectUntil('it is told', () => found() !== undefined);
    expect(found()!.wake).toEqual(lanes('sub_3'));
    expect(await state.carrier.depth([3])).toMatchObject({ waiting: 0, delayed: 1 });
    // Redis and this process go by one clock here; BullMQ rounds by a millisecond.
    expect(found()!.atMs).toBeGreaterThanOrEqual(dueMs - 2);
  });

  test('what is done leaves nothing behind', async () => {
    const told: Wake[] = [];
    await state.carrier.take(1, (wake) => void told.push(wake));
    for (let i = 0; i < 200; i++) await state.carrier.send(1, lanes(`sub_${i}`, 'sub_a'));
    await expectUntil('all are told', () => told.filter(({ topic }) => topic === 'deliveries').length >= 201);
    await expectUntil('none is left', async () => {
      const { waiting, active } = await state.carrier.depth([1]);
      return waiting === 0 && active === 0;
    });
    const keys = await state.client.keys('{patchbay}:wakes-1:*');
    // The queue's own few: its settings, its counter, its stream of events. No job and no deduplication.
    expect(keys.filter((key) => /:(\d+|de:.*)$/.test(key))).toEqual([]);
    expect(keys.length).toBeLessThan(10);
  });
});
