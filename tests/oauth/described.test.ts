import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type Seen, type Stand, startStand, verifier } from './stand.ts';

/** The entries of OAuth in the OpenAPI document are written by hand: here they are held against what is answered. */
describe('the document of the authorization server', () => {
  const state = {} as { stand: Stand; document: any };
  beforeAll(async () => {
    state.stand = await startStand();
    state.document = (await state.stand.send('/openapi.json')).body;
  });
  afterAll(() => state.stand.stop());

  const schemaOf = (path: string, status: number): z.ZodType => {
    const { schema } = state.document.paths[path].post.responses[status].content['application/json'];
    const inline = (is: unknown): string =>
      JSON.stringify(is).replaceAll('#/components/schemas/', '#/$defs/');
    const $defs = JSON.parse(inline(state.document.components.schemas));
    return z.fromJSONSchema({ ...JSON.parse(inline(schema)), $defs });
  };
  const expectAsTold = (path: string, { status, body }: Seen, expected: number): void => {
    expect(status, JSON.stringify(body)).toBe(expected);
    expect(schemaOf(path, status).safeParse(body), path).toMatchObject({ success: true });
  };

  test('has every endpoint that the metadata names, and no other', async () => {
    const { body } = await state.stand.send('/.well-known/oauth-authorization-server');
    const named = Object.entries<string>(body)
      .filter(([name]) => name.endsWith('_endpoint') || name === 'jwks_uri')
      .map(([, url]) => new URL(url).pathname);
    const told = Object.keys(state.document.paths).filter((path) => path.startsWith('/oauth/'));
    expect(new Set([...named, '/oauth/device'])).toEqual(new Set(told));
    const { oauth } = state.document.components.securitySchemes;
    expect(oauth.flows.authorizationCode).toMatchObject({
      authorizationUrl: body.authorization_endpoint,
      tokenUrl: body.token_endpoint,
    });
    expect(Object.keys(oauth.flows.authorizationCode.scopes)).toEqual(body.scopes_supported);
    const { content } = state.document.paths['/oauth/token'].post.requestBody;
    const { grant_type: grant } = content['application/x-www-form-urlencoded'].schema.properties;
    expect(grant.enum).toEqual(body.grant_types_supported);
  });

  test('tells what each of them answers', async () => {
    const { confidentialApp: app, post, authOf, request, codeFor, redeem } = state.stand;
    expectAsTold('/oauth/par', await post('/oauth/par', { ...authOf(app), ...request(app) }), 201);
    const tokens = await redeem(app, await codeFor(app));
    expectAsTold('/oauth/token', tokens, 200);
    const token = tokens.body.access_token;
    expectAsTold('/oauth/introspect', await post('/oauth/introspect', { ...authOf(app), token }), 200);
    expectAsTold(
      '/oauth/introspect',
      await post('/oauth/introspect', { ...authOf(app), token: 'pbk_no' }),
      200,
    );
    expectAsTold('/oauth/revoke', await post('/oauth/revoke', { ...authOf(app), token }), 200);
    const device = await state.stand.app({
      grantTypes: ['urn:ietf:params:oauth:grant-type:device_code'],
      redirectUris: [],
    });
    const begun = await post('/oauth/device_authorization', {
      ...authOf(device),
      scope: 'bookings:read',
    });
    expectAsTold('/oauth/device_authorization', begun, 200);
  });

  test('tells what each of them refuses with', async () => {
    const { confidentialApp: app, post, redeem } = state.stand;
    for (const path of ['/oauth/par', '/oauth/token', '/oauth/revoke', '/oauth/introspect']) {
      expectAsTold(path, await post(path, { client_id: app.clientId, client_secret: 'wrong' }), 401);
      expectAsTold(path, await post(path, { client_id: ['a', 'b'] }), 400);
    }
    expectAsTold('/oauth/token', await redeem(app, 'no-code', { code_verifier: verifier }), 400);
    expectAsTold('/oauth/register', await post('/oauth/register', {}), 401);
  });
});
