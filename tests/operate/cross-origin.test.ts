import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSignInLink } from '../../src/sessions/index.ts';
import { redirectUri, type Stand, startStand } from '../oauth/stand.ts';
import { describeWith } from '../services/describe.ts';

describe('what is answered to pages of other origins', () => {
  const state = {} as { stand: Stand };
  beforeAll(async () => {
    state.stand = await startStand();
  });
  afterAll(() => state.stand.stop());

  const preflight = (path: string, method: string, headers = 'authorization,content-type,dpop') =>
    state.stand.send(path, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://page.example',
        'access-control-request-method': method,
        'access-control-request-headers': headers,
      },
    });

  test('a preflight needs no token, and says what may be asked', async () => {
    for (const path of ['/v1/me', '/v1/subscriptions', '/v1/deliveries/dlv_none', '/oauth/token']) {
      const { status, headers, text } = await preflight(path, 'POST');
      expect([status, text], path).toEqual([204, '']);
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-allow-headers')?.toLowerCase()).toContain('authorization');
      expect(headers.get('access-control-allow-headers')?.toLowerCase()).toContain('dpop');
      expect(headers.get('access-control-allow-methods')).toContain('POST');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
    const publish = await preflight('/v1/events', 'POST');
    expect(publish.headers.get('access-control-allow-methods')).toBe('GET,HEAD');
  });

  test('an OPTIONS that is no preflight is refused like any method', async () => {
    expect(await state.stand.send('/v1/me', { method: 'OPTIONS' })).toMatchObject({
      status: 405,
      body: { code: 'method_not_allowed' },
    });
  });

  test('refusals can be read, with what they tell in their header', async () => {
    const { status, headers, body } = await state.stand.send('/v1/me', {
      headers: { origin: 'https://page.example' },
    });
    expect([status, body.code]).toEqual([401, 'unauthenticated']);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    for (const name of ['WWW-Authenticate', 'RateLimit', 'Retry-After', 'DPoP-Nonce', 'ETag'])
      expect(headers.get('access-control-expose-headers')).toContain(name);
  });

  test('pages for people, staff, registration and introspection answer no other origin', async () => {
    const closed = [
      '/portal',
      '/portal/sign-in',
      '/admin',
      '/admin/v1/me',
      '/oauth/authorize',
      '/oauth/device',
      '/oauth/register',
      '/oauth/introspect',
      '/leak-reports',
      '/healthz',
      '/metrics',
      '/docs',
    ];
    for (const path of closed)
      for (const method of ['OPTIONS', 'GET', 'POST']) {
        const { headers } = await state.stand.send(path, {
          method,
          headers: { origin: 'https://page.example', 'access-control-request-method': 'POST' },
        });
        expect(headers.get('access-control-allow-origin'), `${method} ${path}`).toBeNull();
      }
  });
});

/** `again`: a server that wants its own nonce in a proof says which (RFC 9449 §8). */
const elsewhere = `<!doctype html><title>another origin</title><script type="module">
import * as oauth from '/oauth4webapi.js';
globalThis.oauth = oauth;
globalThis.insecure = { [oauth.allowInsecureRequests]: true };
globalThis.again = (ask) => ask().catch((error) => {
  if (oauth.isDPoPNonceError(error)) return ask();
  throw error;
});
</script>`;

