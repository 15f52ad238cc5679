import { createHmac, generateKeyPairSync } from 'node:crypto';
import { exportSPKI, generateKeyPair, importJWK } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { TestHub } from '../harness/hub.ts';
import { type CrookedIssuer, startCrookedIssuer } from './crooked-issuer.ts';
import { createJar, type Jar, settingsOf, startHubAt, twoPorts } from './stand.ts';

/** Written from the documents: what an attacker, or a crooked issuer, tries at the hub's side of a sign-in. */
describe('a sign-in at the issuer', () => {
  let hub: TestHub;
  let issuer: CrookedIssuer;
  beforeAll(async () => {
    const [hubPort, issuerPort] = await twoPorts();
    issuer = await startCrookedIssuer(issuerPort);
    hub = await startHubAt(hubPort, settingsOf(issuer, { PATCHBAY_OIDC_CREATE: '1' }));
  });
  afterAll(async () => {
    await hub.stopAndForget();
    await issuer.stop();
  });
  afterEach(() => {
    issuer.state.metadata = {};
    issuer.state.refusal = null;
  });

  type Begun = { jar: Jar; state: string; nonce: string; challenge: string; location: URL };
  const begin = async (path = '/portal/sign-in/begin', jar = createJar(hub.origin)): Promise<Begun> => {
    const answer = await jar.ask(path);
    expect(answer.status).toBe(303);
    const location = new URL(answer.headers.get('location') ?? '');
    const of = (name: string) => location.searchParams.get(name) ?? '';
    return { jar, location, state: of('state'), nonce: of('nonce'), challenge: of('code_challenge') };
  };
  const claimsFor = ({ nonce }: Begun, over: Record<string, unknown> = {}) => ({
    iss: issuer.url,
    sub: 'ana',
    aud: issuer.clientId,
    exp: issuer.now() + 300,
    iat: issuer.now(),
    nonce,
    ...over,
  });
  const back = (jar: Jar, answer: Record<string, string>) =>
    jar.ask(`/portal/sign-in/callback?${new URLSearchParams(answer).toString()}`);
  const isIn = async (jar: Jar): Promise<boolean> =>
    (await jar.ask('/portal/account')).status === 200 && jar.cookies.has('patchbay');
  /** The whole way back, with an ID token of these claims and this header. */
  const withToken = async (
    over: Record<string, unknown>,
    header?: Record<string, unknown>,
    key?: Parameters<CrookedIssuer['sign']>[2],
  ): Promise<{ status: number; isIn: boolean }> => {
    const begun = await begin();
    const idToken = await issuer.sign(claimsFor(begun, over), header, key);
    const code = issuer.code({ idToken, challenge: begun.challenge });
    const { status } = await back(begun.jar, { code, state: begun.state, iss: issuer.url });
    return { status, isIn: await isIn(begun.jar) };
  };
  const refused = { status: 403, isIn: false };

  test('that is right in every part lets the person in', async () => {
    expect(await withToken({})).toEqual({ status: 303, isIn: true });
  });

  test('asks with everything that protects it, and sends no secret through the browser (RFC 9700 §2.1)', async () => {
    const { location } = await begin();
    expect(Object.fromEntries(location.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'patchbay',
      redirect_uri: `${hub.origin}/portal/sign-in/callback`,
      scope: 'openid profile email',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    expect(location.href).not.toContain(encodeURIComponent(issuer.clientSecret));
    const other = await begin();
    for (const name of ['state', 'nonce', 'code_challenge'])
      expect(other.location.searchParams.get(name)).not.toBe(location.searchParams.get(name));
  });

  describe('the answer in the address', () => {
    const good = async () => {
      const begun = await begin();
      const idToken = await issuer.sign(claimsFor(begun));
      return { begun, code: issuer.code({ idToken, challenge: begun.challenge }) };
    };

    test('with another state, or none, is refused, and the code is not redeemed (RFC 9700 §4.7.1)', async () => {
      const { begun, code } = await good();
      const { state } = await begin();
      for (const wrong of [{ state }, { state: '' }, {}]) {
        const answer = await back(begun.jar, { code, iss: issuer.url, ...wrong });
        expect(answer.status).toBe(403);
      }
      expect(issuer.state.codes.has(code)).toBe(true);
      expect(await isIn(begun.jar)).toBe(false);
    });

    test('in a browser that did not begin, signs nobody in: login CSRF (RFC 9700 §4.7)', async () => {
      const { begun, code } = await good();
      const victim = createJar(hub.origin);
      expect((await back(victim, { code, state: begun.state, iss: issuer.url })).status).toBe(400);
      const busy = (await begin()).jar;
      expect((await back(busy, { code, state: begun.state, iss: issuer.url })).status).toBe(403);
      expect([await isIn(victim), await isIn(busy)]).toEqual([false, false]);
      expect(issuer.state.codes.has(code)).toBe(true);
    });

    test('sent again signs nobody in (RFC 9700 §4.5.3.1: one use)', async () => {
      const { begun, code } = await good();
      const answer = { code, state: begun.state, iss: issuer.url };
      const cookie = new Map(begun.jar.cookies);
      expect((await back(begun.jar, answer)).status).toBe(303);
      const again = createJar(hub.origin);
      for (const [name, value] of cookie) again.cookies.set(name, value);
      issuer.state.codes.set(code, { idToken: await issuer.sign(claimsFor(begun)) });
      expect((await back(again, answer)).status).toBe(400);
      expect(await isIn(again)).toBe(false);
    });

    test('of two copies at once lets one in (RFC 9700 §4.5.3.1)', async () => {
      const { begun } = await good();
      const idToken = await issuer.sign(claimsFor(begun));
      const codes = [issuer.code({ idToken }), issuer.code({ idToken })];
      const answers = await Promise.all(
        codes.map((code) => back(begun.jar, { code, state: begun.state, iss: issuer.url })),
      );
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 400]);
    });

    test('with a code of another attempt is refused by the verifier: code injection (RFC 9700 §4.5)', async () => {
      const victims = await begin();
      const stolen = issuer.code({
        idToken: await issuer.sign(claimsFor(victims)),
        challenge: victims.challenge,
      });
      const attackers = await begin();
      const answer = await back(attackers.jar, { code: stolen, state: attackers.state, iss: issuer.url });
      expect(answer.status).toBe(403);
      expect(await isIn(attackers.jar)).toBe(false);
    });

    test('with a code of another attempt is refused by the nonce where the issuer forgets PKCE (RFC 9700 §4.5.3.2)', async () => {
      const victims = await begin();
      const stolen = issuer.code({ idToken: await issuer.sign(claimsFor(victims)) });
      const attackers = await begin();
      expect(
        (await back(attackers.jar, { code: stolen, state: attackers.state, iss: issuer.url })).status,
      ).toBe(403);
      expect(await isIn(attackers.jar)).toBe(false);
    });

    test('that names another issuer is refused before the code goes anywhere: mix-up (RFC 9700 §4.4, RFC 9207 §2.4)', async () => {
      for (const iss of ['https://attacker.example', `${issuer.url}/`, '']) {
        const { begun, code } = await good();
        expect((await back(begun.jar, { code, state: begun.state, iss })).status).toBe(403);
        expect(issuer.state.codes.has(code)).toBe(true);
      }
    });

    test('without iss is refused where the issuer promises it, and taken where it does not (RFC 9207 §2.4)', async () => {
      const { begun, code } = await good();
      expect((await back(begun.jar, { code, state: begun.state })).status).toBe(403);
      const [hubPort, issuerPort] = await twoPorts();
      const silent = await startCrookedIssuer(issuerPort);
      silent.state.metadata = { authorization_response_iss_parameter_supported: undefined };
      const other = await startHubAt(hubPort, settingsOf(silent, { PATCHBAY_OIDC_CREATE: '1' }));
      try {
        const there = await begin('/portal/sign-in/begin', createJar(other.origin));
        const idToken = await silent.sign({ ...claimsFor(there), iss: silent.url });
        const answer = await back(there.jar, { code: silent.code({ idToken }), state: there.state });
        expect(answer.status).toBe(303);
      } finally {
        await other.stopAndForget();
        await silent.stop();
      }
    });

    test('with a parameter twice, or with tokens in it, is refused (RFC 6749 §3.1, RFC 9700 §2.1.2)', async () => {
      const { begun, code } = await good();
      const { state } = begun;
      const once = new URLSearchParams({ code, state, iss: issuer.url }).toString();
      for (const more of [`state=${state}`, 'code=x', `iss=${issuer.url}`, 'id_token=x', 'response=x'])
        expect((await begun.jar.ask(`/portal/sign-in/callback?${once}&${more}`)).status).toBe(403);
      expect(await isIn(begun.jar)).toBe(false);
    });

    test('that says no is told in our words, with nothing of theirs on the page (RFC 6749 §4.1.2.1)', async () => {
      const begun = await begin();
      const evil = '<script>alert(1)</script>';
      const said = { state: begun.state, iss: issuer.url, error: 'access_denied', error_description: evil };
      const answer = await back(begun.jar, said);
      expect(answer.status).toBe(403);
      const page = await answer.text();
      expect(page).toContain('You stopped on the way');
      expect(page).not.toContain('alert(1)');
      const forged = await back(begun.jar, { ...said, state: 'of an attacker' });
      expect(await forged.text()).toContain('could not be verified');
    });

    test('that comes after ten minutes counts for nothing, though the browser kept its cookie (RFC 9700 §4.7.1)', async () => {
      const begun = await begin();
      try {
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });
        const code = issuer.code({ idToken: await issuer.sign(claimsFor(begun)) });
        expect((await back(begun.jar, { code, state: begun.state, iss: issuer.url })).status).toBe(400);
      } finally {
        vi.useRealTimers();
      }
    });

    test('of any shape never ends in a fault of ours', async () => {
      const begun = await begin();
      const { state } = begun;
      const shapes = [
        '',
        'code',
        'code=%00&state=%00',
        `code=${'x'.repeat(6_000)}&state=${state}&iss=${encodeURIComponent(issuer.url)}`,
        `code=%F0%28&state=${state}`,
        `error=%0d%0aset-cookie%3Ax&state=${state}&iss=${encodeURIComponent(issuer.url)}`,
        'state=__proto__&code=constructor',
      ];
      for (const shape of shapes) {
        const answer = await begun.jar.ask(`/portal/sign-in/callback?${shape}`);
        expect([shape, answer.status < 500]).toEqual([shape, true]);
        expect([shape, await isIn(begun.jar)]).toEqual([shape, false]);
      }
    });

    test('from a browser whose cookie was altered, or is another’s making, counts for nothing (RFC 9700 §4.7.1)', async () => {
      const { begun, code } = await good();
      const [name = '', value = ''] = [...begun.jar.cookies].find(([key]) => key.includes('sign-in')) ?? [];
      for (const wrong of [value.slice(0, -4), `${value.slice(0, -6)}AAAAAA`, 'x', '']) {
        begun.jar.cookies.set(name, wrong);
        expect((await back(begun.jar, { code, state: begun.state, iss: issuer.url })).status).toBe(400);
      }
    });
  });

  describe('an ID token', () => {
    test('of another issuer is refused (OIDC Core §3.1.3.7 (2))', async () => {
      expect(await withToken({ iss: 'https://attacker.example' })).toEqual(refused);
      expect(await withToken({ iss: `${issuer.url}/` })).toEqual(refused);
    });

    test('for another client is refused: token substitution (OIDC Core §3.1.3.7 (3))', async () => {
      expect(await withToken({ aud: 'another' })).toEqual(refused);
      expect(await withToken({ aud: [] })).toEqual(refused);
      expect(await withToken({ aud: undefined })).toEqual(refused);
    });

    test('for several clients needs us as its party (OIDC Core §3.1.3.7 (4), (5))', async () => {
      const aud = [issuer.clientId, 'another'];
      expect(await withToken({ aud })).toEqual(refused);
      expect(await withToken({ aud, azp: 'another' })).toEqual(refused);
      expect(await withToken({ azp: 'another' })).toEqual(refused);
      expect(await withToken({ aud, azp: issuer.clientId })).toMatchObject({ isIn: true });
    });

    test('signed by a key that is not theirs is refused (OIDC Core §3.1.3.7 (6))', async () => {
      const { privateKey } = await generateKeyPair('RS256');
      expect(await withToken({}, {}, privateKey)).toEqual(refused);
      expect(await withToken({}, { kid: 'unknown' }, privateKey)).toEqual(refused);
    });

    test('without a signature is refused: alg none (OIDC Core §3.1.3.7 (7), RFC 8725 §3.1)', async () => {
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      for (const alg of ['none', 'None', 'NONE', '']) {
        const begun = await begin();
        const idToken = `${part({ alg })}.${part(claimsFor(begun))}.`;
        const code = issuer.code({ idToken });
        expect((await back(begun.jar, { code, state: begun.state, iss: issuer.url })).status).toBe(403);
      }
    });

    test('signed with the public key, or with our secret, as if it were shared is refused: key confusion (RFC 8725 §3.1, §2.1)', async () => {
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const shown = issuer.state.keys[0]?.public;
      if (!shown) throw new Error('no key');
      const pem = await exportSPKI((await importJWK(shown, 'RS256')) as never); // A public key, as just shown.
      for (const shared of [pem, JSON.stringify(shown), issuer.clientSecret]) {
        const begun = await begin();
        const signed = `${part({ alg: 'HS256', kid: shown.kid })}.${part(claimsFor(begun))}`;
        const idToken = `${signed}.${createHmac('sha256', shared).update(signed).digest('base64url')}`;
        const code = issuer.code({ idToken });
        expect((await back(begun.jar, { code, state: begun.state, iss: issuer.url })).status).toBe(403);
      }
    });

    test('that brings its own key along is refused (RFC 7515 §10, RFC 8725 §3.10)', async () => {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const jwk = publicKey.export({ format: 'jwk' });
      const key = (await importJWK(privateKey.export({ format: 'jwk' }), 'RS256')) as never; // A private key.
      expect(await withToken({}, { jwk }, key)).toEqual(refused);
      expect(await withToken({}, { jwk, kid: undefined, jku: `${issuer.url}/jwks` }, key)).toEqual(refused);
    });

    test('that has expired, is not yet good, or is old is refused (OIDC Core §3.1.3.7 (9), (10))', async () => {
      const now = issuer.now();
      expect(await withToken({ exp: now - 60 })).toEqual(refused);
      expect(await withToken({ exp: undefined })).toEqual(refused);
      expect(await withToken({ iat: now - 3_600 })).toEqual(refused);
      expect(await withToken({ iat: now + 3_600 })).toEqual(refused);
      expect(await withToken({ iat: undefined })).toEqual(refused);
      expect(await withToken({ nbf: now + 3_600 })).toEqual(refused);
    });

    test('with another nonce, or none, is refused (OIDC Core §3.1.3.7 (11))', async () => {
      expect(await withToken({ nonce: 'another' })).toEqual(refused);
      expect(await withToken({ nonce: undefined })).toEqual(refused);
    });

    test('with the hash of another access token is refused (OIDC Core §3.1.3.6)', async () => {
      expect(await withToken({ at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' })).toEqual(refused);
      // base64url of the left half of SHA-256('access'), as the crooked issuer's token reads.
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('access'));
      const hash = Buffer.from(digest.slice(0, 16)).toString('base64url');
      expect(await withToken({ at_hash: hash })).toMatchObject({ isIn: true });
    });

    test('without a subject, or with one that is none, is refused (OIDC Core §2)', async () => {
      for (const sub of [undefined, '', 'x'.repeat(256), 7, 'å'])
        expect(await withToken({ sub })).toEqual(refused);
    });

    test('that is a token of another kind is refused (RFC 8725 §3.11)', async () => {
      expect(await withToken({}, { typ: 'at+jwt' })).toEqual(refused);
      expect(await withToken({}, { typ: 'logout+jwt' })).toEqual(refused);
      expect(await withToken({}, { typ: 'JWT' })).toMatchObject({ isIn: true });
    });

    test('under a critical header that nobody understands is refused (RFC 7515 §4.1.11)', async () => {
      const begun = await begin();
      const [, payload = '', signature = ''] = (await issuer.sign(claimsFor(begun))).split('.');
      const header = Buffer.from(JSON.stringify({ alg: 'RS256', crit: ['x'], x: 1 })).toString('base64url');
      const code = issuer.code({ idToken: `${header}.${payload}.${signature}` });
      expect((await back(begun.jar, { code, state: begun.state, iss: issuer.url })).status).toBe(403);
    });

    test('under a new key of theirs is taken: rotation (OIDC Core §10.1.1)', async () => {
      const [hubPort, issuerPort] = await twoPorts();
      const rotating = await startCrookedIssuer(issuerPort);
      const other = await startHubAt(hubPort, settingsOf(rotating, { PATCHBAY_OIDC_CREATE: '1' }));
      try {
        const signIn = async () => {
          const there = await begin('/portal/sign-in/begin', createJar(other.origin));
          const claims = {
            ...claimsFor(there),
            iss: rotating.url,
            iat: rotating.now(),
            exp: rotating.now() + 300,
          };
          const code = rotating.code({ idToken: await rotating.sign(claims) });
          return (await back(there.jar, { code, state: there.state, iss: rotating.url })).status;
        };
        const fetched = () => rotating.state.seen.filter(({ path }) => path === '/jwks').length;
        expect([await signIn(), await signIn(), fetched()]).toEqual([303, 303, 1]);
        await rotating.addKey();
        // Within half a minute of the last look nobody makes the hub look again.
        expect([await signIn(), await signIn(), fetched()]).toEqual([403, 403, 1]);
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
        expect([await signIn(), await signIn(), fetched()]).toEqual([303, 303, 2]);
      } finally {
        vi.useRealTimers();
        await other.stopAndForget();
        await rotating.stop();
      }
    });
  });

  describe('what a person is, and where they go', () => {
    test('names and addresses of somebody else change nobody: the subject decides (OIDC Core §5.7)', async () => {
      issuer.state.userInfo = { sub: 'mallory', email: 'ana@example.com', email_verified: true };
      const begun = await begin();
      const code = issuer.code({ idToken: await issuer.sign(claimsFor(begun, { sub: 'somebody new' })) });
      expect((await back(begun.jar, { code, state: begun.state, iss: issuer.url })).status).toBe(403);
      issuer.state.userInfo = null;
    });

    test('the way on is a page of ours, whatever the address says: open redirect (RFC 9700 §4.11.1)', async () => {
      const evil = [
        'https://attacker.example/portal',
        '//attacker.example/portal',
        '/\\attacker.example',
        '/portal/..//attacker.example',
        '\t//attacker.example',
        '/%09/attacker.example',
        'javascript:alert(1)',
        '/portal@attacker.example',
        '/portal/sign-in/begin',
        '/v1/me',
        `/portal?x=${'y'.repeat(2_000)}`,
      ];
      const wayOn = async (next: string) => {
        const begun = await begin(`/portal/sign-in/begin?next=${encodeURIComponent(next)}`);
        const code = issuer.code({ idToken: await issuer.sign(claimsFor(begun)) });
        return (await back(begun.jar, { code, state: begun.state, iss: issuer.url })).headers.get('location');
      };
      for (const next of evil) expect([next, await wayOn(next)]).toEqual([next, '/portal?done=signed_in']);
      expect(await wayOn('/portal/deliveries?state=dead')).toBe('/portal/deliveries?state=dead');
      expect(await wayOn('/portal/tokens\r\nset-cookie: x=1')).not.toMatch(/[\r\n]/);
    });

    test('whoever is asked to prove themselves anew must have done so (OIDC Core §3.1.3.7 (13), §3.1.2.1)', async () => {
      const fresh = async (claims: Record<string, unknown>) => {
        const begun = await begin('/portal/sign-in/begin?fresh=1&next=/portal/tokens');
        expect(begun.location.searchParams.get('prompt')).toBe('login');
        expect(begun.location.searchParams.get('max_age')).toBe('0');
        const code = issuer.code({ idToken: await issuer.sign(claimsFor(begun, claims)) });
        return (await back(begun.jar, { code, state: begun.state, iss: issuer.url })).status;
      };
      expect(await fresh({})).toBe(403);
      expect(await fresh({ auth_time: issuer.now() - 3_600 })).toBe(403);
      expect(await fresh({ auth_time: issuer.now() })).toBe(303);
    });
  });

  describe('what the issuer says of itself', () => {
    const refusedBy = async (metadata: Record<string, unknown>) => {
      const [hubPort, issuerPort] = await twoPorts();
      const bent = await startCrookedIssuer(issuerPort);
      bent.state.metadata = metadata;
      const other = await startHubAt(hubPort, settingsOf(bent));
      try {
        const answer = await createJar(other.origin).ask('/portal/sign-in/begin');
        expect(answer.headers.get('location')).toBe(null);
        return answer.status;
      } finally {
        await other.stopAndForget();
        await bent.stop();
      }
    };

    test('must be of the very issuer that is set (OIDC Discovery §4.3)', async () => {
      expect(await refusedBy({ issuer: 'https://attacker.example' })).toBe(503);
    });

    test('leads to no page but one of http (RFC 9700 §4.11)', async () => {
      expect(await refusedBy({ authorization_endpoint: 'javascript:alert(1)' })).toBe(503);
      expect(await refusedBy({ authorization_endpoint: undefined })).toBe(503);
      expect(await refusedBy({ jwks_uri: undefined })).toBe(503);
    });

    test('makes the hub call no address inside, for keys or tokens (RFC 9700 §4.11, SSRF)', async () => {
      const begun = await begin();
      const [hubPort, issuerPort] = await twoPorts();
      const bent = await startCrookedIssuer(issuerPort);
      bent.state.metadata = { jwks_uri: 'http://169.254.169.254/latest/meta-data' };
      const other = await startHubAt(hubPort, settingsOf(bent, { PATCHBAY_OIDC_CREATE: '1' }));
      try {
        const there = await begin('/portal/sign-in/begin', createJar(other.origin));
        const idToken = await bent.sign({ ...claimsFor(begun), iss: bent.url, nonce: there.nonce });
        const answer = { code: bent.code({ idToken }), state: there.state, iss: bent.url };
        expect((await back(there.jar, answer)).status).toBe(503);
        expect(other.log.lines.join('\n')).toMatch(/169\.254\.169\.254: (?:scheme|address)_refused/);
      } finally {
        await other.stopAndForget();
        await bent.stop();
      }
    });
  });

  test('nothing of it is in the log: no code, no token, no secret (RFC 9700 §4.3)', async () => {
    const begun = await begin();
    const idToken = await issuer.sign(claimsFor(begun, { nonce: 'another' }));
    const code = issuer.code({ idToken });
    await back(begun.jar, { code, state: begun.state, iss: issuer.url });
    issuer.state.refusal = { status: 401, body: { error: 'invalid_client' } };
    const next = await begin();
    await back(next.jar, { code: 'some-code', state: next.state, iss: issuer.url });
    const log = hub.log.lines.join('\n');
    expect(log).toContain('invalid_client');
    for (const secret of [code, idToken, issuer.clientSecret, begun.state, 'some-code'])
      expect(log).not.toContain(secret);
  });
});
