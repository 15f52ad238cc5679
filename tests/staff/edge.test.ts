import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestEdge, type TestEdge } from '../harness/edge.ts';

describe('staff at the edge', () => {
  let edge: TestEdge;
  beforeAll(async () => {
    edge = await startTestEdge();
  });
  afterAll(() => edge.stop());

  test('an officer signs in, searches, looks, elevates, and gives a script a token, within the limits of the platform', async () => {
    const account = await edge.operate('account create', [], { name: 'Taqueria Luna' });
    const personal = await edge.token(['bookings:read', 'webhooks:manage'], account);
    const wish = {
      endpoint: { type: 'webhook', url: 'https://example.com/hook' },
      event_types: ['booking.*'],
    };
    await edge.call('POST', '/v1/subscriptions', personal, wish);
    const user = await edge.operate('user create', [], { name: 'Ana Luna', account });
    const officer = await edge.operate('staff grant', ['Sam Osei', 'security'], { new: true });
    const link = new URL(await edge.operate('user link', [officer])).searchParams.get('link') ?? '';
    const signed = await fetch(`${edge.origin}/portal/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ link }),
      headers: { origin: edge.origin },
    });
    const cookie = (signed.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const call = (method: string, path: string, body?: unknown) =>
      edge.call(method, `/admin/v1/${path}`, null, body, { cookie, 'sec-fetch-site': 'same-origin' });

    expect((await call('GET', 'me')).body).toMatchObject({ id: officer, roles: ['security'] });
    const found = (await call('GET', 'search?q=taqueria')).body.data;
    expect(found).toMatchObject([{ kind: 'account', id: account }]);
    expect((await call('GET', `search?q=${personal}`)).status).toBe(400);
    expect((await call('GET', 'search?q=example.com')).body.data).toHaveLength(1);
    expect((await call('GET', `users/${user}`)).body).toMatchObject({ title: 'A…', masked: true });
    expect((await call('GET', `accounts/${account}`)).body.below).toMatchObject({
      subscriptions: { count: 1 },
    });
    for (const path of [
      `accounts/${account}/timeline`,
      `users/${user}/behaviour`,
      'cases',
      'usage',
      'quarantine',
    ])
      expect([path, (await call('GET', path)).status]).toEqual([path, path === 'quarantine' ? 403 : 200]);
    expect(
      (await call('GET', `accounts/${account}/timeline`)).body.data.map((one: { what: string }) => one.what),
    ).toEqual(expect.arrayContaining(['account.create', 'token.create', 'subscription.create']));
    const asked = { permissions: ['people:unmask', 'staff:script'], reason: 'to see that it works here' };
    expect((await call('POST', 'elevations', asked)).status).toBe(201);
    expect((await call('GET', `users/${user}`)).body).toMatchObject({ title: 'Ana Luna', masked: false });
    const made = await call('POST', 'staff-tokens', {
      label: 'script',
      permissions: ['search:read', 'people:read'],
    });
    const { token } = made.body;
    expect((await edge.call('GET', '/admin/v1/search?q=taqueria', token)).body.data).toHaveLength(1);
    expect((await edge.call('GET', '/v1/me', token)).status).toBe(403);
    await edge.operate('staff end', [officer, 'security']);
    expect((await call('GET', 'me')).status).toBe(403);
    expect((await edge.call('GET', '/admin/v1/me', token)).status).toBe(403);
    await edge.requireWithinLimits();
  });
});
