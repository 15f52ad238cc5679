import * as z from 'zod';
import { type OAuthCode, oauthStatuses } from '#src/oauth';
import { oauthForms } from './oauth-forms.ts';
import type { Registry } from './registry.ts';

type Entry = {
  method: 'get' | 'post';
  path: string;
  id: string;
  summary: string;
  description?: string;
  /** Who asks: a client, the holder of a registration token, or anybody. */
  by: 'client' | 'registration' | null;
  /** A query for `get`, a form for `post`. */
  asked?: z.ZodObject;
  isJson?: boolean;
  answer: { status: number; description: string; schema?: z.ZodType };
  errors: OAuthCode[];
};

const text = z.string();
const seconds = z.int().describe('Seconds.');
const fromClient = ['invalid_request', 'invalid_client', 'invalid_dpop_proof', 'use_dpop_nonce'] as const;
const fromAny = ['server_error', 'temporarily_unavailable'] as const;
const forAccess = ['invalid_scope', 'unauthorized_client', 'invalid_target'] as const;

const registration = oauthForms.registration;
const tokens = z
  .strictObject({
    access_token: text,
    token_type: z.enum(['Bearer', 'DPoP']),
    expires_in: seconds,
    scope: text.describe('What was granted: it may be less than was asked.'),
    refresh_token: text.optional(),
  })
  .meta({ id: 'Tokens', description: 'RFC 6749 §5.1.' });
const introspected = z.looseObject({
  active: z
    .boolean()
    .describe('False for whatever is not a living token of this very client, and then alone.'),
  scope: text.optional(),
  client_id: text.optional(),
  token_type: z.enum(['Bearer', 'DPoP']).optional(),
  iat: z.int().optional(),
  exp: z.int().optional(),
  sub: text.optional().describe('The account; the app where it acts for itself.'),
  aud: text.optional(),
  iss: text.optional(),
  cnf: z.strictObject({ jkt: text }).optional().describe('RFC 9449 §6.2: the key that it is bound to.'),
});

