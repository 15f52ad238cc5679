import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { joinAccount, suspend } from '../../src/access/index.ts';
import { type Stand, startStand } from '../oauth/stand.ts';

describe('the consents of an account, by the API', () => {
  const state = {} as { stand: Stand };
  beforeAll(async () => {
    state.stand = await startStand();
  });
  afterAll(() => state.stand.stop());

  /** An account’s manager, and an app that the account has connected. */
  const connected = async () => {
    const { stand } = state;
    const account = await stand.hub.account(['tokens:manage', 'bookings:read']);
    await joinAccount(stand.ports, 'test', { accountId: account.id, userId: stand.userId, role: 'owner' });
    const client = await stand.app({ kind: 'confidential', name: 'Shot List' });
    const tokens = await stand.linked(client, {}, stand.approval({ accountId: account.id }));
    const grants = await stand.grants();
    const id = grants.find(({ appId }) => appId === client.clientId)?.id ?? '';
    return { account, client, tokens, id };
  };
  const call = (...given: Parameters<Stand['hub']['call']>) => state.stand.hub.call(...given);

  test('one says whose app it is, whether it was reviewed, and what it may', async () => {
    const { account, client, id } = await connected();
    const path = `/v1/grants/${id}`;
    const { status, body } = await call('GET', path, account.token);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      app: client.clientId,
      app_name: 'Shot List',
      partner_name: 'Acme Tools',
      partner_verified: false,
      scopes: ['bookings:read', 'reviews:read'],
      state: 'active',
      last_used_at: null,
    });
    await state.stand.review();
    expect((await call('GET', path, account.token)).body.partner_verified).toBe(true);
    const { data } = (await call('GET', '/v1/grants?limit=1', account.token)).body;
    expect(data).toEqual([(await call('GET', path, account.token)).body]);
    await suspend(state.stand.ports, { level: 'grant', id, reason: 'test', actor: 'test' });
    expect((await call('GET', path, account.token)).body.state).toBe('suspended');
  });

  test('PATCH leaves it the scopes that it is given, at once', async () => {
    const { account, client, tokens, id } = await connected();
    const narrowed = await call('PATCH', `/v1/grants/${id}`, account.token, { scopes: ['reviews:read'] });
    expect([narrowed.status, narrowed.body.scopes]).toEqual([200, ['reviews:read']]);
    expect((await state.stand.me(tokens.access_token)).status).toBe(401);
    const { body } = await state.stand.refresh(client, tokens.refresh_token);
    expect(body.scope).toBe('reviews:read');
  });

  test('an app reads its own, and gives back scopes of it, without tokens:manage; no other', async () => {
    const [mine, other] = [await connected(), await connected()];
    const token = mine.tokens.access_token;
    expect((await call('GET', `/v1/grants/${mine.id}`, token)).body.id).toBe(mine.id);
    expect((await call('GET', `/v1/grants/${other.id}`, token)).status).toBe(403);
    expect((await call('PATCH', `/v1/grants/${other.id}`, token, { scopes: ['reviews:read'] })).status).toBe(
      403,
    );
    expect((await call('PATCH', `/v1/grants/${mine.id}`, token, { scopes: ['reviews:read'] })).status).toBe(
      200,
    );
  });

  test('what it refuses: another account’s, the account’s own, more than it has, none, what is no list', async () => {
    const { account, id } = await connected();
    const stranger = await state.stand.hub.account(['tokens:manage']);
    const patch = async (grant: string, body: unknown, token = account.token) =>
      (await call('PATCH', `/v1/grants/${grant}`, token, body)).status;
    const scopes = ['reviews:read'];
    expect((await call('GET', `/v1/grants/${id}`, null)).status).toBe(401);
    expect((await call('GET', `/v1/grants/${id}`, stranger.token)).status).toBe(404);
    expect(await patch(id, { scopes }, stranger.token)).toBe(404);
    expect(await patch('grt_nothing', { scopes })).toBe(404);
    expect(await patch(account.grantId, { scopes })).toBe(403);
    expect(await patch(id, { scopes: ['webhooks:manage'] })).toBe(422);
    expect(await patch(id, { scopes: [] })).toBe(422);
    expect(await patch(id, { scopes: 'reviews:read' })).toBe(422);
    expect(await patch(id, { scopes, more: 1 })).toBe(422);
  });
});
