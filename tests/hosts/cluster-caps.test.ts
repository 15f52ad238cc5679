import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cluster, openCluster, patient } from '../harness/cluster.ts';
import type { TestHub } from '../harness/hub.ts';
import { until } from '../harness/sink.ts';
import { describeWithAll } from '../services/describe.ts';
import { type RedisServer, startRedis } from '../services/redis.ts';

/** Two processes of one cluster, asked at once, as behind a load balancer. */
await describeWithAll(['postgres', 'redis'], 'caps over two processes', ({ postgres }) => {
  const state = {} as { redis: RedisServer; cluster: Cluster; hubs: TestHub[] };
  beforeAll(async () => {
    const redis = await startRedis();
    const environment = {
      REDIS_URL: redis.url,
      PATCHBAY_USER_UNITS_PER_MINUTE: '100',
      PATCHBAY_UNITS_PER_DAY: '200',
    };
    const cluster = await openCluster(postgres.url, environment, patient);
    Object.assign(state, { redis, cluster, hubs: [await cluster.start('api'), await cluster.start('api')] });
  });
  afterAll(async () => {
    await state.cluster.close();
    await state.redis.stop();
  });

  /** Tokens of this person, each of an app and a grant of its own. */
  async function tokensOf(userId: string, count: number): Promise<string[]> {
    const [{ account, hub }] = state.hubs as [TestHub];
    const { tokens } = hub.store.tables;
    const made = await Promise.all(Array.from({ length: count }, () => account()));
    for (const [i, { tokenId }] of made.entries()) {
      const of = { userId, appId: `app_${userId}${i}`, partnerId: `ptr_${userId}${i}` };
      await hub.store.write((db) => [db.update(tokens).set(of).where(eq(tokens.id, tokenId))]);
    }
    return made.map(({ token }) => token);
  }

  test('of 1,000 calls at once of one person’s four apps, as many pass as the person’s cap has [S2-50]', async () => {
    const { answers, tookMs } = await burst('usr_a');
    const passed = answers.filter(({ status }) => status === 200).length;
    // What the minute gave back meanwhile, and no call more.
    const givenBack = Math.ceil((tookMs / 60_000) * 100);
    expect(passed).toBeGreaterThanOrEqual(100);
    expect(passed).toBeLessThanOrEqual(100 + givenBack);
    const refused = answers.filter(({ status }) => status === 429);
    expect(passed + refused.length).toBe(1_000);
    expect(new Set(refused.map(({ body }) => body['violated-policies'][0]))).toEqual(new Set(['user']));
  });

  async function burst(userId: string) {
    const tokens = await tokensOf(userId, 4);
    const startedAt = Date.now();
    const ask = (n: number) => state.hubs[n % 2]!.call('GET', '/v1/me', tokens[Math.floor(n / 2) % 4]!);
    const answers = await Promise.all(Array.from({ length: 1_000 }, (_, n) => ask(n)));
    return { answers, tookMs: Date.now() - startedAt };
  }

  test('what one process has counted of the day, the other knows', async () => {
    const [one, two] = state.hubs as [TestHub, TestHub];
    const { token } = await one.account();
    const left = async (hub: TestHub) =>
      (await hub.call('GET', '/v1/usage', token)).body.plan.units_left_today as number;
    for (let i = 0; i < 50; i += 1) await one.call('GET', '/v1/me', token);
    await one.hub.usage.flush();
    expect(await left(two)).toBe(149);
    await two.hub.usage.flush();
    await one.call('GET', '/v1/me', token);
    await one.hub.usage.flush();
    expect(await left(one)).toBe(147);
    for (let i = 0; i < 170; i += 1) await one.call('GET', '/v1/me', token);
    await one.hub.usage.flush();
    await until('the other hears of it', async () => {
      await two.hub.usage.flush();
      return (await two.call('GET', '/v1/me', token)).status === 429;
    });
  });
});
