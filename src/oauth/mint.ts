import { and, count, eq, gt, isNull, type SQL, sql } from 'drizzle-orm';
import { hashToken, newToken, revoke } from '#src/access';
import type { Db } from '#src/ports';
import { type EpochSnapshot, insertIf } from '#src/store';
import type { Client } from './clients.ts';
import { invalidGrant, OAuthError } from './errors.ts';
import type { TokenPorts } from './needs.ts';

/** What the tokens of one chain have in common. `grantId` null: the app acts for itself. */
export type Holder = {
  client: Client;
  accountId: string | null;
  userId: string | null;
  grantId: string | null;
  epochs: EpochSnapshot;
  chainId: string | null;
};
export type TokenAnswer = {
  access_token: string;
  token_type: 'Bearer' | 'DPoP';
  expires_in: number;
  scope: string;
  refresh_token?: string;
};
export type Minted = { id: string; token: string; insert(db: Db, isTrue: SQL): ReturnType<typeof insertIf> };

export const accessMs = ({ settings }: TokenPorts, { kind }: Client): number =>
  kind === 'public' ? settings.accessPublicMs : settings.accessConfidentialMs;

/** A token that is not there before its statement has run, in a write that also holds what decides. */
export function mint(
  ports: TokenPorts,
  holder: Holder,
  kind: 'a' | 'r',
  wish: { scopes: string[]; expiresAt: Date; dpopJkt: string | null },
): Minted {
  const { store, clock, chance, ids, peppers } = ports;
  const { client, ...owner } = holder;
  const { token, locator } = newToken(kind, client.env, chance);
  const id = ids.newId('tok');
  const row = {
    id,
    kind,
    env: client.env,
    hash: hashToken(ports, token),
    pepperVersion: peppers.current,
    locator,
    label: client.name,
    ...owner,
    appId: client.appId,
    partnerId: client.partnerId,
    ...wish,
    createdAt: clock.now(),
  };
  return { id, token, insert: (db, isTrue) => insertIf(db, store.tables.tokens, row, isTrue) };
}

export function mintAccess(
  ports: TokenPorts,
  holder: Holder,
  scopes: string[],
  dpopJkt: string | null,
): Minted {
  const expiresAt = new Date(ports.clock.ms() + accessMs(ports, holder.client));
  return mint(ports, holder, 'a', { scopes, expiresAt, dpopJkt });
}

/** RFC 6749 §5.1: the scope is always told, for it may be less than was asked. */
export const tokenAnswer = (
  ports: TokenPorts,
  { client }: Holder,
  access: Minted,
  scopes: readonly string[],
  dpopJkt: string | null,
): TokenAnswer => ({
  access_token: access.token,
  token_type: dpopJkt === null ? 'Bearer' : 'DPoP',
  expires_in: accessMs(ports, client) / 1_000,
  scope: scopes.join(' '),
});

/** Living access tokens of a grant. */
function living({ store, clock }: TokenPorts, grantId: string): SQL | undefined {
  const { tokens } = store.tables;
  return and(
    eq(tokens.grantId, grantId),
    eq(tokens.kind, 'a'),
    isNull(tokens.revokedAt),
    gt(tokens.expiresAt, clock.now()),
  );
}

/** For the write itself, after `holdRow` of the grant: of rivals no more get one than there is room for. */
export const isRoom = (ports: TokenPorts, grantId: string): SQL =>
  sql`(select count(*) from ${ports.store.tables.tokens} where ${living(ports, grantId)}) < ${ports.settings.maxLiveAccessTokens}`;

/** 429, and none is put out: parallel workers must not kill each other. */
export async function refuseTooMany(ports: TokenPorts, grantId: string): Promise<void> {
  const { store, settings } = ports;
  const { tokens } = store.tables;
  const [row] = await store.db.select({ living: count() }).from(tokens).where(living(ports, grantId));
  if ((row?.living ?? 0) >= settings.maxLiveAccessTokens) throw tooMany(ports);
}

export const tooMany = ({ settings }: TokenPorts): OAuthError =>
  new OAuthError(
    'temporarily_unavailable',
    `This grant has ${settings.maxLiveAccessTokens} living access tokens. Use one of them, or revoke some.`,
    { status: 429, headers: { 'retry-after': '60' } },
  );

/**
 * Asked after the write: a revocation of the same moment has either found these tokens, or is found here and they are
 * taken back. The epochs are those of the consent, so whatever was raised since has ended them already. `by`: the
 * refresh token that they came of.
 */
export async function requireStanding(
  ports: TokenPorts,
  holder: Holder,
  minted: readonly Minted[],
  by: string | null,
): Promise<void> {
  await ports.gate.freshen();
  const isDead = by !== null && (await isRevoked(ports, by));
  if (!isDead && ports.gate.standing(holder.epochs) === 'valid') return;
  for (const { id } of minted) await revoke(ports, { level: 'token', id, reason: 'revoked', actor: 'hub' });
  throw invalidGrant('The access was revoked.');
}

async function isRevoked({ store }: TokenPorts, id: string): Promise<boolean> {
  const { tokens } = store.tables;
  const [row] = await store.db
    .select({ revokedAt: tokens.revokedAt })
    .from(tokens)
    .where(eq(tokens.id, id))
    .limit(1);
  return row?.revokedAt !== null;
}
