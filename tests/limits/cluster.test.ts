import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../harness/call.ts';
import { type Cluster, openCluster, patient } from '../harness/cluster.ts';
import type { TestHub } from '../harness/hub.ts';
import { describeWithAll } from '../services/describe.ts';
import { type RedisServer, startRedis } from '../services/redis.ts';

const perMinute = { token: 600, grant: 700, user: 120, app: 900, partner: 1_000 };
const perDay = 90;
const calls = 1_000;

/** Two hubs of one cluster, each with connections of its own, asked at once as behind a load balancer. */
await describeWithAll(['postgres', 'redis'], 'caps under 1,000 calls at once', ({ postgres }) => {
  describe.each(['Redis', 'PostgreSQL alone'])('over two processes, counted by %s', (gate) => {
    const state = {} as { redis?: RedisServer; cluster: Cluster; hubs: TestHub[] };
    beforeAll(async () => {
      if (gate === 'Redis') state.redis = await startRedis();
      const environment = {
        ...(state.redis ? { REDIS_URL: state.redis.url } : {}),
        ...Object.fromEntries(
          Object.entries(perMinute).map(([level, units]) => [
            `PATCHBAY_${level.toUpperCase()}_UNITS_PER_MINUTE`,
            String(units),
          ]),
        ),
        PATCHBAY_UNITS_PER_DAY: String(perDay),
        PATCHBAY_OFFERED_PLANS: 'high_volume',
      };
      state.cluster = await openCluster(postgres.url, environment, patient);
      state.hubs = [await state.cluster.start('api'), await state.cluster.start('api')];
    });
    afterAll(async () => {
      await state.cluster.close();
      await state.redis?.stop();
    });

    /** A token as the authorization server would have made it: of this person, by this app. */
    async function tokenOf(of: { userId: string; appId: string; partnerId: string }): Promise<string> {
      const [{ account, hub }] = state.hubs as [TestHub];
      const made = await account();
      const { tokens } = hub.store.tables;
      await hub.store.write((db) => [db.update(tokens).set(of).where(eq(tokens.id, made.tokenId))]);
      return made.token;
    }
    async function flood(tokens: string[]): Promise<{ answers: Answer[]; seconds: number }> {
      const startedAt = Date.now();
      const ask = (n: number) =>
        state.hubs[n % 2]!.call('GET', '/v1/me', tokens[Math.floor(n / 2) % tokens.length]!);
      const answers = await Promise.all(Array.from({ length: calls }, (_, n) => ask(n)));
      return { answers, seconds: (Date.now() - startedAt) / 1_000 };
    }
    const remaining = ({ headers }: Answer): Record<string, number> =>
      Object.fromEntries(
        [...(headers.get('ratelimit') ?? '').matchAll(/"(\w+)";r=(\d+)/g)].map(([, level, r]) => [
          level,
          Number(r),
        ]),
      );

    test('a plan’s day holds exactly, and what it refuses spends nothing at any level', async () => {
      const token = await tokenOf({ userId: 'usr_day', appId: 'app_day', partnerId: 'ptr_day' });
      const { answers } = await flood([token]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(perDay);
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused).toHaveLength(calls - perDay);
      expect(new Set(refused.map(({ body }) => body['violated-policies'][0]))).toEqual(new Set(['day']));
      const left = remaining(await state.hubs[0]!.call('GET', '/v1/me', token));
      expect(left['day']).toBe(0);
      for (const [level, units] of Object.entries(perMinute))
        expect(left[level], level).toBeGreaterThanOrEqual(units - perDay);
      // The other process says the same of the next person of that partner.
      const other = await tokenOf({ userId: 'usr_other', appId: 'app_day', partnerId: 'ptr_day' });
      expect((await state.hubs[1]!.call('GET', '/v1/me', other)).status).toBe(429);
    });

    test('a person’s cap holds across apps: as many pass as it has, and no other level pays for the rest [S2-50]', async () => {
      const { store } = state.hubs[0]!.hub;
      const now = new Date();
      const ids = ['a', 'b', 'c', 'd'].map((name) => ({ appId: `app_${name}`, partnerId: `ptr_${name}` }));
      // On a plan with room, so that the day is not what refuses.
      await store.write((db) => [
        db
          .insert(store.tables.partners)
          .values(ids.map(({ partnerId: id }) => ({ id, name: id, plan: 'high_volume', createdAt: now }))),
      ]);
      const tokens = await Promise.all(ids.map((of) => tokenOf({ userId: 'usr_a', ...of })));
      const { answers, seconds } = await flood(tokens);
      const passed = answers.filter(({ status }) => status === 200).length;
      // What the minute gave back meanwhile, and no call more.
      const givenBack = Math.ceil((seconds / 60) * perMinute.user);
      expect(passed).toBeGreaterThanOrEqual(perMinute.user);
      expect(passed).toBeLessThanOrEqual(perMinute.user + givenBack);
      const refused = answers.filter(({ status }) => status === 429);
      expect(passed + refused.length).toBe(calls);
      expect(new Set(refused.map(({ body }) => body['violated-policies'][0]))).toEqual(new Set(['user']));
      const days = await Promise.all(
        tokens.map(async (token) => remaining(await state.hubs[1]!.call('GET', '/v1/me', token))['day']!),
      );
      const spent = days.reduce((sum, left) => sum + perDay * 10 - left, 0);
      expect(spent).toBeGreaterThanOrEqual(passed);
      expect(spent).toBeLessThanOrEqual(passed + tokens.length);
    });
  });
});
