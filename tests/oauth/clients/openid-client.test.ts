import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, redirectUri, scope, type Stand, startStand } from '../stand.ts';

/** The whole way with openid-client, the library that most Node apps use. */
describe('openid-client', () => {
  const state = {} as { stand: Stand };
  beforeAll(async () => {
    state.stand = await startStand();
  });
  afterAll(() => state.stand.stop());

  const discover = ({ clientId, secret }: Client) =>
    client.discovery(
      new URL(state.stand.issuer),
      clientId,
      secret ?? undefined,
      secret ? undefined : client.None(),
      {
        algorithm: 'oauth2',
        execute: [client.allowInsecureRequests],
      },
    );

  for (const kind of ['public', 'confidential'] as const) {
    test.each([false, true])(`a ${kind} client, pushed: %s`, async (isPushed) => {
      const { app, consent, me, send } = state.stand;
      const config = await discover(await app({ kind }));
      const verifier = client.randomPKCECodeVerifier();
      const given = client.randomState();
      const parameters = {
        redirect_uri: redirectUri,
        scope,
        state: given,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      };
      const url = isPushed
        ? await client.buildAuthorizationUrlWithPAR(config, parameters)
        : client.buildAuthorizationUrl(config, parameters);
      const { location } = await send(url.pathname + url.search);
      const tokens = await client.authorizationCodeGrant(config, await consent(location), {
        pkceCodeVerifier: verifier,
        expectedState: given,
      });
      expect((await me(tokens.access_token)).status).toBe(200);
      const fresh = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
      expect((await me(fresh.access_token)).status).toBe(200);
      await client.tokenRevocation(config, fresh.refresh_token ?? '');
      expect((await me(fresh.access_token)).status).toBe(401);
    });
  }

  test('with DPoP, the nonce handled by the library', async () => {
    const { app, consent, send, issuer } = state.stand;
    const config = await discover(await app());
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
    const verifier = client.randomPKCECodeVerifier();
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      dpop_jkt: await DPoP.calculateThumbprint(),
    });
    const { location } = await send(url.pathname + url.search);
    const back = await consent(location);
    const tokens = await client.authorizationCodeGrant(
      config,
      back,
      { pkceCodeVerifier: verifier },
      undefined,
      { DPoP },
    );
    const answer = await client.fetchProtectedResource(
      config,
      tokens.access_token,
      new URL(`${issuer}/v1/me`),
      'GET',
      undefined,
      undefined,
      { DPoP },
    );
    expect(answer.status).toBe(200);
    const fresh = await client.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
    expect(fresh.token_type).toBe('dpop');
  });

  test('a denial comes to the client as what it is', async () => {
    const { app, consent, send, userId } = state.stand;
    const config = await discover(await app());
    const verifier = client.randomPKCECodeVerifier();
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const { location } = await send(url.pathname + url.search);
    const back = await consent(location, { kind: 'denied', userId });
    await expect(
      client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier }),
    ).rejects.toMatchObject({
      error: 'access_denied',
    });
  });

  test('client credentials', async () => {
    const config = await discover(state.stand.confidentialApp);
    const tokens = await client.clientCredentialsGrant(config, { scope: 'webhooks:manage' });
    expect((await state.stand.me(tokens.access_token)).status).toBe(200);
  });
});
