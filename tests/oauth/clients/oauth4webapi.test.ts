import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, redirectUri, scope, type Stand, startStand } from '../stand.ts';

/** The whole way with panva/oauth4webapi, which checks each answer as strictly as its RFC lets it. */
describe('oauth4webapi', () => {
  const state = {} as { stand: Stand; as: oauth.AuthorizationServer };
  /** The hub of a test answers in the clear, on this machine. */
  const insecure = { [oauth.allowInsecureRequests]: true };
  beforeAll(async () => {
    state.stand = await startStand();
    const issuer = new URL(state.stand.issuer);
    const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
    state.as = await oauth.processDiscoveryResponse(issuer, response);
  });
  afterAll(() => state.stand.stop());

  const clientOf = ({ clientId }: Client): oauth.Client => ({ client_id: clientId });
  const api = async (token: string) => (await state.stand.me(token)).status;

  /** What the browser does between the client's two halves; answers what came back, validated by the client. */
  const consented = async (client: oauth.Client, url: URL, given: string): Promise<URLSearchParams> => {
    const { location } = await state.stand.send(url.pathname + url.search);
    return oauth.validateAuthResponse(state.as, client, await state.stand.consent(location), given);
  };
  const urlFor = (parameters: Record<string, string>): URL =>
    new URL(`${state.as.authorization_endpoint}?${new URLSearchParams(parameters).toString()}`);

  const ways: [string, () => Client, (client: Client) => oauth.ClientAuth][] = [
    ['a public client', () => state.stand.publicApp, () => oauth.None()],
    [
      'a confidential client by Basic',
      () => state.stand.confidentialApp,
      ({ secret }) => oauth.ClientSecretBasic(secret ?? ''),
    ],
    [
      'a confidential client by the body',
      () => state.stand.confidentialApp,
      ({ secret }) => oauth.ClientSecretPost(secret ?? ''),
    ],
  ];

  for (const isPushed of [false, true]) {
    test.each(ways)(
      `${isPushed ? 'pushed' : 'open'}: %s: code, call, refresh, introspect or not, revoke`,
      async (_, of, auth) => {
        const made = of();
        const [client, clientAuth] = [clientOf(made), auth(made)];
        const verifier = oauth.generateRandomCodeVerifier();
        const given = oauth.generateRandomState();
        const parameters = {
          client_id: client.client_id,
          response_type: 'code',
          redirect_uri: redirectUri,
          scope,
          state: given,
          code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          resource: state.stand.issuer,
        };
        let url = urlFor(parameters);
        if (isPushed) {
          const pushed = await oauth.pushedAuthorizationRequest(
            state.as,
            client,
            clientAuth,
            parameters,
            insecure,
          );
          const { request_uri } = await oauth.processPushedAuthorizationResponse(state.as, client, pushed);
          url = urlFor({ client_id: client.client_id, request_uri });
        }
        const back = await consented(client, url, given);
        const tokens = await oauth.processAuthorizationCodeResponse(
          state.as,
          client,
          await oauth.authorizationCodeGrantRequest(
            state.as,
            client,
            clientAuth,
            back,
            redirectUri,
            verifier,
            insecure,
          ),
        );
        expect(await api(tokens.access_token)).toBe(200);
        const fresh = await oauth.processRefreshTokenResponse(
          state.as,
          client,
          await oauth.refreshTokenGrantRequest(
            state.as,
            client,
            clientAuth,
            tokens.refresh_token ?? '',
            insecure,
          ),
        );
        expect(await api(fresh.access_token)).toBe(200);
        if (made.secret !== null) {
          const seen = await oauth.processIntrospectionResponse(
            state.as,
            client,
            await oauth.introspectionRequest(state.as, client, clientAuth, fresh.access_token, insecure),
          );
          expect(seen.active).toBe(true);
        }
        await oauth.processRevocationResponse(
          await oauth.revocationRequest(state.as, client, clientAuth, fresh.refresh_token ?? '', insecure),
        );
        expect(await api(fresh.access_token)).toBe(401);
      },
    );
  }

  test('private_key_jwt, client credentials, and a token bound by DPoP (the nonce is learned on the way)', async () => {
    const pair = await oauth.generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await crypto.subtle.exportKey('jwk', pair.publicKey)), kid: 'one' };
    const made = await state.stand.app({
      kind: 'confidential',
      authMethods: ['private_key_jwt'],
      jwks: { keys: [jwk] },
      requiresDpop: true,
    });
    const client = clientOf(made);
    const auth = oauth.PrivateKeyJwt({ key: pair.privateKey, kid: 'one' });
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const ask = async () =>
      oauth.processClientCredentialsResponse(
        state.as,
        client,
        await oauth.clientCredentialsGrantRequest(
          state.as,
          client,
          auth,
          { scope: 'webhooks:manage' },
          { DPoP, ...insecure },
        ),
      );
    const tokens = await ask().catch((error: unknown) => {
      if (oauth.isDPoPNonceError(error)) return ask();
      throw error;
    });
    expect(tokens.token_type).toBe('dpop');
    const response = await oauth.protectedResourceRequest(
      tokens.access_token,
      'GET',
      new URL(`${state.stand.issuer}/v1/me`),
      new Headers(),
      null,
      { DPoP, ...insecure },
    );
    expect(response.status).toBe(200);
    expect(await api(tokens.access_token)).toBe(401);
  });

  test('a device', async () => {
    const { decide } = await import('../../../src/oauth/index.ts');
    const made = await state.stand.app({
      redirectUris: [],
      grantTypes: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
    });
    const client = clientOf(made);
    const begun = await oauth.processDeviceAuthorizationResponse(
      state.as,
      client,
      await oauth.deviceAuthorizationRequest(state.as, client, oauth.None(), { scope }, insecure),
    );
    const complete = new URL(begun.verification_uri_complete ?? '');
    const { location } = await state.stand.send(complete.pathname + complete.search);
    const interaction = new URL(location ?? '').searchParams.get('interaction') ?? '';
    await decide(state.stand.ports, interaction, state.stand.approval());
    const tokens = await oauth.processDeviceCodeResponse(
      state.as,
      client,
      await oauth.deviceCodeGrantRequest(state.as, client, oauth.None(), begun.device_code, insecure),
    );
    expect(await api(tokens.access_token)).toBe(200);
  });

  test('the resource tells its server (RFC 9728), and registration makes a client (RFC 7591)', async () => {
    const { createRegistrationToken } = await import('../../../src/oauth/index.ts');
    const resource = new URL(state.stand.issuer);
    const told = await oauth.processResourceDiscoveryResponse(
      resource,
      await oauth.resourceDiscoveryRequest(resource, insecure),
    );
    expect(told.authorization_servers).toEqual([state.stand.issuer]);
    const initialAccessToken = await createRegistrationToken(
      state.stand.ports,
      'test',
      state.stand.partnerId,
    );
    const registered = await oauth.processDynamicClientRegistrationResponse(
      await oauth.dynamicClientRegistrationRequest(
        state.as,
        { client_name: 'Dyn', redirect_uris: [redirectUri], scope },
        { initialAccessToken, ...insecure },
      ),
    );
    expect(registered.client_secret).toMatch(/^pbk_cl_/);
  });
});
