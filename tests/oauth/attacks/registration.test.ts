import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRegistrationToken } from '../../../src/oauth/index.ts';
import { oauthError, type Stand, startStand } from '../stand.ts';

describe('RFC 7591: registration', () => {
  const state = {} as { stand: Stand; token: string };
  beforeAll(async () => {
    state.stand = await startStand();
    state.token = await createRegistrationToken(state.stand.ports, 'test', state.stand.partnerId);
  });
  afterAll(() => state.stand.stop());
  const register = (body: unknown, token: string | null = state.token) =>
    state.stand.send('/oauth/register', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
  const good = { client_name: 'Acme', redirect_uris: ['https://acme.example/cb'], scope: 'bookings:read' };

  test('with the partner’s token a client is made, of that partner', async () => {
    const seen = await register({ ...good, token_endpoint_auth_method: 'client_secret_basic' });
    expect(seen.status).toBe(201);
    expect(seen.headers.get('cache-control')).toBe('no-store');
    expect(seen.body).toMatchObject({
      client_id: expect.stringMatching(/^app_/),
      client_secret: expect.stringMatching(/^pbk_cl_/),
      client_secret_expires_at: 0,
    });
    const { apps } = state.stand.ports.store.tables;
    const made = (await state.stand.ports.store.db.select().from(apps)).find(
      ({ id }) => id === seen.body.client_id,
    );
    expect(made?.partnerId).toBe(state.stand.partnerId);
  });

  test('§3: nobody registers without the token, or with one that is another thing', async () => {
    const { account, confidentialApp, hub } = state.stand;
    for (const token of [null, 'x', account.token, await hub.service(), confidentialApp.secret ?? ''])
      expect((await register(good, token)).status).toBe(401);
  });

  test('a token of registration is no secret of a client and opens no API', async () => {
    const { publicApp, token, me } = state.stand;
    expect((await me(state.token)).status).toBe(401);
    expect(
      (await token({ ...publicApp, secret: state.token }, { grant_type: 'client_credentials' })).body.error,
    ).toBe('invalid_client');
  });

  test('when the partner is revoked its token registers nothing', async () => {
    const { revoke } = await import('../../../src/access/index.ts');
    const { createPartner } = await import('../../../src/oauth/index.ts');
    const { ports } = state.stand;
    const partnerId = await createPartner(ports, 'test', 'Gone');
    const token = await createRegistrationToken(ports, 'test', partnerId);
    await revoke(ports, { level: 'partner', id: partnerId, reason: 'abuse', actor: 'test' });
    expect((await register(good, token)).status).toBe(401);
  });

  describe('§5 and RFC 9700 §4.11: addresses that would make us ask for somebody (SSRF)', () => {
    test.each([
      'http://acme.example/jwks',
      'https://169.254.169.254/latest/meta-data',
      'https://10.0.0.1/jwks',
      'https://192.168.1.1/jwks',
      'https://[fd00::1]/jwks',
      'https://[::ffff:169.254.169.254]/jwks',
      'https://2852039166/jwks',
      'https://metadata.internal/jwks',
      'https://printer.local/jwks',
      'https://acme.example:22/jwks',
      'https://user:pass@acme.example/jwks',
      'file:///etc/passwd',
      'ftp://acme.example/jwks',
      'not a url',
    ])('jwks_uri %s is refused', async (jwks_uri) => {
      const seen = await register({ ...good, token_endpoint_auth_method: 'private_key_jwt', jwks_uri });
      expect(seen).toMatchObject(oauthError('invalid_client_metadata'));
    });

    test('what would be fetched for a logo or a policy is not taken at all', async () => {
      const seen = await register({
        ...good,
        logo_uri: 'https://169.254.169.254/',
        policy_uri: 'http://10.0.0.1/',
      });
      expect(seen.status).toBe(201);
      expect(JSON.stringify(seen.body)).not.toContain('169.254');
    });
    test('a software statement and sector identifiers are not trusted', async () => {
      expect((await register({ ...good, software_statement: 'a.b.c' })).body.error).toBe(
        'invalid_software_statement',
      );
    });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a redirect URI that is a script', { redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
    ['a redirect URI in the clear', { redirect_uris: ['http://acme.example/cb'] }, 'invalid_redirect_uri'],
    ['no redirect URI', { redirect_uris: [] }, 'invalid_redirect_uri'],
    [
      'a hundred of them',
      { redirect_uris: Array.from({ length: 100 }, (_, i) => `https://a.example/${i}`) },
      'invalid_client_metadata',
    ],
    ['the implicit grant', { grant_types: ['implicit'] }, 'invalid_client_metadata'],
    ['the password grant', { grant_types: ['password'] }, 'invalid_client_metadata'],
    ['a response type of old', { response_types: ['token'] }, 'invalid_client_metadata'],
    ['an unknown method', { token_endpoint_auth_method: 'client_secret_jwt' }, 'invalid_client_metadata'],
    [
      'private_key_jwt without keys',
      { token_endpoint_auth_method: 'private_key_jwt' },
      'invalid_client_metadata',
    ],
    [
      'keys twice',
      {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [] },
        jwks_uri: 'https://acme.example/jwks',
      },
      'invalid_client_metadata',
    ],
    [
      'a private key',
      {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', d: 'c' }] },
      },
      'invalid_client_metadata',
    ],
    [
      'a symmetric key',
      { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } },
      'invalid_client_metadata',
    ],
    ['a scope of the marketplace', { scope: 'events:publish' }, 'invalid_client_metadata'],
    ['a name with a script', { client_name: 'x'.repeat(500) }, 'invalid_client_metadata'],
    ['a name that hides its end', { client_name: 'Acme\u202Egnp.exe' }, 'invalid_client_metadata'],
    [
      'a client that is public and acts for itself',
      { token_endpoint_auth_method: 'none', grant_types: ['client_credentials'] },
      'invalid_client_metadata',
    ],
  ])('%s is refused', async (_, over, error) => {
    expect(await register({ ...good, ...over })).toMatchObject(oauthError(error));
  });

  test('a client_id or a secret of one’s own choice is not taken', async () => {
    const seen = await register({
      ...good,
      client_id: 'app_mine',
      client_secret: 'easy',
      token_endpoint_auth_method: 'client_secret_post',
    });
    expect(seen.body.client_id).not.toBe('app_mine');
    expect(seen.body.client_secret).not.toBe('easy');
  });

  test('broken JSON, another type and a key twice are refused in OAuth’s form', async () => {
    const raw = (body: string, type = 'application/json') =>
      state.stand.send('/oauth/register', {
        method: 'POST',
        headers: { 'content-type': type, authorization: `Bearer ${state.token}` },
        body,
      });
    for (const seen of [
      await raw('{'),
      await raw('[]'),
      await raw('{"scope":"a","scope":"b"}'),
      await raw('x', 'text/plain'),
    ])
      expect(seen.body.error).toBe('invalid_client_metadata');
  });
});
