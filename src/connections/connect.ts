/** The authorization code flow at a vendor, from the wish to the credential in the vault. */
import { requireGrant } from '#src/access';
import { recordAudit } from '#src/audit';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { type Connector, isSame, type OAuth2 } from '#kit';
import { sealCredential } from './credential.ts';
import { type ConnectionRow, findConnection, loadConnector, readConnection } from './find.ts';
import { anyMember, redirectUri, verifierOf } from './connect-state.ts';
import { linkSignature } from './inbound-address.ts';
import { keepLinked } from './keep-linked.ts';
import type { Needs } from './open.ts';
import { setUpConnection } from './set-up.ts';

/** How long a person may take at the vendor. */
const stateMs = 30 * 60_000;

export type NewConnection = { connector: string; tier?: string | undefined; url?: string | undefined };
export type Begun = { row: ConnectionRow; authorizeUrl: string | null };

/** A pending connection and where its person goes; where the vendor gives an address that is the secret, it is linked at once. */
export async function createConnection(
  ctx: Ctx,
  { connector: id, tier, url }: NewConnection,
): Promise<Begun> {
  const { accountId, grantId } = requireGrant(ctx.caller);
  const connector = await loadConnector(ctx, id);
  const chosen = tierOf(connector, tier);
  const row = await insertPending(ctx, { connector, tier: chosen.id, accountId, grantId });
  if (connector.manifest.auth.type === 'secret-url') {
    await keepSecretUrl(ctx, connector, row, url);
    return { row: (await readConnection(ctx, row.id)) ?? row, authorizeUrl: null };
  }
  return { row, authorizeUrl: await authorizeUrlFor(ctx, connector, row, ctx.caller.userId ?? anyMember) };
}

/** A wider or narrower tier, or the same account linked anew; `url`: of the kind `secret-url`. */
export async function reconnect(
  ctx: Ctx,
  id: string,
  { tier, url }: Pick<NewConnection, 'tier' | 'url'> = {},
): Promise<Begun> {
  const row = await findConnection(ctx, id);
  if (row.state === 'revoked') throw ended();
  const connector = await loadConnector(ctx, row.connector);
  const chosen = tier === undefined ? row.tier : tierOf(connector, tier).id;
  if (connector.manifest.auth.type === 'secret-url') {
    await keepSecretUrl(ctx, connector, { ...row, tier: chosen }, url);
    return { row: (await readConnection(ctx, id)) ?? row, authorizeUrl: null };
  }
  return {
    row,
    authorizeUrl: await authorizeUrlFor(
      ctx,
      connector,
      { ...row, tier: chosen },
      ctx.caller.userId ?? anyMember,
    ),
  };
}

/** Where the holder of a link goes. Throws 404 for what was not signed here, or not in time. */
export async function followMendLink(
  ports: Needs,
  id: string,
  until: string,
  signature: string,
): Promise<string> {
  const untilMs = Number(until);
  const isSigned = Number.isSafeInteger(untilMs) && isSame(linkSignature(ports, id, untilMs), signature);
  const row = isSigned && untilMs > ports.clock.ms() ? await readConnection(ports, id) : null;
  if (!row || row.state === 'revoked' || row.vendorAccount === '')
    throw new PatchbayError('not_found', {
      public: 'This link has ended. The connections page of the portal has a new one.',
    });
  const connector = await loadConnector(ports, row.connector);
  return authorizeUrlFor(ports, connector, row, null);
}

async function insertPending(
  ctx: Ctx,
  {
    connector,
    tier,
    accountId,
    grantId,
  }: { connector: Connector; tier: string; accountId: string; grantId: string },
): Promise<ConnectionRow> {
  const { connections } = ctx.store.tables;
  const now = ctx.clock.now();
  const [, [row]] = await ctx.store.write((db) => [
    recordAudit(db, ctx, {
      actor: actorOf(ctx.caller),
      action: 'connection.begin',
      subject: accountId,
      accountId,
      requestId: ctx.requestId,
      detail: { connector: connector.manifest.id, tier },
    }),
    db
      .insert(connections)
      .values({
        id: ctx.ids.newId('con'),
        env: ctx.caller.env,
        connector: connector.manifest.id,
        accountId,
        grantId,
        tokenId: ctx.caller.tokenId,
        userId: ctx.caller.userId,
        appId: ctx.caller.appId,
        partnerId: ctx.caller.partnerId,
        epochs: ctx.caller.epochs,
        tier,
        scopes: [],
        state: 'pending',
        vendorAccount: '',
        label: connector.manifest.name,
        facts: {},
        isSetUp: false,
        intents: [],
        failures: 0,
        createdAt: now,
        updatedAt: now,
        version: 1,
      })
      .returning(),
  ]);
  if (!row) throw new PatchbayError('internal', { internal: 'a connection was not written' });
  return row;
}

