import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Edge, startEdge } from '../../src/edge.ts';
import { operatorPath } from '../../src/operator.ts';
import { lentEdge } from '../harness/edge-build.ts';
import { startSink } from '../harness/sink.ts';
import { newKey, settings } from '../hosts/host.ts';
import { freePort } from '../services/free-port.ts';

/** The authorization server inside workerd, on D1, by a real client. */
describe('the authorization server on the edge', { timeout: 120_000 }, () => {
  const state = {} as {
    edge: Edge;
    folder: string;
    issuer: string;
    as: oauth.AuthorizationServer;
    partner: string;
  };
  const operatorKey = randomBytes(32).toString('base64');
  const insecure = { [oauth.allowInsecureRequests]: true };
  const redirectUri = 'https://app.example/callback';
  beforeAll(async () => {
    const port = await freePort();
    const { build, folder } = await lentEdge('oauth');
    state.folder = folder;
    state.issuer = `http://127.0.0.1:${port}`;
    const environment = {
      ...settings,
      PATCHBAY_PUBLIC_URL: state.issuer,
      PATCHBAY_MASTER_KEYS: newKey(),
      PATCHBAY_PEPPERS: newKey(),
      PATCHBAY_OPERATOR_KEY: operatorKey,
      LOG_LEVEL: 'error',
    };
    state.edge = await startEdge({ folder, port, environment, build });
    const issuer = new URL(state.issuer);
    const told = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
    state.as = await oauth.processDiscoveryResponse(issuer, told);
    state.partner = await operate('partner create', { name: 'Acme Tools' });
  }, 120_000);
  afterAll(async () => {
    await state.edge?.stop();
    await rm(state.folder, { recursive: true, force: true });
  });

  const operated = (command: string, options: Record<string, unknown>): Promise<Response> =>
    fetch(state.issuer + operatorPath, {
      method: 'POST',
      headers: { authorization: `Operator ${operatorKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ command, args: [], options, files: {} }),
    });
  const operate = async (command: string, options: Record<string, unknown>): Promise<string> => {
    const response = await operated(command, options);
    const { lines } = (await response.json()) as { lines: { to: string; text: string }[] };
    return lines.find(({ to }) => to === 'out')?.text ?? '';
  };
  const person = async (asked: object): Promise<any> =>
    (await fetch(`${state.issuer}/person`, { method: 'POST', body: JSON.stringify(asked) })).json();
  const me = async (token: string) =>
    (await fetch(`${state.issuer}/v1/me`, { headers: { authorization: `Bearer ${token}` } })).status;

  test('a public client: pushed, consented, redeemed, refreshed at once and again, stolen, stopped', async () => {
    const clientId = await operate('app create', {
      partner: state.partner,
      name: 'Sync',
      type: 'public',
      redirectUri,
      scopes: 'bookings:read',
    });
    const [client, auth] = [{ client_id: clientId }, oauth.None()];
    const verifier = oauth.generateRandomCodeVerifier();
    const parameters = {
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'bookings:read',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    const pushed = await oauth.processPushedAuthorizationResponse(
      state.as,
      client,
      await oauth.pushedAuthorizationRequest(state.as, client, auth, parameters, insecure),
    );
    const query = new URLSearchParams({ client_id: clientId, request_uri: pushed.request_uri });
    const opened = await fetch(`${state.as.authorization_endpoint}?${query.toString()}`, {
      redirect: 'manual',
    });
    const interaction = new URL(opened.headers.get('location') ?? '').searchParams.get('interaction');
    const who = await person({});
    const decision = { kind: 'granted', ...who, scopes: ['bookings:read'], history: false };
    const decided = await person({ interaction, decision });
    const back = oauth.validateAuthResponse(state.as, client, new URL(decided.url), oauth.expectNoState);
    const first = await oauth.processAuthorizationCodeResponse(
      state.as,
      client,
      await oauth.authorizationCodeGrantRequest(
        state.as,
        client,
        auth,
        back,
        redirectUri,
        verifier,
        insecure,
      ),
    );
    expect(await me(first.access_token)).toBe(200);
    const refresh = async (token: string | undefined) =>
      oauth.processRefreshTokenResponse(
        state.as,
        client,
        await oauth.refreshTokenGrantRequest(state.as, client, auth, token ?? '', insecure),
      );
    const [one, two, three] = await Promise.all([1, 2, 3].map(() => refresh(first.refresh_token)));
    expect([two?.refresh_token, three?.refresh_token]).toEqual([one?.refresh_token, one?.refresh_token]);
    const next = await refresh(one?.refresh_token);
    expect(await me(next.access_token)).toBe(200);
    await expect(refresh(first.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await me(next.access_token)).toBe(403);
  });

  test('a confidential client: credentials with a key, introspection, revocation', async () => {
    const made = await operate('app create', {
      partner: state.partner,
      name: 'Server',
      redirectUri,
      scopes: 'webhooks:manage',
    });
    const [clientId = '', secret = ''] = made.split(' ');
    const client: oauth.Client = { client_id: clientId };
    const auth = oauth.ClientSecretBasic(secret);
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const ask = async () =>
      oauth.processClientCredentialsResponse(
        state.as,
        client,
        await oauth.clientCredentialsGrantRequest(state.as, client, auth, {}, { DPoP, ...insecure }),
      );
    const tokens = await ask().catch((error: unknown) => {
      if (oauth.isDPoPNonceError(error)) return ask();
      throw error;
    });
    expect(tokens.token_type).toBe('dpop');
    expect(await me(tokens.access_token)).toBe(401);
    const url = new URL(`${state.issuer}/v1/me`);
    const answer = await oauth.protectedResourceRequest(
      tokens.access_token,
      'GET',
      url,
      new Headers(),
      null,
      { DPoP, ...insecure },
    );
    expect(answer.status).toBe(200);
    const active = async () =>
      (
        await oauth.processIntrospectionResponse(
          state.as,
          client,
          await oauth.introspectionRequest(state.as, client, auth, tokens.access_token, insecure),
        )
      ).active;
    expect(await active()).toBe(true);
    await oauth.revocationRequest(state.as, client, auth, tokens.access_token, insecure);
    expect(await active()).toBe(false);
  });

  test('private_key_jwt with keys at the client’s own address: fetched once, and never by a redirect', async () => {
    const { publicKey, privateKey } = await oauth.generateKeyPair('ES256');
    const jwk = { ...(await crypto.subtle.exportKey('jwk', publicKey)), kid: 'k1' };
    const sink = await startSink();
    const clientOf = async (path: string): Promise<oauth.Client> => {
      const made = await operate('app create', {
        partner: state.partner,
        name: 'By key',
        redirectUri,
        scopes: 'webhooks:manage',
        jwksUri: sink.origin + path,
      });
      return { client_id: made.split(' ')[0] ?? '' };
    };
    const ask = async (client: oauth.Client) => {
      const auth = oauth.PrivateKeyJwt({ key: privateKey, kid: 'k1' });
      const answer = await oauth.clientCredentialsGrantRequest(state.as, client, auth, {}, insecure);
      return oauth.processClientCredentialsResponse(state.as, client, answer);
    };
    sink.answer(({ path }, response) => {
      if (path === '/moved') response.writeHead(302, { location: `${sink.origin}/keys` }).end();
      else response.end(JSON.stringify({ keys: [jwk] }));
    });
    const client = await clientOf('/keys');
    expect(await me((await ask(client)).access_token)).toBe(200);
    expect(await me((await ask(client)).access_token)).toBe(200);
    expect(sink.received).toHaveLength(1);
    await expect(ask(await clientOf('/moved'))).rejects.toMatchObject({ error: 'invalid_client' });
    expect(sink.received.map(({ path }) => path)).toEqual(['/keys', '/moved']);
    await sink.close();
  });

  test('keys are fetched from no bare address, no inside name and not in the clear', async () => {
    for (const jwksUri of [
      'https://10.0.0.1/keys',
      'https://[fd00::1]/keys',
      'https://metadata.internal/keys',
      'http://keys.example/keys',
      'https://user:pass@keys.example/keys',
    ]) {
      const wish = { partner: state.partner, name: 'No', redirectUri, scopes: 'webhooks:manage', jwksUri };
      const answer = await operated('app create', wish);
      expect([answer.status, await answer.text()], jwksUri).toEqual([
        422,
        expect.stringContaining('jwks_uri'),
      ]);
    }
  });
});
