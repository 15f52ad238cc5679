import type { Hono } from 'hono';
import type { Ports } from '#src/context';
import { newestNonce, verifyProof } from '#src/dpop';
import { createAddresses, createBuckets } from '#src/limits';
import type { Cap } from '#src/ports';
import { publicSetKeys } from '#src/signatures';
import { answer, asOAuthError, errorAnswer } from './answer.ts';
import { authenticateClient } from './authenticate-client.ts';
import { authorize } from './authorize.ts';
import type { Asker } from './chain.ts';
import { createClientKeys } from './client-keys.ts';
import type { Client } from './clients.ts';
import { beginDevice, openDevice } from './device.ts';
import { OAuthError } from './errors.ts';
import { introspect } from './introspect.ts';
import { resourceMetadata, serverMetadata } from './metadata.ts';
import { hashNetwork } from './network.ts';
import { devicePage, pageHeaders, refusalPage } from './page.ts';
import { needed, type Parameters, parametersOf, readForm } from './parameters.ts';
import { pushRequest } from './push.ts';
import { registerClient } from './register.ts';
import { revokeToken } from './revoke-token.ts';
import { grantToken } from './token.ts';
import { spendTokenRequest } from './token-cap.ts';

/** Where a request came from, as the host knows it; empty where it does not. */
type AddressOf = (request: Request) => string;
type Asked = { client: Client; form: Parameters; asker: Asker };

/** All that the authorization server answers. It knows nobody by a session: who decides comes from the portal. */
export function oauthRoutes(app: Pick<Hono, 'get' | 'post'>, ports: Ports, addressOf: AddressOf): void {
  backChannel(app, ports, addressOf);
  browser(app, ports, addressOf);
  app.get('/.well-known/oauth-authorization-server', () => open(serverMetadata(ports)));
  // Nothing of OAuth is signed; what the hub says of ended access is (security event tokens).
  app.get('/oauth/jwks', async () => open(await publicSetKeys(ports)));
  app.get('/.well-known/oauth-protected-resource', () => open(resourceMetadata(ports)));
}

/** The same for everybody. */
const open = (body: unknown): Response =>
  new Response(JSON.stringify(body), {
    headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' },
  });

/** Order: the form, the client, its proof of possession; then the verb. */
function backChannel(app: Pick<Hono, 'post'>, ports: Ports, addressOf: AddressOf): void {
  const keys = createClientKeys(ports);
  const addresses = createAddresses(ports.settings, ports.clock);
  const verb = (path: string, run: (asked: Asked) => Promise<Response>) =>
    app.post(path, async ({ req: { raw: request } }) => {
      try {
        const form = await readForm(request);
        const client = await authenticateClient(ports, keys, request, form);
        const jkt = await provenKey(ports, request, path);
        return await run({ client, form, asker: { jkt, network: hashNetwork(ports, addressOf(request)) } });
      } catch (error) {
        return errorAnswer(ports, charged(error, addressOf(request)), path);
      }
    });
  /** Who fails to prove a client counts against where they are, never against the client that they name. */
  const charged = (error: unknown, address: string): unknown => {
    if (!(error instanceof OAuthError) || error.code !== 'invalid_client') return error;
    try {
      addresses.charge(address);
      return error;
    } catch (spent) {
      return spent;
    }
  };

  verb('/oauth/token', async ({ client, form, asker }) => {
    await spendTokenRequest(ports, client, asker.network);
    const tokens = await grantToken(ports, client, form, asker);
    return answer(200, tokens, asker.jkt === null ? {} : { 'dpop-nonce': newestNonce(ports) });
  });
  verb('/oauth/par', async ({ client, form, asker }) =>
    answer(201, await pushRequest(ports, client, form, asker.jkt)),
  );
  verb('/oauth/device_authorization', async ({ client, form }) => {
    if (!client.grantTypes.includes('urn:ietf:params:oauth:grant-type:device_code'))
      throw new OAuthError('unauthorized_client', 'The client is not registered for devices.');
    return answer(200, await beginDevice(ports, client, form));
  });
  verb('/oauth/revoke', async ({ client, form }) => {
    await revokeToken(ports, client, needed(form, 'token'));
    // RFC 7009 §2.2: clients ignore the body. Some (simple-oauth2) fail where it is no JSON.
    return answer(200, {});
  });
  verb('/oauth/introspect', async ({ client, form }) => {
    // RFC 7662 §2.1: who asks is authenticated, or any token could be tried here.
    if (client.kind === 'public') throw new OAuthError('invalid_client', 'A public client cannot ask this.');
    return answer(200, await introspect(ports, client, needed(form, 'token')));
  });
  app.post('/oauth/register', async ({ req: { raw: request } }) => {
    try {
      return answer(201, await registerClient(ports, request));
    } catch (error) {
      return errorAnswer(ports, error, '/oauth/register');
    }
  });
}