await describeWith('chromium', 'a page of another origin, in a browser', (program) => {
  const state = {} as { stand: Stand; browser: Browser; page: Page; other: ReturnType<typeof createServer> };
  beforeAll(async () => {
    state.stand = await startStand();
    const client = readFileSync(new URL('../../node_modules/oauth4webapi/build/index.js', import.meta.url));
    state.other = createServer(({ url }, response) => {
      const isClient = url === '/oauth4webapi.js';
      response.setHeader('content-type', isClient ? 'text/javascript' : 'text/html');
      response.end(isClient ? client : elsewhere);
    });
    await new Promise<void>((resolve) => state.other.listen(0, '127.0.0.1', resolve));
    state.browser = await chromium.launch({
      executablePath: program.url,
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
    state.page = await state.browser.newPage();
  }, 120_000);
  afterAll(async () => {
    await state.browser.close();
    await new Promise((resolve) => state.other.close(resolve));
    await state.stand.stop();
  });
  // The same host and another port: of another origin, and of the same site, so that even SameSite cookies are sent.
  const goElsewhere = async () => {
    await state.page.goto(`http://127.0.0.1:${(state.other.address() as AddressInfo).port}/`);
    await state.page.waitForFunction(() => 'again' in globalThis);
  };

  test('a public client gets its tokens and calls the API, bound to a key that never leaves the page', async () => {
    await goElsewhere();
    const { issuer, publicApp, send, consent, approval } = state.stand;
    const pushed = await state.page.evaluate(
      async ([hub, clientId, redirect]) => {
        const page = globalThis as any;
        const { oauth, insecure, again } = page;
        const at = new URL(hub);
        const answer = await oauth.discoveryRequest(at, { algorithm: 'oauth2', ...insecure });
        const as = await oauth.processDiscoveryResponse(at, answer);
        const client = { client_id: clientId };
        const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
        const verifier = oauth.generateRandomCodeVerifier();
        const wish = {
          response_type: 'code',
          redirect_uri: redirect,
          scope: 'bookings:read',
          code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
        };
        page.kept = { as, client, DPoP, verifier };
        const ask = async () =>
          oauth.processPushedAuthorizationResponse(
            as,
            client,
            await oauth.pushedAuthorizationRequest(as, client, oauth.None(), wish, { DPoP, ...insecure }),
          );
        return (await again(ask)).request_uri as string;
      },
      [issuer, publicApp.clientId, redirectUri] as const,
    );
    const query = new URLSearchParams({ client_id: publicApp.clientId, request_uri: pushed });
    const { location } = await send(`/oauth/authorize?${query.toString()}`);
    const back = await consent(location, approval({ scopes: ['bookings:read'] }));

    const seen = await state.page.evaluate(
      async ([hub, returned, redirect]) => {
        const { oauth, insecure, again, kept } = globalThis as any;
        const { as, client, DPoP, verifier } = kept;
        const options = { DPoP, ...insecure };
        const code = oauth.validateAuthResponse(as, client, new URL(returned), oauth.expectNoState);
        const redeem = async () =>
          oauth.processAuthorizationCodeResponse(
            as,
            client,
            await oauth.authorizationCodeGrantRequest(
              as,
              client,
              oauth.None(),
              code,
              redirect,
              verifier,
              options,
            ),
          );
        const tokens = await again(redeem);
        const call = (method: string, path: string) =>
          oauth.protectedResourceRequest(
            tokens.access_token,
            method,
            new URL(hub + path),
            new Headers(),
            null,
            options,
          );
        const me = await again(() => call('GET', '/v1/me'));
        const read = {
          status: me.status,
          body: await me.json(),
          etag: me.headers.get('etag'),
          limit: me.headers.get('ratelimit'),
        };
        const bearer = await fetch(`${hub}/v1/me`, {
          headers: { authorization: `Bearer ${tokens.access_token}` },
        });
        const refused = [bearer.status, bearer.headers.get('www-authenticate')];
        await oauth.revocationRequest(as, client, oauth.None(), tokens.refresh_token, options);
        return { type: tokens.token_type, read, refused };
      },
      [issuer, back.href, redirectUri] as const,
    );
    expect(seen.type).toBe('dpop');
    expect(seen.read).toMatchObject({ status: 200, body: { scopes: ['bookings:read'] } });
    expect(seen.read.etag).toMatch(/^"/);
    expect(seen.read.limit).toContain('"token";r=');
    expect(seen.refused).toEqual([401, expect.stringContaining('DPoP')]);
  });

  test('somebody who is signed in lends the page nothing', async () => {
    const { page, stand } = state;
    await page.goto((await createSignInLink(stand.ports, 'test', stand.userId)).url);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/portal*');
    await goElsewhere();
    const outcomes = await page.evaluate(async (hub) => {
      const tried = async (path: string, init: RequestInit = {}): Promise<string> => {
        try {
          const answer = await fetch(hub + path, { credentials: 'include', ...init });
          return answer.type === 'opaque' ? 'opaque' : `read ${answer.status}`;
        } catch {
          return 'refused';
        }
      };
      const form = { method: 'POST', mode: 'no-cors', body: new URLSearchParams({ key: '' }) } as const;
      return {
        portal: await tried('/portal'),
        console: await tried('/admin'),
        staff: await tried('/admin/v1/me'),
        staffWithToken: await tried('/admin/v1/me', {
          credentials: 'omit',
          headers: { authorization: 'Bearer x' },
        }),
        apiWithCookies: await tried('/v1/me'),
        apiWithout: await tried('/v1/me', { credentials: 'omit' }),
        publish: await tried('/v1/events', {
          method: 'POST',
          credentials: 'omit',
          headers: { authorization: 'Bearer x', 'content-type': 'application/json' },
          body: '{}',
        }),
        introspect: await tried('/oauth/introspect', { method: 'POST', body: form.body }),
        form: await tried('/portal/sign-out', form),
      };
    }, stand.issuer);
    expect(outcomes).toEqual({
      portal: 'refused',
      console: 'refused',
      staff: 'refused',
      staffWithToken: 'refused',
      apiWithCookies: 'refused',
      apiWithout: 'read 401',
      publish: 'refused',
      introspect: 'refused',
      form: 'opaque',
    });
    // The form was sent, cookie and all, and nothing was done.
    await page.goto(`${stand.issuer}/portal`);
    expect(new URL(page.url()).pathname).toBe('/portal');
    // The API looks at no cookie, even where one is sent.
    const direct = await page.evaluate(async () => (await fetch('/v1/me')).status);
    expect(direct).toBe(401);
  });
});
