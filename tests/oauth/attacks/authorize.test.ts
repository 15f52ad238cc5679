import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Params, redirectUri, type Stand, startStand } from '../stand.ts';

describe('the authorization endpoint', () => {
  const state = {} as { stand: Stand };
  beforeAll(async () => {
    state.stand = await startStand();
  });
  afterAll(() => state.stand.stop());

  /** Where the redirect URI is proven, the client hears of it: RFC 6749 §4.1.2.1. */
  const refuseTold = async (over: Params, error: string) => {
    const seen = await state.stand.authorize(state.stand.publicApp, over);
    expect(seen.status).toBe(303);
    const back = new URL(seen.location ?? '');
    expect(back.origin + back.pathname).toBe(redirectUri);
    expect(back.searchParams.get('error')).toBe(error);
    expect(back.searchParams.get('iss')).toBe(state.stand.issuer);
    expect(back.searchParams.get('code')).toBeNull();
    return back;
  };

  describe('RFC 9700 §4.8.2 and §2.1.1: PKCE downgrade', () => {
    test.each<[string, Params]>([
      ['no challenge', { code_challenge: null, code_challenge_method: null }],
      ['an empty challenge', { code_challenge: '' }],
      ['the method plain', { code_challenge_method: 'plain' }],
      ['no method, which would mean plain (RFC 7636 §4.3)', { code_challenge_method: null }],
      ['an empty method', { code_challenge_method: '' }],
      ['the method in lower case', { code_challenge_method: 's256' }],
      ['a method of the future', { code_challenge_method: 'S512' }],
      ['a challenge too short for SHA-256', { code_challenge: 'abc' }],
      ['a challenge too long', { code_challenge: 'a'.repeat(44) }],
      ['a challenge with padding', { code_challenge: `${'a'.repeat(43)}=` }],
      ['a challenge of other letters', { code_challenge: `${'a'.repeat(42)}+` }],
      ['two challenges', { code_challenge: ['a'.repeat(43), 'b'.repeat(43)] }],
      ['two methods', { code_challenge_method: ['S256', 'plain'] }],
    ])('%s is refused', async (_, over) => {
      await refuseTold(over, 'invalid_request');
    });

    test('a confidential client needs a challenge too', async () => {
      const { authorize, confidentialApp } = state.stand;
      const seen = await authorize(confidentialApp, { code_challenge: null, code_challenge_method: null });
      expect(new URL(seen.location ?? '').searchParams.get('error')).toBe('invalid_request');
    });
  });

  describe('RFC 9700 §2.1.2: other response types', () => {
    test.each(['token', 'id_token', 'code token', 'code id_token', 'none', 'CODE', ''])(
      '%j is refused',
      async (type) => {
        await refuseTold(
          { response_type: type },
          type === '' ? 'invalid_request' : 'unsupported_response_type',
        );
      },
    );
    test('a missing and a doubled response type are refused', async () => {
      await refuseTold({ response_type: null }, 'invalid_request');
      await refuseTold({ response_type: ['code', 'token'] }, 'invalid_request');
    });
    test.each(['fragment', 'form_post', 'web_message', 'query.jwt', 'okta_post_message'])(
      'RFC 9700 §4.17: the response mode %s is refused',
      async (mode) => {
        await refuseTold({ response_mode: mode }, 'invalid_request');
      },
    );
  });

  describe('RFC 6749 §3.1: parameters that come twice', () => {
    test.each(['scope', 'state', 'resource_owner', 'dpop_jkt'])('%s twice is refused', async (name) => {
      await refuseTold({ [name]: ['a', 'b'] }, 'invalid_request');
    });
    test('RFC 9207 §2.4: an iss of the request changes nothing', async () => {
      const { authorize, consent, publicApp, issuer } = state.stand;
      const back = await consent((await authorize(publicApp, { iss: 'https://evil.example' })).location);
      expect(back.searchParams.getAll('iss')).toEqual([issuer]);
    });
  });

  describe('RFC 9700 §4.4.2: mix-up', () => {
    test('every answer names its issuer: code, denial and error', async () => {
      const { authorize, consent, publicApp, issuer, userId } = state.stand;
      const good = await consent((await authorize(publicApp)).location);
      const denied = await consent((await authorize(publicApp)).location, { kind: 'denied', userId });
      const wrong = await refuseTold({ scope: 'nope' }, 'invalid_scope');
      for (const back of [good, denied, wrong]) expect(back.searchParams.get('iss')).toBe(issuer);
      expect(denied.searchParams.get('error')).toBe('access_denied');
    });
    test('the metadata says so, so that a client can insist (RFC 9207 §3)', async () => {
      const { body } = await state.stand.send('/.well-known/oauth-authorization-server');
      expect(body).toMatchObject({
        issuer: state.stand.issuer,
        authorization_response_iss_parameter_supported: true,
      });
    });
  });

  describe('RFC 9700 §4.7.1: state', () => {
    test('comes back as it was sent, whatever is in it', async () => {
      const text = 'a b&c=d#é<">%00';
      const back = await refuseTold({ state: 'a b&c=d#<">%00', scope: 'nope' }, 'invalid_scope');
      expect(back.searchParams.get('state')).toBe('a b&c=d#<">%00');
      await refuseTold({ state: text }, 'invalid_request');
    });
    test.each([
      ['a line break', 'x\r\nlocation: https://evil.example'],
      ['a NUL', 'x\0'],
      ['a bell', 'x\u0007'],
      ['far too much', 'x'.repeat(5_000)],
    ])('header injection: %s in it is refused, and it does not come back', async (_, text) => {
      const back = await refuseTold({ state: text }, 'invalid_request');
      expect(back.searchParams.get('state')).toBeNull();
    });
  });

  test('RFC 9700 §4.12: redirects are 303, never 307 or 308', async () => {
    const { authorize, publicApp } = state.stand;
    expect((await authorize(publicApp)).status).toBe(303);
    expect((await authorize(publicApp, { scope: 'nope' })).status).toBe(303);
  });

  test('RFC 9700 §4.2.4: no answer hands on a referrer, and none is cached', async () => {
    const { authorize, publicApp } = state.stand;
    for (const seen of [
      await authorize(publicApp),
      await authorize(publicApp, { redirect_uri: 'https://x/' }),
    ]) {
      expect(seen.headers.get('referrer-policy')).toBe('no-referrer');
      expect(seen.headers.get('cache-control')).toBe('no-store');
    }
  });

  test('RFC 9700 §4.16: pages may not be framed', async () => {
    const seen = await state.stand.authorize(state.stand.publicApp, { redirect_uri: 'https://x/' });
    expect(seen.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(seen.headers.get('x-frame-options')).toBe('DENY');
  });

  test('RFC 9700 §2.6: the authorization endpoint opens no door to scripts of other sites', async () => {
    const seen = await state.stand.send('/oauth/authorize', { headers: { origin: 'https://evil.example' } });
    expect(seen.headers.get('access-control-allow-origin')).toBeNull();
  });

  describe('RFC 9101 §6: request objects, which this server does not take', () => {
    test('a request parameter is refused, not ignored', async () => {
      await refuseTold({ request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported');
    });
    test('a request_uri of somebody else is refused, and not fetched', async () => {
      const { send, publicApp } = state.stand;
      const seen = await send(
        `/oauth/authorize?client_id=${publicApp.clientId}&request_uri=http%3A%2F%2F169.254.169.254%2F`,
      );
      expect([seen.status, seen.location]).toEqual([400, null]);
    });
  });

  describe('RFC 6749 §3.3 and the reviews: scopes', () => {
    test.each([
      ['an unknown scope', 'bookings:read nope'],
      ['a scope of the marketplace itself', 'events:publish'],
      ['a scope that the app is not registered for', 'rfps:read'],
      ['no scope', ''],
      ['a scope with a quote', 'bookings:read"'],
      ['a tab between', 'bookings:read\treviews:read'],
      ['wildcards', 'bookings:*'],
      ['another case', 'Bookings:read'],
    ])('%s is refused', async (_, text) => {
      await refuseTold({ scope: text }, 'invalid_scope');
    });
    test.each(['money:read', 'messages:read', 'rfps:create', 'connections:manage', 'tokens:manage'])(
      '%s is refused until the review is on record [S2-17]',
      async (name) => {
        const { app, authorize } = state.stand;
        const client = await app({ scopes: ['bookings:read', name] });
        const seen = await authorize(client, { scope: `bookings:read ${name}` });
        expect(new URL(seen.location ?? '').searchParams.get('error')).toBe('invalid_scope');
      },
    );
  });

  describe('RFC 8707 §2: resources', () => {
    test.each([
      ['another server', 'https://evil.example/'],
      ['a relative one', '/v1'],
      ['one with a fragment', 'SELF#x'],
      ['nothing', ''],
    ])('%s is an invalid target', async (_, resource) => {
      await refuseTold({ resource: resource.replace('SELF', state.stand.issuer) }, 'invalid_target');
    });
    test('ours and another are refused together', async () => {
      await refuseTold({ resource: [state.stand.issuer, 'https://evil.example/'] }, 'invalid_target');
    });
    test('ours, even twice, is accepted: this parameter may repeat', async () => {
      const { authorize, publicApp, issuer } = state.stand;
      const seen = await authorize(publicApp, { resource: [issuer, `${issuer}/`] });
      expect(seen.location).toContain('/portal/consent?interaction=');
    });
  });

  test('RFC 6749 §3.1: a parameter that nobody knows is ignored', async () => {
    const { authorize, publicApp } = state.stand;
    const seen = await authorize(publicApp, { prompt: 'consent', utm_source: 'x', nonce: 'y' });
    expect(seen.location).toContain('/portal/consent');
  });

  test('an app, or its partner, that was revoked or suspended asks for nothing more', async () => {
    const { revoke, suspend } = await import('../../../src/access/index.ts');
    const { app, authorize, ports } = state.stand;
    for (const stop of [revoke, suspend]) {
      const client = await app();
      await stop(ports, { level: 'app', id: client.clientId, reason: 'abuse', actor: 'test' });
      const seen = await authorize(client);
      expect([seen.status, seen.location]).toEqual([400, null]);
    }
  });
});
