import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, type Stand, startStand } from '../oauth/stand.ts';

describe('requests for tokens', () => {
  const on = {} as { stand: Stand };
  beforeAll(async () => {
    on.stand = await startStand({
      PATCHBAY_TOKEN_REQUESTS_PER_HOUR: '5',
      PATCHBAY_BAD_TOKENS_PER_ADDRESS: '8',
      PATCHBAY_PROXY_HOPS: '1',
    });
  });
  afterAll(() => on.stand.stop());
  const from = (address: string) => ({ 'x-forwarded-for': address });
  const ask = (client: Client, address = '198.51.100.1') =>
    on.stand.token(client, { grant_type: 'client_credentials' }, from(address));

  test('are capped by app and hour, in the form of OAuth; another app goes on', async () => {
    const app = await on.stand.app({ kind: 'confidential' });
    for (let i = 0; i < 5; i += 1) expect((await ask(app)).status).toBe(200);
    // Whatever it asks for, and from wherever.
    const refused = await on.stand.token(app, { grant_type: 'refresh_token' }, from('203.0.113.9'));
    expect(refused).toMatchObject({ status: 429, body: { error: 'temporarily_unavailable' } });
    expect(refused.body.error_description).toContain('one hour');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(700);
    expect(refused.headers.get('ratelimit-policy')).toBe('"token_requests";q=5;w=3600');
    expect(refused.headers.get('ratelimit')).toBe(
      `"token_requests";r=0;t=${refused.headers.get('retry-after')}`,
    );
    expect((await ask(await on.stand.app({ kind: 'confidential' }))).status).toBe(200);
  });

  test('of a public client count by network: a stranger who names it spends nothing of its people’s', async () => {
    const app = await on.stand.app();
    const refresh = (address: string) =>
      on.stand.refresh(app, 'pbr_live_unknown', {}, from(address)).then(({ status }) => status);
    for (let i = 0; i < 5; i += 1) expect(await refresh('198.51.100.7')).toBe(400);
    expect(await refresh('198.51.100.8')).toBe(429);
    expect(await refresh('203.0.113.7')).toBe(400);
  });

  test('with a wrong secret count against the address they come from, never against the app', async () => {
    const app = await on.stand.app({ kind: 'confidential' });
    const wrong = { ...app, secret: 'pbc_live_wrong' };
    const statuses: number[] = [];
    for (let i = 0; i < 10; i += 1) statuses.push((await ask(wrong, '192.0.2.66')).status);
    expect(statuses).toEqual([...Array(8).fill(401), 429, 429]);
    expect((await ask(app, '192.0.2.66')).status).toBe(200);
    expect((await ask(wrong, '192.0.2.67')).status).toBe(401);
  });
});
