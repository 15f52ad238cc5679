import * as z from 'zod';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { parseStrictJson, readBody } from '#src/wire';
import { createApp, type NewApp } from './create-app.ts';
import { OAuthError } from './errors.ts';
import { authMethods, grantTypes } from './metadata.ts';
import { parseScope } from './scopes.ts';
import { readToken, standingOf, type TokenRow } from './read-token.ts';

type Needs = Parameters<typeof createApp>[0] & Pick<Ports, 'settings'>;

/**
 * RFC 7591 §2. Unknown members are left out as it says; so are logo, policy and terms: they would be shown to people, or
 * fetched, on the word of whoever registers.
 */
const metadata = z.object({
  client_name: z.string(),
  redirect_uris: z.array(z.string()).max(20).default([]),
  grant_types: z.array(z.enum(grantTypes)).min(1).max(4).default(['authorization_code']),
  response_types: z.array(z.literal('code')).max(1).default(['code']),
  token_endpoint_auth_method: z.enum(authMethods).default('client_secret_basic'),
  scope: z.string().max(2_000),
  jwks: z.unknown().optional(),
  jwks_uri: z.string().optional(),
  client_uri: z.string().max(2_000).optional(),
  dpop_bound_access_tokens: z.boolean().default(false),
  require_pushed_authorization_requests: z.boolean().default(false),
});

/** Behind the partner's registration token: that is the list of who may. */
export async function registerClient(ports: Needs, request: Request): Promise<Record<string, unknown>> {
  const holder = await holderOf(ports, request);
  const wish = await wishOf(ports, request);
  const isPublic = wish.token_endpoint_auth_method === 'none';
  const app: NewApp = {
    partnerId: holder.partnerId ?? '',
    name: wish.client_name,
    env: holder.env,
    kind: isPublic ? 'public' : 'confidential',
    redirectUris: wish.redirect_uris,
    scopes: parseScope(wish.scope),
    grantTypes: wish.grant_types,
    authMethods: [wish.token_endpoint_auth_method],
    jwks: wish.jwks ?? null,
    jwksUri: wish.jwks_uri ?? null,
    clientUri: wish.client_uri ?? null,
    requiresPush: wish.require_pushed_authorization_requests,
    requiresDpop: wish.dpop_bound_access_tokens,
  };
  const { clientId, secret } = await orRefused(() => createApp(ports, `token:${holder.id}`, app));
  return {
    client_id: clientId,
    client_id_issued_at: Math.floor(ports.clock.ms() / 1_000),
    ...(secret === null ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
    ...wish,
  };
}

async function holderOf(ports: Needs, request: Request): Promise<TokenRow> {
  const [, text] = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  const row = text === undefined ? null : await readToken(ports, text, ['c']);
  const isRegistration = row !== null && row.partnerId !== null && row.appId === null;
  if (isRegistration && (await standingOf(ports, row)) === 'valid') return row;
  throw new OAuthError('invalid_token', 'Registration takes the registration token of a partner.', {
    headers: { 'www-authenticate': 'Bearer realm="patchbay", error="invalid_token"' },
  });
}

async function wishOf({ settings }: Needs, request: Request): Promise<z.output<typeof metadata>> {
  const { value } = await orRefused(async () =>
    parseStrictJson(await readBody(request, settings.maxRequestBytes)),
  );
  // §2.3: trusted statements of others are none that we know how to trust.
  if (typeof value === 'object' && value !== null && 'software_statement' in value)
    throw new OAuthError('invalid_software_statement', 'Software statements are not taken.');
  const result = metadata.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new OAuthError('invalid_client_metadata', `Wrong: ${issue?.path.join('/') || 'the body'}.`);
}

/** What the API would answer as a problem document, in the words of RFC 7591 §3.2.2. */
async function orRefused<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof PatchbayError) || error.status >= 500) throw error;
    const isRedirect = error.errors?.[0]?.pointer.startsWith('/redirect_uris') ?? false;
    throw new OAuthError(isRedirect ? 'invalid_redirect_uri' : 'invalid_client_metadata', error.publicText);
  }
}
