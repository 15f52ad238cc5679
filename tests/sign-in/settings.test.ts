import { describe, expect, test } from 'vitest';
import { readSettings } from '../../src/context/index.ts';

describe('the settings of the issuer', () => {
  const good = {
    PATCHBAY_OIDC_ISSUER: 'https://login.example.com/realms/eyes',
    PATCHBAY_OIDC_CLIENT_ID: 'patchbay',
    PATCHBAY_OIDC_CLIENT_SECRET: 'secret',
  };
  const read = (over: Record<string, string>) => readSettings({ ...good, ...over }).oidc;
  const key = { kty: 'EC', crv: 'P-256', alg: 'ES256', x: 'x', y: 'y', d: 'very private', kid: 'one' };

  test('are none where nothing is set', () => {
    expect(readSettings({}).oidc).toBe(null);
  });

  test('keep the issuer letter for letter, and have defaults for the rest', () => {
    expect(read({})).toEqual({
      issuer: 'https://login.example.com/realms/eyes',
      name: 'login.example.com',
      clientId: 'patchbay',
      credential: { kind: 'secret', secret: 'secret' },
      scopes: 'openid profile email',
      link: null,
      isCreating: false,
      accountsClaim: null,
    });
    const slashed = read({ PATCHBAY_OIDC_ISSUER: 'https://login.example.com/' });
    expect(slashed?.issuer).toBe('https://login.example.com/');
  });

  test('take a private key in place of a secret, and rules for whom to let in', () => {
    const over = { PATCHBAY_OIDC_CLIENT_SECRET: '', PATCHBAY_OIDC_PRIVATE_KEY: JSON.stringify(key) };
    expect(read(over)?.credential).toEqual({ kind: 'key', jwk: key });
    expect(read({ PATCHBAY_OIDC_LINK: 'verified_email' })?.link).toEqual({ by: 'verified_email' });
    const claim = { by: 'claim', claim: 'https://eyes.example/user' };
    expect(read({ PATCHBAY_OIDC_LINK: 'claim:https://eyes.example/user' })?.link).toEqual(claim);
    expect(read({ PATCHBAY_OIDC_CREATE: '1' })?.isCreating).toBe(true);
  });

  test.each([
    [{ PATCHBAY_OIDC_ISSUER: '' }, 'PATCHBAY_OIDC_CLIENT_ID is set, and PATCHBAY_OIDC_ISSUER is not'],
    [{ PATCHBAY_OIDC_ISSUER: 'login' }, 'must be a URL'],
    [{ PATCHBAY_OIDC_ISSUER: 'http://login.example.com' }, 'must begin with https://'],
    [{ PATCHBAY_OIDC_ISSUER: 'ftp://localhost' }, 'must begin with https://'],
    [{ PATCHBAY_OIDC_ISSUER: 'http://127.0.0.1:9000' }, 'PATCHBAY_ALLOW_LOOPBACK=1'],
    [{ PATCHBAY_OIDC_ISSUER: 'https://login.example.com/?tenant=1' }, 'no query'],
    [{ PATCHBAY_OIDC_ISSUER: 'https://me@login.example.com' }, 'no user name'],
    [{ PATCHBAY_OIDC_CLIENT_ID: ' ' }, 'PATCHBAY_OIDC_CLIENT_ID is not set'],
    [{ PATCHBAY_OIDC_CLIENT_SECRET: '' }, 'nor is PATCHBAY_OIDC_PRIVATE_KEY'],
    [{ PATCHBAY_OIDC_PRIVATE_KEY: JSON.stringify(key) }, 'both set'],
    [{ PATCHBAY_OIDC_SCOPES: 'profile email' }, 'must have openid'],
    [{ PATCHBAY_OIDC_LINK: 'email' }, 'must be verified_email, or claim:NAME'],
    [{ PATCHBAY_OIDC_CREATE: 'yes' }, 'must be 1'],
  ])('with %o are refused, and it says what to do', (over, words) => {
    expect(() => read(over)).toThrow(words);
  });

  test.each(['not json', '{"kty":"EC"}', '7', JSON.stringify({ ...key, alg: undefined })])(
    'with the key %s are refused, and nothing of the key is repeated',
    (text) => {
      const over = { PATCHBAY_OIDC_CLIENT_SECRET: '', PATCHBAY_OIDC_PRIVATE_KEY: text };
      expect(() => read(over)).toThrow('must be a private JWK');
      expect(() => read(over)).not.toThrow('very private');
    },
  );
});
