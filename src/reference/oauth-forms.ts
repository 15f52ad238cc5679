import * as z from 'zod';

const text = z.string();
const scope = text.describe('Names with spaces between, at least one.');
const resource = z.url().optional().describe('RFC 8707: the hub’s own address, where it is told.');

/** Beside Basic. A client authenticates in one way. */
const client = {
  client_id: text.optional().describe('Where the client does not authenticate by Basic.'),
  client_secret: text.optional(),
  client_assertion_type: z.literal('urn:ietf:params:oauth:client-assertion-type:jwt-bearer').optional(),
  client_assertion: text
    .optional()
    .describe(
      'RFC 7523: ES256, EdDSA, PS256 or RS256; `aud` is the issuer; `jti` once; five minutes at most.',
    ),
};

const asked = {
  response_type: z.literal('code'),
  redirect_uri: text.describe('Letter by letter as it is registered; only a loopback port may differ.'),
  scope,
  state: text.max(2_000).optional().describe('Comes back unchanged.'),
  code_challenge: text.describe('RFC 7636: base64url of SHA-256 of the verifier.'),
  code_challenge_method: z.literal('S256'),
  dpop_jkt: text.optional().describe('RFC 9449 §10: the key that the code will be bound to.'),
  resource,
};

/** What the authorization server takes, for its description. The server reads forms by RFC 6749 §3.2, in src/oauth. */
export const oauthForms = {
  authorization: z.object({
    client_id: text,
    request_uri: text.optional().describe('Of a pushed request: then it stands alone with `client_id`.'),
    ...z.object(asked).partial().shape,
  }),
  pushed: z.object({ ...client, ...asked }),
  token: z.object({
    ...client,
    grant_type: z.enum([
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:device_code',
    ]),
    code: text.optional().describe('With `authorization_code`, and so are the next two.'),
    redirect_uri: text.optional(),
    code_verifier: text.optional(),
    refresh_token: text.optional().describe('With `refresh_token`.'),
    device_code: text.optional().describe('With the device flow.'),
    scope: text
      .optional()
      .describe(
        'With `client_credentials`, `webhooks:manage` where it is left out; with `refresh_token`, at most what was granted.',
      ),
    resource,
  }),
  device: z.object({ ...client, scope, resource }),
  userCode: z.object({ user_code: text.optional().describe('Left out: the page asks for it.') }),
  one: z.object({ ...client, token: text, token_type_hint: text.optional().describe('Not needed.') }),
  registration: z.object({
    client_name: text,
    redirect_uris: z.array(text).max(20).optional(),
    grant_types: z.array(text).min(1).max(4).optional(),
    response_types: z.array(z.literal('code')).max(1).optional(),
    token_endpoint_auth_method: z
      .enum(['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'])
      .optional(),
    scope: text.max(2_000),
    jwks: z
      .looseObject({ keys: z.array(z.looseObject({})) })
      .optional()
      .describe('Public keys alone.'),
    jwks_uri: z.url().optional().describe('Instead of `jwks`; fetched through the egress guard.'),
    client_uri: z.url().max(2_000).optional(),
    dpop_bound_access_tokens: z.boolean().optional(),
    require_pushed_authorization_requests: z.boolean().optional(),
  }),
};
