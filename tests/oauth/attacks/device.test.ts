import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decide } from '../../../src/oauth/index.ts';
import { type Client, oauthError, scope, type Stand, startStand } from '../stand.ts';

describe('RFC 8628: devices', () => {
  const state = {} as { stand: Stand };
  beforeAll(async () => {
    state.stand = await startStand();
  });
  afterAll(() => state.stand.stop());

  const grant = 'urn:ietf:params:oauth:grant-type:device_code';
  const app = () => state.stand.app({ redirectUris: [], grantTypes: [grant, 'refresh_token'] });
  const begin = (client: Client, over = {}) =>
    state.stand.post('/oauth/device_authorization', { ...state.stand.authOf(client), scope, ...over });
  const poll = (client: Client, code: string) =>
    state.stand.token(client, { grant_type: grant, device_code: code });
  const enter = (userCode: string) =>
    state.stand.send(`/oauth/device?user_code=${encodeURIComponent(userCode)}`);
  const interactionOf = (location: string | null) =>
    new URL(location ?? '', state.stand.issuer).searchParams.get('interaction') ?? '';
  /** As if the device had waited as long as it was told to. */
  const rest = async () => {
    const { store } = state.stand.ports;
    await store.write((db) => [db.update(store.tables.authorizations).set({ polledAt: new Date(0) })]);
  };

  test('the whole way: code, person, token; and the code is good once', async () => {
    const client = await app();
    const { body } = await begin(client);
    expect(body).toMatchObject({ verification_uri: `${state.stand.issuer}/oauth/device`, interval: 5 });
    expect(await poll(client, body.device_code)).toMatchObject(oauthError('authorization_pending'));
    const seen = await enter(body.user_code.toLowerCase().replace('-', ' '));
    const decided = await decide(state.stand.ports, interactionOf(seen.location), state.stand.approval());
    expect(decided).toEqual({ kind: 'device' });
    await rest();
    const tokens = await poll(client, body.device_code);
    expect((await state.stand.me(tokens.body.access_token)).status).toBe(200);
    await rest();
    expect((await poll(client, body.device_code)).body.error).toBe('invalid_grant');
  });

  test('§3.5: polling too fast is told to slow down', async () => {
    const client = await app();
    const { body } = await begin(client);
    await poll(client, body.device_code);
    expect(await poll(client, body.device_code)).toMatchObject(oauthError('slow_down'));
  });

  test('§3.5: a denial and the end of time are told', async () => {
    const client = await app();
    const denied = (await begin(client)).body;
    const { location } = await enter(denied.user_code);
    await decide(state.stand.ports, interactionOf(location), { kind: 'denied', userId: state.stand.userId });
    expect(await poll(client, denied.device_code)).toMatchObject(oauthError('access_denied'));
    const late = (await begin(client)).body;
    const { store } = state.stand.ports;
    await store.write((db) => [
      db
        .update(store.tables.authorizations)
        .set({ expiresAt: new Date(Date.now() - 1) })
        .where(eq(store.tables.authorizations.appId, client.clientId)),
    ]);
    expect(await poll(client, late.device_code)).toMatchObject(oauthError('expired_token'));
    expect((await enter(late.user_code)).status).toBe(400);
  });

  test('§5.2: the device code of one client is nothing to another', async () => {
    const [client, other] = [await app(), await app()];
    const { body } = await begin(client);
    expect(await poll(other, body.device_code)).toMatchObject(oauthError('invalid_grant'));
  });

  test('§5.1: user codes cannot be guessed: after some misses nobody is let in for a while', async () => {
    const stand = await startStand();
    const statuses: number[] = [];
    for (let i = 0; i < 60; i++)
      statuses.push((await stand.send(`/oauth/device?user_code=BCDF-GHJ${'BCDFGHJKLM'[i % 10]}`)).status);
    expect(statuses[0]).toBe(400);
    expect(statuses.at(-1)).toBe(429);
    await stand.stop();
  });

  test('§5.4: the code is entered or confirmed by a person; opening the complete link alone grants nothing', async () => {
    const client = await app();
    const { body } = await begin(client);
    await enter(body.user_code);
    await rest();
    expect(await poll(client, body.device_code)).toMatchObject(oauthError('authorization_pending'));
  });

  test('a script in the user code is not reflected, and the page has no script', async () => {
    const seen = await enter('"><script>alert(1)</script>');
    expect(seen.text).not.toContain('<script');
    expect(seen.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('an app that is not registered for devices, and scopes too many, are refused', async () => {
    expect(await begin(state.stand.publicApp)).toMatchObject(oauthError('unauthorized_client'));
    expect(await begin(await app(), { scope: 'events:publish' })).toMatchObject(oauthError('invalid_scope'));
    expect((await poll(state.stand.publicApp, 'x')).body.error).toBe('unauthorized_client');
  });
});
