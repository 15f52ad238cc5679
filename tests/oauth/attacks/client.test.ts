import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSink } from '../../harness/sink.ts';
import { type Client, oauthError, type Params, type Stand, startStand } from '../stand.ts';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const basic = (id: string, secret: string): string =>
  `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`;

describe('client authentication', () => {
  const state = {} as { stand: Stand };
  beforeAll(async () => {
    state.stand = await startStand();
  });
  afterAll(() => state.stand.stop());

  const ask = (form: Params, headers: Record<string, string> = {}) =>
    state.stand.post(
      '/oauth/token',
      { grant_type: 'client_credentials', scope: 'webhooks:manage', ...form },
      headers,
    );

  describe('RFC 6749 §2.3 and RFC 9700 §2.5', () => {
    test('the honest ones: Basic and body', async () => {
      const { clientId, secret } = state.stand.confidentialApp;
      expect((await ask({}, { authorization: basic(clientId, secret ?? '') })).status).toBe(200);
      expect((await ask({ client_id: clientId, client_secret: secret })).status).toBe(200);
    });

    test.each<[string, (app: Client) => [Params, Record<string, string>]]>([
      ['no secret', ({ clientId }) => [{ client_id: clientId }, {}]],
      ['an empty secret', ({ clientId }) => [{ client_id: clientId, client_secret: '' }, {}]],
      ['a wrong secret', ({ clientId }) => [{ client_id: clientId, client_secret: 'wrong' }, {}]],
      ['a wrong secret in Basic', ({ clientId }) => [{}, { authorization: basic(clientId, 'wrong') }]],
      [
        'an unknown client',
        ({ secret }) => [{ client_id: 'app_01kam0000000000000000000zz', client_secret: secret }, {}],
      ],
      [
        'the secret of another client',
        ({ secret }) => [{ client_id: state.stand.publicApp.clientId, client_secret: secret }, {}],
      ],
      ['Basic that is no base64', () => [{}, { authorization: 'Basic ???' }]],
      ['Basic without a colon', () => [{}, { authorization: `Basic ${btoa('abc')}` }]],
      ['Basic with broken escapes', () => [{}, { authorization: `Basic ${btoa('%zz:%')}` }]],
      ['another scheme', ({ secret }) => [{}, { authorization: `Bearer ${secret}` }]],
      ['nothing at all', () => [{}, {}]],
    ])('%s is refused', async (_, make) => {
      const [form, headers] = make(state.stand.confidentialApp);
      const seen = await ask(form, headers);
      expect(seen.body.error).toBe('invalid_client');
      expect(seen.status).toBe(401);
      expect(seen.headers.get('cache-control')).toBe('no-store');
    });

    test('where it was tried in the header the answer is a 401 with a challenge (§5.2)', async () => {
      const seen = await ask({}, { authorization: basic(state.stand.confidentialApp.clientId, 'wrong') });
      expect(seen.headers.get('www-authenticate')).toMatch(/^Basic /);
    });

    test('two methods at once are refused, even where both are right (§2.3)', async () => {
      const { clientId, secret } = state.stand.confidentialApp;
      const seen = await ask({ client_secret: secret }, { authorization: basic(clientId, secret ?? '') });
      expect(seen).toMatchObject(oauthError('invalid_request'));
    });

    test('a client_id in the body that is not the one in the header is refused', async () => {
      const { confidentialApp, publicApp } = state.stand;
      const authorization = basic(confidentialApp.clientId, confidentialApp.secret ?? '');
      expect((await ask({ client_id: publicApp.clientId }, { authorization })).body.error).toBe(
        'invalid_request',
      );
    });

    test('a secret in the query is refused: queries are logged', async () => {
      const { send, confidentialApp } = state.stand;
      const query = `client_id=${confidentialApp.clientId}&client_secret=${confidentialApp.secret}`;
      const seen = await send(`/oauth/token?${query}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'grant_type=client_credentials',
      });
      expect(seen).toMatchObject(oauthError('invalid_request'));
    });

    test('a client that is registered for Basic alone is not let in by the body (RFC 7591 §2)', async () => {
      const client = await state.stand.app({ kind: 'confidential', authMethods: ['client_secret_basic'] });
      const { clientId, secret } = client;
      expect((await ask({ client_id: clientId, client_secret: secret })).status).toBe(401);
      expect((await ask({}, { authorization: basic(clientId, secret ?? '') })).status).toBe(200);
    });

    test('RFC 9700 §4.15: a public client gets nothing for itself', async () => {
      expect((await ask({ client_id: state.stand.publicApp.clientId })).body.error).toBe(
        'unauthorized_client',
      );
    });

    test('a confidential client is not let down to a public one: its code and refresh need the secret', async () => {
      const { codeFor, confidentialApp, redeem, linked, refresh } = state.stand;
      const weak = { ...confidentialApp, secret: null };
      const code = await codeFor(confidentialApp);
      expect((await redeem(weak, code)).body.error).toBe('invalid_client');
      const { refresh_token } = await linked(confidentialApp);
      expect((await refresh(weak, refresh_token)).body.error).toBe('invalid_client');
    });

    test('a revoked secret is refused at once, and another one of the app goes on', async () => {
      const { addClientSecret } = await import('../../../src/oauth/index.ts');
      const { revoke } = await import('../../../src/access/index.ts');
      const { app, ports } = state.stand;
      const client = await app({ kind: 'confidential' });
      const second = await addClientSecret(ports, 'test', client.clientId);
      const { tokens } = ports.store.tables;
      const rows = await ports.store.db.select().from(tokens);
      const first = rows.find(({ kind, appId }) => kind === 'c' && appId === client.clientId);
      await revoke(ports, { level: 'token', id: first?.id ?? '', reason: 'leaked', actor: 'test' });
      expect((await ask({ client_id: client.clientId, client_secret: client.secret })).status).toBe(401);
      expect((await ask({ client_id: client.clientId, client_secret: second })).status).toBe(200);
    });
  });

  describe('RFC 6749 §3.2: the form', () => {
    test.each(['grant_type', 'client_id', 'client_secret', 'scope', 'unknown_one'])(
      '%s twice is refused',
      async (name) => {
        const { clientId, secret } = state.stand.confidentialApp;
        const form: Params = { client_id: clientId, client_secret: secret, grant_type: 'client_credentials' };
        const value = form[name] ?? 'x';
        expect(await ask({ ...form, [name]: [value as string, value as string] })).toMatchObject(
          oauthError('invalid_request'),
        );
      },
    );

    test.each([
      ['JSON', 'application/json', '{"grant_type":"client_credentials"}'],
      ['no type', '', 'grant_type=client_credentials'],
      ['multipart', 'multipart/form-data; boundary=x', '--x--'],
      ['text', 'text/plain', 'grant_type=client_credentials'],
    ])('%s is refused', async (_, type, body) => {
      const seen = await state.stand.send('/oauth/token', {
        method: 'POST',
        headers: { 'content-type': type },
        body: new TextEncoder().encode(body),
      });
      expect(seen.body.error).toBe('invalid_request');
    });

    test('GET is no way to ask for a token', async () => {
      expect((await state.stand.send('/oauth/token?grant_type=client_credentials')).status).toBe(405);
    });

    test('bytes that are no UTF-8, and a body without an end, are refused', async () => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      for (const body of [new Uint8Array([0xff, 0xfe, 0x3d]), new Uint8Array(200_000).fill(97)]) {
        const seen = await state.stand.send('/oauth/token', { method: 'POST', headers, body });
        expect([400, 413]).toContain(seen.status);
        expect(seen.body.error).toBe('invalid_request');
      }
    });

    test.each([
      'password',
      'implicit',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'Authorization_Code',
      '',
    ])('RFC 9700 §2.4: the grant type %j is refused', async (type) => {
      const { clientId, secret } = state.stand.confidentialApp;
      const seen = await ask({
        grant_type: type,
        client_id: clientId,
        client_secret: secret,
        username: 'a',
        password: 'b',
      });
      expect(['unsupported_grant_type', 'invalid_request']).toContain(seen.body.error);
    });
  });

  describe('RFC 7523 §3: private_key_jwt', () => {
    const made = async (alg = 'ES256') => {
      const pair = await generateKeyPair(alg, { extractable: true });
      const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg };
      const client = await state.stand.app({
        kind: 'confidential',
        authMethods: ['private_key_jwt'],
        jwks: { keys: [jwk] },
      });
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: client.clientId,
        sub: client.clientId,
        aud: state.stand.issuer,
        jti: crypto.randomUUID(),
        iat: now,
        exp: now + 60,
      };
      const sign = (over: JWTPayload = {}, key = pair.privateKey, header: Record<string, unknown> = {}) =>
        new SignJWT({ ...claims, ...over }).setProtectedHeader({ alg, kid: 'k1', ...header }).sign(key);
      return { client, sign, claims, pair, jwk, now };
    };
    const assert = (assertion: string, form: Params = {}) =>
      ask({ client_assertion_type: assertionType, client_assertion: assertion, ...form });

    test.each(['ES256', 'PS256', 'RS256', 'EdDSA'])('an honest one of %s is accepted', async (alg) => {
      const { sign } = await made(alg);
      expect((await assert(await sign())).status).toBe(200);
    });

    test.each<[string, (of: Awaited<ReturnType<typeof made>>) => JWTPayload]>([
      ['another issuer', () => ({ iss: 'someone' })],
      ['another subject', () => ({ sub: state.stand.publicApp.clientId })],
      ['another audience', () => ({ aud: 'https://evil.example' })],
      [
        'the token endpoint as audience (audience injection, draft-ietf-oauth-rfc7523bis §4)',
        () => ({ aud: `${state.stand.issuer}/oauth/token` }),
      ],
      ['several audiences', () => ({ aud: [state.stand.issuer, 'https://evil.example'] })],
      ['no audience', () => ({ aud: undefined as never })],
      ['no expiry', () => ({ exp: undefined as never })],
      ['an expiry that has passed', ({ now }) => ({ exp: now - 120 })],
      ['an expiry of next year', ({ now }) => ({ exp: now + 31_536_000 })],
      ['a beginning tomorrow', ({ now }) => ({ nbf: now + 86_400 })],
      ['no jti', () => ({ jti: undefined as never })],
      ['an empty jti', () => ({ jti: '' })],
      ['a jti that is no text', () => ({ jti: 5 as never })],
    ])('%s is refused', async (_, over) => {
      const of = await made();
      expect(await assert(await of.sign(over(of)))).toMatchObject(oauthError('invalid_client', 401));
    });

    test('§3 (7): an assertion is good once, also when it comes many times at once', async () => {
      const { sign } = await made();
      const one = await sign();
      const answers = await Promise.all(Array.from({ length: 6 }, () => assert(one)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    });

    test('alg none, HMAC with the public key (RFC 8725 §2.1), another key, another kid are refused', async () => {
      const { client, claims, sign, jwk } = await made();
      const unsigned = new UnsecuredJWT(claims).encode();
      const hmac = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
        .sign(new TextEncoder().encode(JSON.stringify(jwk)));
      const stranger = (await generateKeyPair('ES256')).privateKey;
      for (const assertion of [
        unsigned,
        hmac,
        await sign({}, stranger),
        await sign({}, undefined, { kid: 'k2' }),
        await sign({}, stranger, { jwk }),
        'a.b.c',
        'x',
      ])
        expect((await assert(assertion, { client_id: client.clientId })).body.error).toBe('invalid_client');
    });

    test('an assertion of one client with the client_id of another is refused', async () => {
      const { sign } = await made();
      expect(
        (await assert(await sign(), { client_id: state.stand.publicApp.clientId })).status,
      ).toBeGreaterThanOrEqual(400);
    });

    test('an assertion and a secret at once, and an unknown kind of assertion, are refused', async () => {
      const { sign } = await made();
      const { secret } = state.stand.confidentialApp;
      expect((await assert(await sign(), { client_secret: secret })).body.error).toBe('invalid_request');
      expect((await assert(await sign(), { client_assertion_type: 'urn:x' })).body.error).toBe(
        'invalid_client',
      );
      expect((await assert(await sign(), { client_assertion_type: null })).body.error).toBe('invalid_client');
    });

    test('a client of private_key_jwt is not let down to a secret', async () => {
      const { addClientSecret } = await import('../../../src/oauth/index.ts');
      const { client } = await made();
      await expect(addClientSecret(state.stand.ports, 'test', client.clientId)).rejects.toMatchObject({
        code: 'state_conflict',
      });
      expect((await ask({ client_id: client.clientId, client_secret: 'x' })).body.error).toBe(
        'invalid_client',
      );
    });

    describe('keys at a jwks_uri', () => {
      const served = async (body: string, status = 200) => {
        const sink = await startSink();
        sink.answer(
          (_, response) => void response.writeHead(status, { 'content-type': 'application/json' }).end(body),
        );
        const pair = await generateKeyPair('ES256', { extractable: true });
        const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k1' }] };
        const client = await state.stand.app({
          kind: 'confidential',
          authMethods: ['private_key_jwt'],
          jwksUri: `${sink.origin}/jwks`,
        });
        const now = Math.floor(Date.now() / 1000);
        const sign = () =>
          new SignJWT({
            iss: client.clientId,
            sub: client.clientId,
            aud: state.stand.issuer,
            jti: crypto.randomUUID(),
            exp: now + 60,
          })
            .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
            .sign(pair.privateKey);
        return { sink, jwks, sign };
      };

      test('are fetched, and kept a while', async () => {
        const { sink, jwks, sign } = await served('');
        sink.answer((_, response) => void response.end(JSON.stringify(jwks)));
        expect((await assert(await sign())).status).toBe(200);
        expect((await assert(await sign())).status).toBe(200);
        expect(sink.received).toHaveLength(1);
        await sink.close();
      });

      test.each([
        ['no JSON', 'hello', 200],
        ['no key set', '{"keys":5}', 200],
        ['a failure', '{}', 500],
        ['a redirect', '', 302],
        ['far too much', 'x'.repeat(200_000), 200],
        ['no keys', '{"keys":[]}', 200],
      ])('%s there is a refusal, and no fault', async (_, body, status) => {
        const { sink, sign } = await served(body, status);
        expect(await assert(await sign())).toMatchObject(oauthError('invalid_client', 401));
        await sink.close();
      });
    });
  });
});
