import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appGrant } from '../events/app-grant.ts';
import { startTestHub, type TestHub } from '../harness/hub.ts';

describe('GET /v1/me', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub();
  });
  afterAll(() => hub.stopAndForget());

  test('a personal token hears of its account and scopes', async () => {
    const { id, token, tokenId, grantId } = await hub.account(['webhooks:manage', 'bookings:read']);
    expect((await hub.call('GET', '/v1/me', token)).body).toEqual({
      token: tokenId,
      kind: 'personal',
      env: 'live',
      account: { id, name: expect.any(String), status: 'active' },
      grant: { id: grantId, history: true, created_at: expect.any(String) },
      app: null,
      partner: null,
      scopes: ['bookings:read', 'webhooks:manage'],
      expires_at: null,
    });
  });

  test("an app's token hears of the app, and of the scopes that its grant still has", async () => {
    const { id } = await hub.account();
    const app = await appGrant(hub, id, ['rfps:read'], { tokenScopes: ['rfps:read', 'money:read'] });
    expect((await hub.call('GET', '/v1/me', app.token)).body).toMatchObject({
      kind: 'access',
      app: { id: app.appId, name: 'App' },
      partner: app.partnerId,
      scopes: ['rfps:read'],
    });
  });

  test('a service token acts for nobody', async () => {
    const token = await hub.service(['events:publish']);
    const me = await hub.call('GET', '/v1/me', token);
    expect(me.body).toMatchObject({
      kind: 'service',
      account: null,
      grant: null,
      scopes: ['events:publish'],
    });
    const etag = me.headers.get('etag') ?? '';
    expect((await hub.call('GET', '/v1/me', token, undefined, { 'if-none-match': etag })).status).toBe(304);
  });

  test('no token, a broken one and a question too many are refused', async () => {
    const { token } = await hub.account();
    expect((await hub.call('GET', '/v1/me', null)).body.code).toBe('unauthenticated');
    expect((await hub.call('GET', '/v1/me', `${token}x`)).body.code).toBe('token_malformed');
    expect((await hub.call('GET', '/v1/me?verbose=1', token)).body.code).toBe('invalid_parameter');
  });
});
