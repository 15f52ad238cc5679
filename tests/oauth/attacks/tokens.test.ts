import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { and, eq } from 'drizzle-orm';
import { newToken } from '../../../src/access/index.ts';
import { systemChance } from '../../../src/adapters/clock-system.ts';
import { type Client, oauthError, type Stand, startStand } from '../stand.ts';

describe('tokens', () => {
  const state = {} as { stand: Stand };
  beforeAll(async () => {
    state.stand = await startStand();
  });
  afterAll(() => state.stand.stop());
  const revokeBy = (client: Client, token: string, over = {}) =>
    state.stand.post('/oauth/revoke', { ...state.stand.authOf(client), token, ...over });
  const introspect = (client: Client, token: string) =>
    state.stand.post('/oauth/introspect', { ...state.stand.authOf(client), token });

  describe('RFC 9700 §4.6 and §4.10: one token in place of another', () => {
    test('a refresh token, a client secret and a code open no part of the API', async () => {
      const { app, codeFor, linked, me } = state.stand;
      const client = await app({ kind: 'confidential' });
      const { refresh_token } = await linked(client);
      const code = await codeFor(client);
      for (const token of [refresh_token, client.secret ?? '', code]) {
        const answer = await me(token);
        expect(answer.status).toBe(401);
        expect(['unauthenticated', 'token_malformed']).toContain(answer.body.code);
      }
    });

    test('an access token, a personal token, a secret and a code refresh nothing', async () => {
      const { account, codeFor, confidentialApp, linked, refresh } = state.stand;
      const { access_token } = await linked(confidentialApp);
      const code = await codeFor(confidentialApp);
      for (const token of [access_token, account.token, confidentialApp.secret ?? '', code, 'x', ''])
        expect((await refresh(confidentialApp, token)).status).toBe(400);
    });

    test('a refresh token is no code, and an access token no client secret', async () => {
      const { confidentialApp, linked, redeem, token } = state.stand;
      const { refresh_token, access_token } = await linked(confidentialApp);
      expect(await redeem(confidentialApp, refresh_token)).toMatchObject(oauthError('invalid_grant'));
      const seen = await token(
        { ...confidentialApp, secret: access_token },
        { grant_type: 'client_credentials' },
      );
      expect(seen).toMatchObject(oauthError('invalid_client', 401));
    });

    test('the token of an app has its scopes and no more, and sees its own grant alone', async () => {
      const { approval, confidentialApp, hub, linked, me } = state.stand;
      const given = await linked(confidentialApp, {}, approval({ scopes: ['reviews:read'] }));
      expect(given.scope).toBe('reviews:read');
      expect((await me(given.access_token)).body.scopes).toEqual(['reviews:read']);
      expect((await hub.call('GET', '/v1/tokens', given.access_token)).status).toBe(403);
    });

    test('a test app acts on test data alone', async () => {
      const { app, linked, me } = state.stand;
      const given = await linked(await app({ env: 'test' }));
      expect(given.access_token).toMatch(/^pbk_at_/);
      expect((await me(given.access_token)).body.env).toBe('test');
    });
  });

  describe('RFC 7009: revocation', () => {
    test('§2.1: an access token ends alone; a refresh token ends with all that came of it', async () => {
      const { app, linked, me, refresh } = state.stand;
      const client = await app();
      const first = await linked(client);
      const second = (await refresh(client, first.refresh_token)).body;
      expect((await revokeBy(client, first.access_token)).status).toBe(200);
      expect((await me(first.access_token)).status).toBe(401);
      expect((await me(second.access_token)).status).toBe(200);
      expect((await revokeBy(client, second.refresh_token)).status).toBe(200);
      expect((await me(second.access_token)).status).toBe(401);
      expect((await refresh(client, second.refresh_token)).body.error).toBe('invalid_grant');
    });

    test('what was revoked long ago stays so by its own row: the marks beside it are kept for minutes', async () => {
      const { app, linked, ports, refresh, token } = state.stand;
      const client = await app({ kind: 'confidential' });
      const { refresh_token } = await linked(client);
      const { tokens } = ports.store.tables;
      const isOf = (kind: 'r' | 'c') => and(eq(tokens.appId, client.clientId), eq(tokens.kind, kind));
      const revokeRows = (kind: 'r' | 'c') =>
        ports.store.write((db) => [
          db
            .update(tokens)
            .set({ revokedAt: new Date(0) })
            .where(isOf(kind)),
        ]);
      await revokeRows('r');
      expect(await refresh(client, refresh_token)).toMatchObject(oauthError('invalid_grant'));
      await revokeRows('c');
      const seen = await token(client, { grant_type: 'client_credentials' });
      expect(seen).toMatchObject(oauthError('invalid_client', 401));
    });

    test('an old refresh token of the chain ends the chain too', async () => {
      const { app, linked, me, refresh } = state.stand;
      const client = await app();
      const first = await linked(client);
      const second = (await refresh(client, first.refresh_token)).body;
      await revokeBy(client, first.refresh_token);
      expect((await me(second.access_token)).status).toBe(401);
      expect((await refresh(client, second.refresh_token)).body.error).toBe('invalid_grant');
    });

    test('§2.1: what was issued to another client is not revoked', async () => {
      const { app, linked, me, confidentialApp } = state.stand;
      const other = await linked(await app());
      expect((await revokeBy(confidentialApp, other.access_token)).body.error).toBe('invalid_grant');
      expect((await me(other.access_token)).status).toBe(200);
    });

    test('no client revokes a personal token, a service token or a secret of the hub', async () => {
      const { account, confidentialApp, hub, me } = state.stand;
      for (const token of [account.token, await hub.service()]) {
        expect((await revokeBy(confidentialApp, token)).body.error).toBe('invalid_grant');
        expect((await me(token)).status).toBe(200);
      }
    });

    test('§2.2: an unknown token is a success, and tells nothing', async () => {
      const { confidentialApp } = state.stand;
      const unknown = newToken('a', 'live', systemChance).token;
      for (const token of [unknown, 'x', 'x'.repeat(9_000)])
        expect(await revokeBy(confidentialApp, token)).toMatchObject({ status: 200, text: '{}' });
    });

    test('§2.1: without the secret nothing is revoked; without a token, or with two, it is an error', async () => {
      const { confidentialApp, linked, me, post, authOf } = state.stand;
      const { access_token } = await linked(confidentialApp);
      expect((await revokeBy({ ...confidentialApp, secret: null }, access_token)).status).toBe(401);
      expect((await me(access_token)).status).toBe(200);
      expect(await post('/oauth/revoke', authOf(confidentialApp))).toMatchObject(
        oauthError('invalid_request'),
      );
      const twice = { ...authOf(confidentialApp), token: [access_token, 'x'] };
      expect(await post('/oauth/revoke', twice)).toMatchObject(oauthError('invalid_request'));
    });

    test('a wrong token_type_hint changes nothing (§2.1)', async () => {
      const { confidentialApp, linked, me } = state.stand;
      const { access_token } = await linked(confidentialApp);
      await revokeBy(confidentialApp, access_token, { token_type_hint: 'refresh_token' });
      expect((await me(access_token)).status).toBe(401);
    });
  });

  describe('RFC 7662: introspection', () => {
    test('tells a client of its own tokens, living ones alone', async () => {
      const { confidentialApp, issuer, linked, account } = state.stand;
      const { access_token, refresh_token } = await linked(confidentialApp);
      expect((await introspect(confidentialApp, access_token)).body).toMatchObject({
        active: true,
        client_id: confidentialApp.clientId,
        iss: issuer,
        scope: 'bookings:read reviews:read',
        sub: account.id,
        token_type: 'Bearer',
      });
      expect((await introspect(confidentialApp, refresh_token)).body.active).toBe(true);
      await revokeBy(confidentialApp, refresh_token);
      for (const token of [access_token, refresh_token])
        expect((await introspect(confidentialApp, token)).body).toEqual({ active: false });
    });

    test('§4: is no oracle: of others’ tokens, unknown ones and secrets it says the same nothing', async () => {
      const { account, app, confidentialApp, linked } = state.stand;
      const other = await linked(await app());
      for (const token of [
        other.access_token,
        account.token,
        confidentialApp.secret ?? '',
        'x',
        newToken('a', 'live', systemChance).token,
      ])
        expect(await introspect(confidentialApp, token)).toMatchObject({
          status: 200,
          body: { active: false },
        });
    });

    test('§2.1: nobody asks without authentication, a public client among them', async () => {
      const { confidentialApp, linked, post, publicApp } = state.stand;
      const { access_token } = await linked(confidentialApp);
      expect((await introspect(publicApp, access_token)).status).toBe(401);
      expect((await post('/oauth/introspect', { token: access_token })).status).toBe(401);
    });
  });

  describe('RFC 9700 §2.3 and RFC 6749 §5.1: what a token answer is', () => {
    test('never cached, a Bearer token, its real scope and life', async () => {
      const { app, codeFor, redeem } = state.stand;
      for (const [kind, life] of [
        ['public', 900],
        ['confidential', 3_600],
      ] as const) {
        const client = await app({ kind });
        const seen = await redeem(client, await codeFor(client));
        expect(seen.headers.get('cache-control')).toBe('no-store');
        expect(seen.headers.get('pragma')).toBe('no-cache');
        expect(seen.body).toMatchObject({
          token_type: 'Bearer',
          expires_in: life,
          scope: 'bookings:read reviews:read',
        });
      }
    });

    test('a token that has expired is active no more', async () => {
      const { app, linked, ports } = state.stand;
      const client = await app({ kind: 'confidential' });
      const { access_token } = await linked(client);
      expect((await introspect(client, access_token)).body.active).toBe(true);
      const { tokens } = ports.store.tables;
      const past = new Date(Date.now() - 1);
      await ports.store.write((db) => [
        db
          .update(tokens)
          .set({ expiresAt: past })
          .where(and(eq(tokens.appId, client.clientId), eq(tokens.kind, 'a'))),
      ]);
      expect((await introspect(client, access_token)).body).toEqual({ active: false });
    });
  });

  test('RFC 9728 §5.1: a call without a token is told where the server’s metadata is', async () => {
    const { issuer, send } = state.stand;
    const seen = await send('/v1/me');
    const url = `${issuer}/.well-known/oauth-protected-resource`;
    expect(seen.headers.get('www-authenticate')).toContain(`resource_metadata="${url}"`);
    expect((await send(new URL(url).pathname)).body).toMatchObject({
      resource: issuer,
      authorization_servers: [issuer],
    });
  });

  describe('client credentials (RFC 6749 §4.4)', () => {
    test('give no refresh token and act for no account', async () => {
      const { confidentialApp, token, me } = state.stand;
      const { body } = await token(confidentialApp, {
        grant_type: 'client_credentials',
        scope: 'webhooks:manage',
      });
      expect(body.refresh_token).toBeUndefined();
      expect((await me(body.access_token)).body).toMatchObject({
        account: null,
        grant: null,
        scopes: ['webhooks:manage'],
      });
    });
    test.each(['bookings:read', 'money:read', 'events:publish', 'accounts:write', 'nope', 'rfps:create'])(
      'never give %s without a person or a review',
      async (name) => {
        const { app, token } = state.stand;
        const scopes = ['webhooks:manage', 'bookings:read', 'money:read', 'rfps:create'];
        const client = await app({ kind: 'confidential', scopes });
        expect(await token(client, { grant_type: 'client_credentials', scope: name })).toMatchObject(
          oauthError('invalid_scope'),
        );
      },
    );
    test('end with their app', async () => {
      const { revoke } = await import('../../../src/access/index.ts');
      const { app, token, me, ports } = state.stand;
      const client = await app({ kind: 'confidential' });
      const { body } = await token(client, { grant_type: 'client_credentials', scope: 'webhooks:manage' });
      expect((await me(body.access_token)).status).toBe(200);
      await revoke(ports, { level: 'app', id: client.clientId, reason: 'abuse', actor: 'test' });
      expect((await me(body.access_token)).status).toBe(401);
      expect((await token(client, { grant_type: 'client_credentials' })).status).toBe(401);
    });
  });
});