/** Null where there is no proof. RFC 9449 §8: a proof has our nonce, so that it was not signed long ahead. */
async function provenKey(ports: Ports, request: Request, path: string): Promise<string | null> {
  const proof = request.headers.get('dpop');
  if (proof === null) return null;
  const proven = await verifyProof(ports, proof, { method: 'POST', path, needsNonce: true });
  if (proven.ok) return proven.jkt;
  throw new OAuthError(proven.why === 'nonce' ? 'use_dpop_nonce' : 'invalid_dpop_proof', proven.detail, {
    headers: { 'dpop-nonce': newestNonce(ports) },
  });
}

function browser(app: Pick<Hono, 'get'>, ports: Ports, addressOf: AddressOf): void {
  const buckets = createBuckets(() => Math.floor(ports.clock.ticks() * 1_000));
  const shown = async (page: Promise<string>, status: number): Promise<Response> =>
    new Response(await page, { status, headers: pageHeaders });
  /** RFC 9700 §4.12: 303, so that no browser sends a form on. */
  const goTo = (location: string): Response =>
    new Response(null, {
      status: 303,
      headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
    });
  const queryOf = (request: Request): Parameters => parametersOf(new URL(request.url).searchParams);
  const visit = (path: string, run: (request: Request) => Promise<Response>) =>
    app.get(path, async ({ req: { raw: request } }) => {
      const network = hashNetwork(ports, addressOf(request)) ?? 'unknown';
      if (buckets.spend([visitCap(network)]).refused)
        return shown(refusalPage('Too many requests come from your network. Wait a minute.'), 429);
      try {
        return await run(request);
      } catch (error) {
        const { message, status } = asOAuthError(ports, error, path);
        return shown(refusalPage(message), status);
      }
    });

  visit('/oauth/authorize', async (request) => goTo(await authorize(ports, queryOf(request))));
  visit('/oauth/device', async (request) => {
    const typed = queryOf(request).get('user_code');
    if (typed === undefined) return shown(devicePage(null), 200);
    // RFC 8628 §5.1: 20^8 codes live for ten minutes; at this rate nobody finds one of them.
    if (buckets.spend([userCodeCap]).refused)
      return shown(devicePage('Too many codes were tried. Wait a minute.'), 429);
    const location = await openDevice(ports, typed);
    if (location === null) return shown(devicePage('This code is not known, or has expired.'), 400);
    buckets.giveBack(userCodeCap);
    return goTo(location);
  });
}

/** Misses of one process: thirty at once, then one every two seconds. */
const userCodeCap: Cap = { level: 'app', key: 'user_code', periodMs: 2_000, burst: 30, cost: 1 };
/** Each visit may leave a row behind, and nobody has said yet who they are. */
const visitCap = (network: string): Cap => ({
  level: 'app',
  key: `visit ${network}`,
  periodMs: 50,
  burst: 600,
  cost: 1,
});
