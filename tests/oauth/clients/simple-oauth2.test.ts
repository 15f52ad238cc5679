import { AuthorizationCode, ClientCredentials } from 'simple-oauth2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { challengeOf, redirectUri, scope, type Stand, startStand, verifier } from '../stand.ts';

/** The whole way with simple-oauth2, which knows neither PKCE nor `iss`, and passes on what it is given. */
describe('simple-oauth2', () => {
  const state = {} as { stand: Stand };
  beforeAll(async () => {
    state.stand = await startStand();
  });
  afterAll(() => state.stand.stop());

  const config = (authorizationMethod: 'header' | 'body') => ({
    client: { id: state.stand.confidentialApp.clientId, secret: state.stand.confidentialApp.secret },
    auth: {
      tokenHost: state.stand.issuer,
      authorizePath: '/oauth/authorize',
      tokenPath: '/oauth/token',
      revokePath: '/oauth/revoke',
    },
    options: { authorizationMethod },
  });

  test.each(['header', 'body'] as const)(
    'by the %s: code, call, refresh, refresh again, revoke',
    async (method) => {
      const { consent, me, send } = state.stand;
      const client = new AuthorizationCode(config(method));
      const url = new URL(
        client.authorizeURL({
          redirect_uri: redirectUri,
          scope,
          state: 'given',
          code_challenge: challengeOf(verifier),
          code_challenge_method: 'S256',
        }),
      );
      const back = await consent((await send(url.pathname + url.search)).location);
      const first = await client.getToken({
        code: back.searchParams.get('code'),
        redirect_uri: redirectUri,
        code_verifier: verifier,
      });
      expect((await me(first.token.access_token)).status).toBe(200);
      // It keeps only what came last, so the refresh token must be in every answer.
      const third = await (await first.refresh()).refresh();
      expect((await me(third.token.access_token)).status).toBe(200);
      await third.revokeAll();
      expect((await me(third.token.access_token)).status).toBe(401);
    },
  );

  test('client credentials', async () => {
    const { auth, ...rest } = config('header');
    const { tokenHost, tokenPath } = auth;
    const made = await new ClientCredentials({ ...rest, auth: { tokenHost, tokenPath } }).getToken({
      scope: 'webhooks:manage',
    });
    expect((await state.stand.me(made.token.access_token)).status).toBe(200);
  });
});
