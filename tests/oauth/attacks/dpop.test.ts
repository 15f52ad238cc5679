import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oauthError, type Stand, startStand } from '../stand.ts';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

describe('RFC 9449: proofs of possession', () => {
  const state = {} as { stand: Stand; nonce: string; key: Key };
  type Key = { pair: Pair; jwk: JWK; jkt: string };
  const newKey = async (alg = 'ES256'): Promise<Key> => {
    const pair = await generateKeyPair(alg, { extractable: true });
    const jwk = await exportJWK(pair.publicKey);
    return { pair, jwk, jkt: await calculateJwkThumbprint(jwk) };
  };
  beforeAll(async () => {
    state.stand = await startStand();
    state.key = await newKey();
    const seen = await state.stand.token(
      state.stand.confidentialApp,
      { grant_type: 'client_credentials' },
      { dpop: await proof() },
    );
    state.nonce = seen.headers.get('dpop-nonce') ?? '';
  });
  afterAll(() => state.stand.stop());

  const proof = async (
    over: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
    key: Key = state.key,
    signer: Pair['privateKey'] = key.pair.privateKey,
  ) =>
    new SignJWT({
      htm: 'POST',
      htu: `${state.stand.issuer}/oauth/token`,
      iat: Math.floor(Date.now() / 1000),
      jti: crypto.randomUUID(),
      ...(state.nonce ? { nonce: state.nonce } : {}),
      ...over,
    })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk, ...header })
      .sign(signer);
  const ask = async (dpop: string) =>
    state.stand.token(
      state.stand.confidentialApp,
      { grant_type: 'client_credentials', scope: 'webhooks:manage' },
      { dpop },
    );
  const athOf = (token: string) => createHash('sha256').update(token).digest('base64url');
  const call = async (
    token: string,
    over: Record<string, unknown> = {},
    key: Key = state.key,
    scheme = 'DPoP',
  ) => {
    const dpop = await proof(
      { htm: 'GET', htu: `${state.stand.issuer}/v1/me`, ath: athOf(token), ...over },
      {},
      key,
    );
    return state.stand.send('/v1/me', { headers: { authorization: `${scheme} ${token}`, dpop } });
  };

  test('§8: the first proof without a nonce is told one, and a proof with it is accepted', async () => {
    const seen = await ask(await proof({ nonce: undefined }));
    expect(seen).toMatchObject(oauthError('use_dpop_nonce'));
    const nonce = seen.headers.get('dpop-nonce') ?? '';
    expect(nonce).toMatch(/^[\w-]{20,}$/);
    expect((await ask(await proof({ nonce }))).body.token_type).toBe('DPoP');
  });

  test.each<[string, Record<string, unknown>]>([
    ['another method', { htm: 'GET' }],
    ['no method', { htm: undefined }],
    ['another address', { htu: 'https://evil.example/oauth/token' }],
    ['another path of ours', { htu: 'SELF/oauth/revoke' }],
    ['no address', { htu: undefined }],
    ['no time', { iat: undefined }],
    ['a time long past', { iat: Math.floor(Date.now() / 1000) - 600 }],
    ['a time to come', { iat: Math.floor(Date.now() / 1000) + 600 }],
    ['no jti', { jti: undefined }],
    ['an empty jti', { jti: '' }],
    ['an endless jti', { jti: 'x'.repeat(3_000) }],
  ])('§4.3: %s is refused', async (_, over) => {
    const htu =
      typeof over['htu'] === 'string' ? { htu: over['htu'].replace('SELF', state.stand.issuer) } : {};
    expect(await ask(await proof({ ...over, ...htu }))).toMatchObject(oauthError('invalid_dpop_proof'));
  });

  test('§9: a nonce that is not ours, or is old, is answered with a new one', async () => {
    const seen = await ask(await proof({ nonce: 'made-up' }));
    expect(seen).toMatchObject(oauthError('use_dpop_nonce'));
    expect(seen.headers.get('dpop-nonce')).toMatch(/^[\w-]{20,}$/);
  });

  test('§4.3: typ, alg, jwk and signature are what they must be', async () => {
    const stranger = await newKey();
    const privateJwk = await exportJWK(state.key.pair.privateKey);
    const proofs = [
      await proof({}, { typ: 'jwt' }),
      await proof({}, { typ: undefined }),
      await proof({}, { jwk: undefined }),
      await proof({}, { jwk: privateJwk }),
      await proof({}, { jwk: stranger.jwk }),
      await proof({}, { jwk: { kty: 'oct', k: 'AAAA' } }),
      'a.b.c',
      `${(await proof()).split('.').slice(0, 2).join('.')}.`,
      await new SignJWT({ htm: 'POST' })
        .setProtectedHeader({ typ: 'dpop+jwt', alg: 'HS256', jwk: state.key.jwk })
        .sign(new Uint8Array(32)),
    ];
    for (const one of proofs) expect(await ask(one)).toMatchObject(oauthError('invalid_dpop_proof'));
  });

  test('§4.3 (1): two proofs are refused', async () => {
    expect(await ask(`${await proof()}, ${await proof()}`)).toMatchObject(oauthError('invalid_dpop_proof'));
  });

  test('§11.1: a proof is good once, also when it comes many times at once', async () => {
    const one = await proof();
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(one)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  describe('at the API (§7)', () => {
    const bound = async () => {
      const { app, codeFor, redeem } = state.stand;
      const client = await app();
      const { body } = await redeem(client, await codeFor(client), {}, { dpop: await proof() });
      return { client, ...(body as { access_token: string; refresh_token: string }) };
    };

    test('a bound token with its proof is accepted', async () => {
      const { access_token } = await bound();
      expect((await call(access_token)).status).toBe(200);
    });

    test('§7.2: as a Bearer token it is refused, with a proof or without', async () => {
      const { access_token } = await bound();
      expect((await state.stand.me(access_token)).status).toBe(401);
      expect((await call(access_token, {}, state.key, 'Bearer')).status).toBe(401);
    });

    test('the proof of another key, another token, another address or method, and none are refused', async () => {
      const { access_token } = await bound();
      const other = await bound();
      expect((await call(access_token, {}, await newKey())).status).toBe(401);
      expect((await call(access_token, { ath: athOf(other.access_token) })).status).toBe(401);
      expect((await call(access_token, { ath: undefined })).status).toBe(401);
      expect((await call(access_token, { htu: `${state.stand.issuer}/v1/events` })).status).toBe(401);
      expect((await call(access_token, { htm: 'POST' })).status).toBe(401);
      const bare = await state.stand.send('/v1/me', { headers: { authorization: `DPoP ${access_token}` } });
      expect(bare.status).toBe(401);
      expect(bare.headers.get('www-authenticate')).toContain('DPoP');
    });

    test('a proof that was heard is not good again', async () => {
      const { access_token } = await bound();
      const dpop = await proof({ htm: 'GET', htu: `${state.stand.issuer}/v1/me`, ath: athOf(access_token) });
      const headers = { authorization: `DPoP ${access_token}`, dpop };
      expect((await state.stand.send('/v1/me', { headers })).status).toBe(200);
      expect((await state.stand.send('/v1/me', { headers })).status).toBe(401);
    });

    test('§7.1: a token that is bound to nothing is no DPoP token', async () => {
      const { access_token } = await state.stand.linked(state.stand.publicApp);
      expect((await call(access_token)).status).toBe(401);
    });

    test('§5: a public client’s refresh token needs the key that it was given to', async () => {
      const { client, refresh_token } = await bound();
      const { refresh } = state.stand;
      expect(await refresh(client, refresh_token)).toMatchObject(oauthError('invalid_grant'));
      const strange = await newKey();
      const wrong = await refresh(client, refresh_token, {}, { dpop: await proof({}, {}, strange) });
      expect(wrong).toMatchObject(oauthError('invalid_grant'));
      const right = await refresh(client, refresh_token, {}, { dpop: await proof() });
      expect(right.body.token_type).toBe('DPoP');
    });
  });

  describe('§10: a code that is bound to a key', () => {
    test('is redeemed with that key alone', async () => {
      const { app, codeFor, redeem } = state.stand;
      const client = await app();
      const code = await codeFor(client, { dpop_jkt: state.key.jkt });
      expect((await redeem(client, code)).body.error).toBe('invalid_grant');
      const strange = await newKey();
      expect((await redeem(client, code, {}, { dpop: await proof({}, {}, strange) })).body.error).toBe(
        'invalid_grant',
      );
      expect((await redeem(client, code, {}, { dpop: await proof() })).status).toBe(200);
    });

    test('a client that must prove possession gets nothing without', async () => {
      const { app, codeFor, redeem } = state.stand;
      const client = await app({ requiresDpop: true });
      expect((await redeem(client, await codeFor(client))).body.error).toBe('invalid_dpop_proof');
    });
  });
});
