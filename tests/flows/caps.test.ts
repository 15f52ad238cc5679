import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';

describe('caps on a running hub', () => {
  const on = {} as { hub: TestHub };
  beforeAll(async () => {
    on.hub = await startTestHub({
      PATCHBAY_TOKEN_UNITS_PER_MINUTE: '12',
      PATCHBAY_GRANT_UNITS_PER_MINUTE: '15',
      PATCHBAY_SERVICE_UNITS_PER_MINUTE: '20',
      PATCHBAY_BAD_TOKENS_PER_ADDRESS: '20',
    });
  });
  afterAll(() => on.hub.stopAndForget());

  test('a token that is used up hears 429 with when and why; another one goes on', async () => {
    const { call, account } = on.hub;
    const [mine, theirs] = [await account(), await account()];
    const first = await call('GET', '/v1/me', mine.token);
    expect(first.headers.get('ratelimit-policy')).toBe(
      '"token";q=12;w=60, "grant";q=15;w=60, "day";q=20000000;w=86400',
    );
    expect(first.headers.get('ratelimit')).toMatch(
      /^"token";r=11;t=\d+, "grant";r=14;t=\d+, "day";r=19999999;t=\d+$/,
    );
    for (let i = 0; i < 11; i += 1) expect((await call('GET', '/v1/me', mine.token)).status).toBe(200);
    const refused = await call('GET', '/v1/me', mine.token);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('ratelimit')).toContain('"token";r=0;');
    expect(refused.body).toMatchObject({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      code: 'quota_exceeded',
      'violated-policies': ['token'],
    });
    expect((await call('GET', '/v1/me', theirs.token)).status).toBe(200);
  });

  test('an error of the hub’s tells of the caps too', async () => {
    const { call, account } = on.hub;
    const { token } = await account();
    const missing = await call('GET', '/v1/subscriptions/sub_00000000000000000000000000', token);
    expect(missing.status).toBe(404);
    expect(missing.headers.get('ratelimit')).toContain('"token";r=11;');
  });

  test('publishing is writing: five units each, on the hot route as well', async () => {
    const { call, service } = on.hub;
    const token = await service(['events:publish']);
    for (let left = 15; left >= 0; left -= 5) {
      const accepted = await call('POST', '/v1/events', token, eventFor(['acc_00000000000000000000000001']));
      expect(accepted.status).toBe(202);
      expect(accepted.headers.get('ratelimit')).toMatch(new RegExp(`^"token";r=${left};`));
    }
    const refused = await call('POST', '/v1/events', token, eventFor(['acc_00000000000000000000000001']));
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  });

  test('a revoked token hears that it is revoked, however often it asks', async () => {
    const { call, account } = on.hub;
    const { token, tokenId } = await account(['bookings:read', 'tokens:manage']);
    expect((await call('DELETE', `/v1/tokens/${tokenId}`, token)).status).toBe(202);
    for (let i = 0; i < 30; i += 1) expect((await call('GET', '/v1/me', token)).status).toBe(401);
  });

  // The last one: the address of these tests is spent by it.
  test('tokens that are none spend the address; those that are known go on', async () => {
    const { call, account } = on.hub;
    const { token } = await account();
    expect((await call('GET', '/v1/me', token)).status).toBe(200);
    const statuses = new Set<number>();
    for (let i = 0; i < 30; i += 1) statuses.add((await call('GET', '/v1/me', `pbk_${i}`)).status);
    expect([...statuses]).toEqual([401, 429]);
    expect((await call('GET', '/v1/me', token)).status).toBe(200);
    // Nobody has seen this one yet, so it would have to be looked up.
    const fresh = await account();
    expect((await call('GET', '/v1/me', fresh.token)).body).toMatchObject({
      'violated-policies': ['address'],
    });
  });
});