const entries: Entry[] = [
  {
    method: 'get',
    path: '/oauth/authorize',
    id: 'authorize',
    summary: 'Where an app sends a person’s browser',
    description:
      'A page, not a call. Until the client and its `redirect_uri` are proven, errors are shown to the person; after that the browser goes back with `error`, `state` and `iss`.',
    by: null,
    asked: oauthForms.authorization,
    answer: {
      status: 303,
      description: 'To the consent page; from there back with `code`, `state` and `iss`.',
    },
    errors: ['invalid_request', 'invalid_client', 'invalid_request_uri', ...fromAny],
  },
  {
    method: 'post',
    path: '/oauth/par',
    id: 'pushAuthorizationRequest',
    summary: 'Push an authorization request (RFC 9126)',
    description: 'The browser then carries `client_id` and `request_uri` alone, and can change nothing.',
    by: 'client',
    asked: oauthForms.pushed,
    answer: {
      status: 201,
      description: 'Kept for a minute, and opened once.',
      schema: z.strictObject({ request_uri: text, expires_in: seconds }),
    },
    errors: [...fromClient, ...forAccess, 'unsupported_response_type', 'request_not_supported', ...fromAny],
  },
  {
    method: 'post',
    path: '/oauth/token',
    id: 'getTokens',
    summary: 'Redeem a code, refresh, poll for a device, or get a token for the app itself',
    description:
      'A public client’s refresh token rotates; of one chain’s older tokens the last works for a minute, for a lost answer. A confidential client’s stays the same.',
    by: 'client',
    asked: oauthForms.token,
    answer: { status: 200, description: 'Shown once.', schema: tokens },
    errors: [
      ...fromClient,
      ...forAccess,
      'invalid_grant',
      'unsupported_grant_type',
      'authorization_pending',
      'slow_down',
      'access_denied',
      'expired_token',
      ...fromAny,
    ],
  },
  {
    method: 'post',
    path: '/oauth/device_authorization',
    id: 'beginDevice',
    summary: 'Begin on a device without a browser (RFC 8628)',
    by: 'client',
    asked: oauthForms.device,
    answer: {
      status: 200,
      description: 'Show `user_code` and `verification_uri`, and poll `/oauth/token`.',
      schema: z.strictObject({
        device_code: text,
        user_code: text,
        verification_uri: z.url(),
        verification_uri_complete: z.url(),
        expires_in: seconds,
        interval: seconds.describe('Seconds between two polls.'),
      }),
    },
    errors: [...fromClient, ...forAccess, ...fromAny],
  },
  {
    method: 'get',
    path: '/oauth/device',
    id: 'openDevice',
    summary: 'Where a person types the code of a device',
    by: null,
    asked: oauthForms.userCode,
    answer: { status: 200, description: 'A page; with a code that lives, 303 to the consent page.' },
    errors: ['invalid_request', ...fromAny],
  },
  {
    method: 'post',
    path: '/oauth/revoke',
    id: 'giveBackToken',
    summary: 'Give a token back (RFC 7009)',
    description:
      'A refresh token ends with every token of its chain, an access token alone. Unknown ones are a 200 too.',
    by: 'client',
    asked: oauthForms.one,
    answer: { status: 200, description: 'It does not work, now or any more.', schema: z.strictObject({}) },
    errors: [...fromClient, ...fromAny],
  },
  {
    method: 'post',
    path: '/oauth/introspect',
    id: 'introspectToken',
    summary: 'Ask whether a token of one’s own is alive (RFC 7662)',
    description: 'For confidential clients.',
    by: 'client',
    asked: oauthForms.one,
    answer: { status: 200, description: 'As it stands at this moment.', schema: introspected },
    errors: [...fromClient, ...fromAny],
  },
  {
    method: 'post',
    path: '/oauth/register',
    id: 'registerClient',
    summary: 'Register an app (RFC 7591)',
    description: 'Unknown members are left out. Logos, policies and software statements are not taken.',
    by: 'registration',
    asked: registration,
    isJson: true,
    answer: {
      status: 201,
      description: 'The secret is shown once.',
      schema: registration.extend({
        client_id: text,
        client_id_issued_at: z.int(),
        client_secret: text.optional(),
        client_secret_expires_at: z.literal(0).optional(),
      }),
    },
    errors: [
      'invalid_token',
      'invalid_client_metadata',
      'invalid_redirect_uri',
      'invalid_software_statement',
      ...fromAny,
    ],
  },
  ...(['oauth-authorization-server', 'oauth-protected-resource'] as const).map((name): Entry => {
    const isServer = name === 'oauth-authorization-server';
    return {
      method: 'get',
      path: `/.well-known/${name}`,
      id: isServer ? 'getServerMetadata' : 'getResourceMetadata',
      summary: isServer ? 'The authorization server in data (RFC 8414)' : 'The API in data (RFC 9728)',
      by: null,
      answer: { status: 200, description: 'The same for everybody.', schema: z.record(text, z.unknown()) },
      errors: ['server_error'],
    };
  }),
  {
    method: 'get',
    path: '/oauth/jwks',
    id: 'getSigningKeys',
    summary: 'The keys that security event tokens are signed with (RFC 7517)',
    by: null,
    answer: {
      status: 200,
      description: 'Public keys alone.',
      schema: z.strictObject({ keys: z.array(z.record(text, z.unknown())) }),
    },
    errors: ['server_error'],
  },
];

const problem = z
  .strictObject({
    error: z.enum(Object.keys(oauthStatuses) as [OAuthCode, ...OAuthCode[]]),
    error_description: text.describe('For the developer of the client.'),
  })
  .meta({ id: 'OAuthError', description: 'RFC 6749 §5.2.' });

/** What the authorization server answers. Its forms are no JSON, so none of it goes through `mount`. */
export function oauthEntries(registry: Registry): void {
  for (const { method, path, id, summary, description, by, asked, isJson, answer, errors } of entries) {
    const type = isJson ? 'application/json' : 'application/x-www-form-urlencoded';
    const { status, schema } = answer;
    registry.registerPath({
      method,
      path,
      operationId: id,
      tags: ['OAuth'],
      summary,
      ...(description ? { description } : {}),
      security: by === null ? [] : [{ [by]: [] }],
      ...(asked
        ? {
            request:
              method === 'get'
                ? { query: asked }
                : { body: { required: true, content: { [type]: { schema: asked } } } },
          }
        : {}),
      responses: {
        [status]: {
          description: answer.description,
          ...(schema ? { content: { 'application/json': { schema } } } : {}),
        },
        ...errorAnswers(errors),
      },
    });
  }
}

/** One entry a status, each with its closed list of codes. */
function errorAnswers(codes: readonly OAuthCode[]) {
  const byStatus = Map.groupBy(codes, (code) => oauthStatuses[code]);
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      status,
      {
        description: list.map((code) => `\`${code}\``).join(', '),
        content: { 'application/json': { schema: problem } },
      },
    ]),
  );
}
