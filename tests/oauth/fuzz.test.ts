import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encoded, type Stand, startStand } from './stand.ts';

const paths = ['token', 'par', 'device_authorization', 'revoke', 'introspect'].map(
  (name) => `/oauth/${name}`,
);
const names = [
  'grant_type',
  'code',
  'redirect_uri',
  'code_verifier',
  'refresh_token',
  'scope',
  'state',
  'response_type',
  'code_challenge',
  'code_challenge_method',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'device_code',
  'token',
  'resource',
  'request',
  'request_uri',
  'dpop_jkt',
  'user_code',
];

/** Whatever comes, the answer is a refusal in OAuth's own form or a page, never a fault, and shows nothing of the inside. */
describe('any input at the OAuth endpoints', () => {
  const state = {} as { stand: Stand };
  beforeAll(async () => {
    state.stand = await startStand();
  });
  afterAll(() => state.stand.stop());

  const word = (known: string[]) =>
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...known) },
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('', '\0', '\r\nx: y', '\ud800', '%00', 'a'.repeat(3_000), '__proto__', '{}', 'null'),
    );
  const params = (known: string[]) =>
    fc.dictionary(
      fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, fc.string({ maxLength: 8 })),
      word(known),
      { maxKeys: 12 },
    );

  test('back channel', async () => {
    const { clientId, secret } = state.stand.confidentialApp;
    const grants = ['authorization_code', 'refresh_token', 'client_credentials', 'S256', 'code'];
    const known = [clientId, secret ?? '', ...grants, 'bookings:read', 'https://app.example/callback'];
    const isOurs = fc.boolean();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), params(known), isOurs, async (path, form, ours) => {
        const auth = ours ? state.stand.authOf(state.stand.confidentialApp) : {};
        const seen = await state.stand.post(path, { ...form, ...auth });
        expect(seen.status, seen.text).toBeLessThan(500);
        if (seen.status >= 400)
          expect(seen.body).toMatchObject({ error: expect.stringMatching(/^[a-z_]+$/) as string });
        expect(seen.text).not.toMatch(/SQLITE|drizzle|node_modules|TypeError/);
      }),
      { numRuns: 300 },
    );
  });

  test('the browser: never sent anywhere but to the app or to the portal', async () => {
    const { issuer, publicApp } = state.stand;
    const known = [
      publicApp.clientId,
      'code',
      'S256',
      'bookings:read',
      'https://app.example/callback',
      'x'.repeat(43),
    ];
    const places = ['https://app.example/callback', `${issuer}/portal/consent`];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('authorize', 'device'),
        params(known),
        fc.boolean(),
        async (name, query, ours) => {
          const base = ours
            ? { client_id: publicApp.clientId, redirect_uri: 'https://app.example/callback' }
            : {};
          const seen = await state.stand.send(`/oauth/${name}?${encoded({ ...query, ...base })}`);
          expect(seen.status, seen.text).toBeLessThan(500);
          if (seen.location !== null)
            expect(places.some((place) => seen.location?.startsWith(`${place}?`))).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('registration', async () => {
    const { createRegistrationToken } = await import('../../src/oauth/index.ts');
    const token = await createRegistrationToken(state.stand.ports, 'test', state.stand.partnerId);
    const good = { client_name: 'A', redirect_uris: ['https://a.example/cb'], scope: 'bookings:read' };
    const fields = fc.constantFrom(
      ...Object.keys(good),
      'grant_types',
      'jwks',
      'jwks_uri',
      'token_endpoint_auth_method',
      'client_uri',
      'response_types',
    );
    await fc.assert(
      fc.asyncProperty(fields, fc.jsonValue(), async (field, value) => {
        const seen = await state.stand.send('/oauth/register', {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify({ ...good, [field]: value }),
        });
        expect(seen.status, seen.text).toBeLessThan(500);
      }),
      { numRuns: 200 },
    );
  });
});
