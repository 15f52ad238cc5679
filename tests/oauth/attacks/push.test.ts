import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, oauthError, type Params, type Stand, startStand } from '../stand.ts';

describe('RFC 9126: pushed authorization requests', () => {
  const state = {} as { stand: Stand };
  beforeAll(async () => {
    state.stand = await startStand();
  });
  afterAll(() => state.stand.stop());
  const push = (client: Client, over: Params = {}) =>
    state.stand.post('/oauth/par', {
      ...state.stand.request(client),
      ...state.stand.authOf(client),
      ...over,
    });
  const open = (clientId: string, requestUri: string, more = '') =>
    state.stand.send(
      `/oauth/authorize?client_id=${clientId}&request_uri=${encodeURIComponent(requestUri)}${more}`,
    );

  test('a pushed request is opened by its reference', async () => {
    const { confidentialApp } = state.stand;
    const pushed = await push(confidentialApp);
    expect(pushed.status).toBe(201);
    expect(pushed.body.request_uri).toMatch(/^urn:ietf:params:oauth:request_uri:/);
    expect(pushed.body.expires_in).toBeGreaterThan(5);
    expect((await open(confidentialApp.clientId, pushed.body.request_uri)).location).toContain(
      '/portal/consent',
    );
  });

  test('§7.3: it is opened once', async () => {
    const { publicApp } = state.stand;
    const { body } = await push(publicApp);
    const seen = await Promise.all([1, 2, 3].map(() => open(publicApp.clientId, body.request_uri)));
    expect(seen.filter(({ status }) => status === 303)).toHaveLength(1);
  });

  test('§7.2: another client cannot open it', async () => {
    const { confidentialApp, publicApp } = state.stand;
    const { body } = await push(confidentialApp);
    expect((await open(publicApp.clientId, body.request_uri)).status).toBe(400);
    expect((await open(confidentialApp.clientId, body.request_uri)).status).toBe(303);
  });

  test('§7.1: a made-up reference, an old one and a parameter beside it gain nothing', async () => {
    const { confidentialApp, ports, consent } = state.stand;
    const made = 'urn:ietf:params:oauth:request_uri:abc';
    expect((await open(confidentialApp.clientId, made)).status).toBe(400);
    const swapped = (await push(confidentialApp, { scope: 'reviews:read' })).body.request_uri;
    const more = '&scope=webhooks:manage&redirect_uri=https://evil.example/&state=other';
    const { location } = await open(confidentialApp.clientId, swapped, more);
    const decision = state.stand.approval({ scopes: ['reviews:read'] });
    const back = await consent(location, decision);
    expect(back.origin).toBe('https://app.example');
    expect(back.searchParams.get('state')).toBe('state-of-the-client');
    const old = (await push(confidentialApp)).body.request_uri;
    const { authorizations } = ports.store.tables;
    await ports.store.write((db) => [db.update(authorizations).set({ expiresAt: new Date(0) })]);
    expect((await open(confidentialApp.clientId, old)).status).toBe(400);
  });

  test.each<[string, Params, string]>([
    ['a request_uri within', { request_uri: 'urn:x' }, 'invalid_request'],
    ['a request object', { request: 'a.b.c' }, 'request_not_supported'],
    ['a redirect URI that is not registered', { redirect_uri: 'https://evil.example/' }, 'invalid_request'],
    ['the method plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a scope too many', { scope: 'events:publish' }, 'invalid_scope'],
    ['a response type of old', { response_type: 'token' }, 'unsupported_response_type'],
    ['a parameter twice', { state: ['a', 'b'] }, 'invalid_request'],
  ])('%s is refused at once, in the form of RFC 6749 §5.2', async (_, over, error) => {
    expect(await push(state.stand.confidentialApp, over)).toMatchObject(oauthError(error));
  });

  test('§2: a confidential client authenticates, and the request is of that client', async () => {
    const { confidentialApp, publicApp } = state.stand;
    expect(await push({ ...confidentialApp, secret: null })).toMatchObject(oauthError('invalid_client', 401));
    const crossed = await push(confidentialApp, { client_id: publicApp.clientId });
    expect(crossed.status).toBeGreaterThanOrEqual(400);
  });

  test('§6: a client that must push cannot ask in the open', async () => {
    const { app, authorize } = state.stand;
    const client = await app({ requiresPush: true });
    const seen = await authorize(client);
    expect(new URL(seen.location ?? '').searchParams.get('error')).toBe('invalid_request');
    const { body } = await push(client);
    expect((await open(client.clientId, body.request_uri)).location).toContain('/portal/consent');
  });
});