async function authorizeUrlFor(
  ports: Needs,
  connector: Connector,
  row: ConnectionRow,
  userId: string | null,
): Promise<string> {
  const { auth, tiers } = connector.manifest;
  const app = ports.connectors.app(row.connector);
  if (auth.type !== 'oauth2')
    throw new PatchbayError('state_conflict', {
      public: 'This connector is linked by an address, not by signing in.',
    });
  if (!app)
    throw new PatchbayError('policy_refused', {
      public: `The operator has not set up ${connector.manifest.name} yet (its client id and secret).`,
    });
  const state = base64url(ports.chance.bytes(24));
  const verifier = base64url(ports.chance.bytes(32));
  const id = ports.digest.sha256(`connect ${state}`);
  const { connectStates } = ports.store.tables;
  const now = ports.clock.now();
  const sealed = await ports.vault.seal(new TextEncoder().encode(verifier), verifierOf(id));
  await ports.store.write((db) => [
    db.insert(connectStates).values({
      id,
      connectionId: row.id,
      userId,
      verifier: sealed,
      tier: row.tier,
      createdAt: now,
      expiresAt: new Date(now.getTime() + stateMs),
    }),
  ]);
  const tier = tiers.find((one) => one.id === row.tier);
  const target = new URL(auth.authorizeUrl);
  const url = new URL(`${target.pathname}${target.search}`, ports.connectors.originOf(target.origin));
  for (const [name, value] of Object.entries(paramsOf(auth, app.clientId, redirectUri(ports), state, tier)))
    url.searchParams.set(name, value);
  if (auth.pkce) {
    url.searchParams.set('code_challenge', ports.digest.sha256(verifier));
    url.searchParams.set('code_challenge_method', 'S256');
  }
  return url.href;
}

const paramsOf = (
  auth: OAuth2,
  clientId: string,
  redirect: string,
  state: string,
  tier: { scopes: readonly string[]; optionalScopes?: readonly string[] } | undefined,
): Record<string, string> => ({
  ...auth.params,
  response_type: 'code',
  client_id: clientId,
  redirect_uri: redirect,
  state,
  scope: (tier?.scopes ?? []).join(auth.scopeSeparator),
  ...(tier?.optionalScopes?.length ? { optional_scope: tier.optionalScopes.join(auth.scopeSeparator) } : {}),
});

async function keepSecretUrl(
  ctx: Ctx,
  connector: Connector,
  row: ConnectionRow,
  url: string | undefined,
): Promise<void> {
  const { isListed } = await import('./vendor-call.ts');
  const parsed = url === undefined ? null : URL.parse(url);
  if (!url || !parsed || !isListed(connector.manifest.hosts, parsed)) {
    const detail = `That is no address of ${connector.manifest.name}: it begins with https://${connector.manifest.hosts.join(' or https://')}/.`;
    throw new PatchbayError('validation_failed', { public: detail, errors: [{ pointer: '/url', detail }] });
  }
  const sealed = await sealCredential(ctx, row.id, {
    accessToken: null,
    refreshToken: null,
    secretUrls: { url },
  });
  const { id } = tierOf(connector, row.tier);
  await keepLinked(ctx, row, {
    tier: id,
    scopes: [],
    vendorAccount: '',
    label: connector.manifest.name,
    facts: {},
    sealed,
    expiresAt: null,
  });
  await setUpConnection(ctx, connector, row.id);
}

function tierOf(connector: Connector, wanted: string | undefined) {
  const { tiers, name } = connector.manifest;
  const tier = wanted === undefined ? tiers[0] : tiers.find(({ id }) => id === wanted);
  if (tier) return tier;
  const detail = `${name} has the tiers ${tiers.map(({ id }) => id).join(', ')}.`;
  throw new PatchbayError('validation_failed', { public: detail, errors: [{ pointer: '/tier', detail }] });
}

const ended = (): PatchbayError =>
  new PatchbayError('state_conflict', { public: 'The connection was ended. Make a new one.' });

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
