import { recordAudit } from '#src/audit';
import { isScope, scopes } from '#src/catalog';
import type { Ports } from '#src/context';
import { type FieldError, PatchbayError } from '#src/errors';
import type { ClientAuthMethod, GrantType, Schema } from '#src/store';
import { keySet } from './client-keys.ts';
import { credential, usesSecret } from './credentials.ts';
import { requirePartner } from './partners.ts';
import { whyNotRedirectUri } from './redirect-uri.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'chance' | 'ids' | 'digest' | 'peppers' | 'gate' | 'http'>;

export type NewApp = {
  partnerId: string;
  name: string;
  env: 'live' | 'test';
  kind: 'public' | 'confidential';
  redirectUris: string[];
  /** The most that it may ask for. */
  scopes: string[];
  grantTypes?: GrantType[];
  authMethods?: ClientAuthMethod[];
  jwks?: unknown;
  jwksUri?: string | null;
  clientUri?: string | null;
  requiresPush?: boolean;
  requiresDpop?: boolean;
};
export type MadeApp = { clientId: string; secret: string | null };

/** An app and its OAuth client. The secret is in this answer and in no other. 404 for an unknown partner, 422 for what may not be registered. */
export async function createApp(ports: Needs, by: string, input: NewApp): Promise<MadeApp> {
  await requirePartner(ports, input.partnerId);
  const client = clientOf(input);
  refuseWrong(ports, input, client);
  const { store, clock, ids, gate } = ports;
  await gate.freshen();
  const appId = ids.newId('app');
  const { installation: _, ...epochs } = gate.snapshot({ app: appId, partner: input.partnerId });
  const { partnerId, env } = input;
  const secret = usesSecret(client.authMethods)
    ? await credential(ports, by, { partnerId, appId, env, label: 'client secret' })
    : null;
  await store.write((db) => [
    db.insert(store.tables.apps).values({ id: appId, partnerId, name: input.name, createdAt: clock.now() }),
    db
      .insert(store.tables.clients)
      .values({ appId, partnerId, env, ...client, epochs, createdAt: clock.now() }),
    recordAudit(db, ports, {
      actor: by,
      action: 'app.create',
      subject: appId,
      detail: { partner: partnerId, kind: client.kind, scopes: client.scopes },
    }),
    ...(secret ? [secret.statement(db), secret.auditRow(db)] : []),
  ]);
  return { clientId: appId, secret: secret?.token ?? null };
}

type ClientFacts = Omit<
  Schema['clients']['$inferInsert'],
  'appId' | 'partnerId' | 'env' | 'epochs' | 'createdAt'
>;

function clientOf(input: NewApp): ClientFacts {
  const isPublic = input.kind === 'public';
  return {
    kind: input.kind,
    authMethods: input.authMethods ?? (isPublic ? ['none'] : ['client_secret_basic', 'client_secret_post']),
    redirectUris: input.redirectUris,
    grantTypes:
      input.grantTypes ??
      (isPublic
        ? ['authorization_code', 'refresh_token']
        : ['authorization_code', 'refresh_token', 'client_credentials']),
    scopes: input.scopes,
    jwks: (input.jwks ?? null) as ClientFacts['jwks'], // Looked at by `refuseWrong`.
    jwksUri: input.jwksUri ?? null,
    clientUri: input.clientUri ?? null,
    requiresPush: input.requiresPush ?? false,
    requiresDpop: input.requiresDpop ?? false,
  };
}

/** Pointers are those of RFC 7591's metadata. */
function refuseWrong({ http }: Needs, input: NewApp, client: ClientFacts): void {
  const errors: FieldError[] = [
    ...nameErrors(input.name),
    ...redirectErrors(input, client),
    ...scopeErrors(input.scopes),
    ...methodErrors(client),
    ...keyErrors(http, client),
    ...(client.clientUri && !/^https:\/\/[\x21-\x7e]+$/.test(client.clientUri)
      ? [{ pointer: '/client_uri', detail: 'An https address.' }]
      : []),
  ];
  if (errors.length === 0) return;
  throw new PatchbayError('validation_failed', {
    public: errors.map(({ detail }) => detail).join(' '),
    errors,
  });
}

/** It is what people judge by: no controls, nothing that turns the direction of reading. */
const nameErrors = (name: string): FieldError[] =>
  /^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u.test(name) && name.trim() === name
    ? []
    : [{ pointer: '/client_name', detail: 'A name has 1 to 100 visible characters.' }];

function redirectErrors(input: NewApp, { grantTypes }: ClientFacts): FieldError[] {
  const needsOne = grantTypes.includes('authorization_code') && input.redirectUris.length === 0;
  return [
    ...(needsOne ? [{ pointer: '/redirect_uris', detail: 'At least one redirect URI is needed.' }] : []),
    ...input.redirectUris.flatMap((uri, i) => {
      const detail = whyNotRedirectUri(uri, input.kind);
      return detail === null ? [] : [{ pointer: `/redirect_uris/${i}`, detail }];
    }),
  ];
}

const scopeErrors = (asked: readonly string[]): FieldError[] =>
  asked
    .filter((name) => !isScope(name) || scopes[name].serviceOnly)
    .map((name) => ({ pointer: '/scope', detail: `${name} is not a scope that an app can have.` }));

function methodErrors({ kind, authMethods, grantTypes }: ClientFacts): FieldError[] {
  const isPublic = authMethods.includes('none');
  const errors: FieldError[] = [];
  if (isPublic !== (kind === 'public') || (isPublic && authMethods.length > 1) || authMethods.length === 0)
    errors.push({
      pointer: '/token_endpoint_auth_method',
      detail: 'none is for public clients, and theirs alone.',
    });
  if (authMethods.includes('private_key_jwt') && authMethods.length > 1)
    errors.push({ pointer: '/token_endpoint_auth_method', detail: 'private_key_jwt stands alone.' });
  // RFC 6749 §4.4: the client credentials grant must only be used by confidential clients.
  if (isPublic && grantTypes.includes('client_credentials'))
    errors.push({ pointer: '/grant_types', detail: 'A public client cannot act for itself.' });
  return errors;
}

function keyErrors(http: Ports['http'], { authMethods, jwks, jwksUri }: ClientFacts): FieldError[] {
  const count = Number(jwks != null) + Number(jwksUri != null);
  const errors: FieldError[] = [];
  if (count !== (authMethods.includes('private_key_jwt') ? 1 : 0))
    errors.push({
      pointer: '/jwks',
      detail: 'private_key_jwt takes either jwks or jwks_uri; nothing else does.',
    });
  if (jwks != null && !keySet.safeParse(jwks).success)
    errors.push({ pointer: '/jwks', detail: 'A JWK set of 1 to 20 public keys (EC, RSA or OKP).' });
  const verdict = jwksUri == null ? null : http.inspect(jwksUri);
  if (verdict && !verdict.ok) errors.push({ pointer: '/jwks_uri', detail: verdict.detail });
  return errors;
}
