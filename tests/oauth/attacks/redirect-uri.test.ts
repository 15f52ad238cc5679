import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encoded, redirectUri, type Stand, startStand } from '../stand.ts';

describe('RFC 9700 §4.1: redirect URIs', () => {
  const state = {} as { stand: Stand };
  beforeAll(async () => {
    state.stand = await startStand();
  });
  afterAll(() => state.stand.stop());

  /** Shown to the person, led nowhere: RFC 6749 §4.1.2.1. */
  const refuseShown = (seen: { status: number; location: string | null; headers: Headers }) => {
    expect(seen.status).toBe(400);
    expect(seen.location).toBeNull();
    expect(seen.headers.get('content-type')).toContain('text/html');
  };

  test.each([
    ['another host', 'https://evil.example/callback'],
    ['a subdomain', 'https://evil.app.example/callback'],
    ['a host that begins alike', 'https://app.example.evil.example/callback'],
    ['a host that ends alike', 'https://evilapp.example/callback'],
    ['user information before the host', 'https://app.example@evil.example/callback'],
    ['user information within', 'https://user@app.example/callback'],
    ['a backslash', 'https://app.example\\@evil.example/callback'],
    ['another scheme', 'http://app.example/callback'],
    ['a longer path', 'https://app.example/callback/more'],
    ['a path that goes up', 'https://app.example/callback/../evil'],
    ['an encoded path that goes up', 'https://app.example/callback/%2e%2e/evil'],
    ['a trailing slash', 'https://app.example/callback/'],
    ['a shorter path', 'https://app.example/'],
    ['another case of the path', 'https://app.example/Callback'],
    ['another case of the host', 'https://APP.example/callback'],
    ['an encoding of the same path', 'https://app.example/%63allback'],
    ['a query', 'https://app.example/callback?next=https://evil.example'],
    ['an empty query', 'https://app.example/callback?'],
    ['a fragment', 'https://app.example/callback#x'],
    ['an empty fragment', 'https://app.example/callback#'],
    ['the default port', 'https://app.example:443/callback'],
    ['another port', 'https://app.example:8443/callback'],
    ['a dot after the host', 'https://app.example./callback'],
    ['a space before', ' https://app.example/callback'],
    ['a line break after', 'https://app.example/callback\r\nset-cookie: a=b'],
    ['a NUL', 'https://app.example/callback\0'],
    ['a script', 'javascript:alert(1)//https://app.example/callback'],
    ['data', 'data:text/html,https://app.example/callback'],
    ['a scheme of its own', 'com.example.app:/callback'],
    ['no scheme', '//app.example/callback'],
    ['nothing', ''],
    ['a full-width letter', 'https://ａpp.example/callback'],
    ['a wildcard', 'https://*/callback'],
  ])('%s is refused, and nothing is redirected (§4.1.3)', async (_, uri) => {
    refuseShown(await state.stand.authorize(state.stand.publicApp, { redirect_uri: uri }));
  });

  test('no redirect URI at all is refused, though only one is registered (§4.1.3)', async () => {
    refuseShown(await state.stand.authorize(state.stand.publicApp, { redirect_uri: null }));
  });

  test('two redirect URIs are refused, whichever comes first (RFC 6749 §3.1)', async () => {
    const { authorize, publicApp } = state.stand;
    for (const pair of [
      [redirectUri, 'https://evil.example/'],
      ['https://evil.example/', redirectUri],
    ])
      refuseShown(await authorize(publicApp, { redirect_uri: pair }));
  });

  test('the redirect URI of another client is refused (§4.1.1)', async () => {
    const { app, authorize, publicApp } = state.stand;
    await app({ redirectUris: ['https://other.example/cb'] });
    refuseShown(await authorize(publicApp, { redirect_uri: 'https://other.example/cb' }));
  });

  test('an unknown client and one that is repeated are refused without a redirect (§4.11.2)', async () => {
    const { authorize, publicApp } = state.stand;
    refuseShown(await authorize(publicApp, { client_id: 'app_01kam0000000000000000000zz' }));
    refuseShown(await authorize(publicApp, { client_id: '' }));
    refuseShown(await authorize(publicApp, { client_id: [publicApp.clientId, publicApp.clientId] }));
  });

  test('what is shown of a refusal repeats nothing that was sent (reflected script)', async () => {
    const { authorize, publicApp } = state.stand;
    const seen = await authorize(publicApp, { redirect_uri: 'https://x/"><script>alert(1)</script>' });
    expect(seen.text).not.toContain('<script');
    expect(seen.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  describe('loopback (RFC 8252 §7.3)', () => {
    const loopback = async () =>
      state.stand.app({ redirectUris: ['http://127.0.0.1/cb', 'http://[::1]/cb', 'http://localhost/cb'] });

    test('any port of a loopback address is accepted, for a native app cannot know it before', async () => {
      const client = await loopback();
      for (const uri of ['http://127.0.0.1:51004/cb', 'http://[::1]:4000/cb', 'http://127.0.0.1/cb']) {
        const seen = await state.stand.authorize(client, { redirect_uri: uri });
        expect([uri, seen.status]).toEqual([uri, 303]);
      }
    });

    test.each([
      ['another path', 'http://127.0.0.1:4000/other'],
      ['another address of the network', 'http://127.0.0.2:4000/cb'],
      ['another spelling of the address', 'http://2130706433:4000/cb'],
      ['https', 'https://127.0.0.1:4000/cb'],
      ['a port for localhost, which is a name (§8.3)', 'http://localhost:4000/cb'],
      ['a query', 'http://127.0.0.1:4000/cb?a=b'],
      ['a port that is none', 'http://127.0.0.1:99999/cb'],
      ['user information', 'http://127.0.0.1:4000@evil.example/cb'],
    ])('%s is refused', async (_, uri) => {
      refuseShown(await state.stand.authorize(await loopback(), { redirect_uri: uri }));
    });

    test('a port is not ignored where the registered address is no loopback', async () => {
      refuseShown(
        await state.stand.authorize(state.stand.publicApp, {
          redirect_uri: 'https://app.example:4000/callback',
        }),
      );
    });
  });

  describe('at registration (§4.1.3, RFC 8252 §7.1)', () => {
    test.each([
      'http://app.example/cb',
      'https://app.example/cb#fragment',
      'https://*.app.example/cb',
      'https://user:pass@app.example/cb',
      'javascript:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      'file:///etc/passwd',
      'app:/cb',
      'about:blank',
      'urn:ietf:wg:oauth:2.0:oob',
      'not a uri',
      'https://app.example/c b',
      'https://app.example/cb\n',
      '//app.example/cb',
      'https://app.example/../cb',
      'http://127.0.0.1.evil.example/cb',
      '',
    ])('%j may not be registered', async (uri) => {
      await expect(state.stand.app({ redirectUris: [uri] })).rejects.toMatchObject({
        code: 'validation_failed',
      });
    });

    test('a scheme of its own is for a public client that owns the name: com.example.app:/cb', async () => {
      await expect(state.stand.app({ redirectUris: ['com.example.app:/cb'] })).resolves.toBeDefined();
      await expect(
        state.stand.app({ kind: 'confidential', redirectUris: ['com.example.app:/cb'] }),
      ).rejects.toMatchObject({ code: 'validation_failed' });
    });
  });

  test('what is answered goes to exactly the registered URI, its query kept (RFC 6749 §3.1.2)', async () => {
    const { app, authorize, consent } = state.stand;
    const uri = 'https://app.example/cb?tenant=a%20b';
    const client = await app({ redirectUris: [uri] });
    const back = await consent((await authorize(client, { redirect_uri: uri })).location);
    expect(back.toString().startsWith(`${uri}&`)).toBe(true);
    expect(back.searchParams.get('code')).not.toBeNull();
  });

  test('the callback of one client cannot smuggle parameters into the answer (§4.4)', async () => {
    const { authorize, publicApp, issuer } = state.stand;
    const seen = await authorize(publicApp, {
      state: 'x&code=stolen&iss=https://evil.example',
      scope: 'nope',
    });
    const back = new URL(seen.location ?? '');
    expect(back.searchParams.getAll('code')).toEqual([]);
    expect(back.searchParams.getAll('iss')).toEqual([issuer]);
    expect(encoded({ state: back.searchParams.get('state') })).toContain('code%3Dstolen');
  });
});
