import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { Db } from '#src/ports';
import { holdRow, insertIf, type Schema } from '#src/store';
import type { Asker } from './chain.ts';
import type { Client } from './clients.ts';
import { invalidGrant, OAuthError } from './errors.ts';
import {
  type Holder,
  isRoom,
  mint,
  mintAccess,
  refuseTooMany,
  requireStanding,
  type TokenAnswer,
  tokenAnswer,
  tooMany,
} from './mint.ts';
import type { TokenPorts } from './needs.ts';
import { needed, type Parameters } from './parameters.ts';
import { readToken, standingOf, type TokenRow } from './read-token.ts';
import { suspendReplayed } from './replayed.ts';
import { parseScope } from './scopes.ts';
import { openAnswer, sealAnswer } from './seal.ts';

type Chain = Schema['refreshes']['$inferSelect'];
/** One call: the token as it was presented, its row, how it rotates, and the scopes that were asked for. */
type Call = {
  client: Client;
  presented: string;
  row: TokenRow;
  chain: Chain;
  asker: Asker;
  asked: string[];
};
/** `asked`: the same wish again is a retry, another one is not. */
type Sealed = { asked: string; answer: TokenAnswer };

/**
 * RFC 6749 §6. Order: whose token, its key, how it stands, whether it was superseded, then its age, then the scopes. A
 * confidential client's does not rotate, for it is bound to the authentication. A public client's does, by one
 * compare-and-set; see `afterwards` for what becomes of the old one (RFC 9700 §4.14.2).
 */
export async function refreshAccess(
  ports: TokenPorts,
  client: Client,
  form: Parameters,
  asker: Asker,
): Promise<TokenAnswer> {
  const presented = needed(form, 'refresh_token');
  const row = await readToken(ports, presented, ['r']);
  const chain = row ? await chainOf(ports, row.id) : undefined;
  if (!row || !chain || row.appId !== client.appId) throw refused();
  if (row.dpopJkt !== null && row.dpopJkt !== asker.jkt) throw refused();
  const standing = await standingOf(ports, row);
  if (standing === 'revoked' || standing === 'suspended') throw refused();
  const call = { client, presented, row, chain, asker, asked: parseScope(form.get('scope')) };
  if (chain.supersededAt) return afterwards(ports, call, chain.supersededAt);
  if (standing === 'expired') throw refused();
  const scopes = await scopesOf(ports, call);
  await refuseTooMany(ports, row.grantId ?? '');
  return client.kind === 'public' ? rotate(ports, call, scopes) : renew(ports, call, scopes);
}

const refused = (): OAuthError =>
  invalidGrant('The refresh token is unknown, was for another client or key, or has ended.');

async function chainOf({ store }: TokenPorts, id: string): Promise<Chain | undefined> {
  const { refreshes } = store.tables;
  const [chain] = await store.db.select().from(refreshes).where(eq(refreshes.id, id)).limit(1);
  return chain;
}

/** At most what was granted to this token, and of that what the person has not taken away since. */
async function scopesOf({ store }: TokenPorts, { row, asked }: Call): Promise<string[]> {
  if (asked.some((name) => !row.scopes.includes(name)))
    throw new OAuthError('invalid_scope', 'A refresh gives no more than was granted.');
  const { grants } = store.tables;
  const [grant] = await store.db
    .select({ scopes: grants.scopes })
    .from(grants)
    .where(and(eq(grants.id, row.grantId ?? ''), isNull(grants.endedAt)))
    .limit(1);
  const wanted = asked.length > 0 ? asked : row.scopes;
  const left = wanted.filter((name) => grant?.scopes.includes(name));
  if (left.length === 0) throw invalidGrant('Nothing of what was granted is left.');
  return left;
}

const holderOf = ({ client, row }: Call): Holder => ({
  client,
  accountId: row.accountId,
  userId: row.userId,
  grantId: row.grantId,
  epochs: row.epochs,
  chainId: row.chainId,
});

/**
 * Uses the refresh token, unless it was revoked meanwhile. First in the write: until its end a revocation waits for the
 * row, and then finds what was minted; one that came before is seen by `isAlive`.
 */
function use(db: Db, { store, clock }: TokenPorts, { row }: Call, over: { expiresAt?: Date } = {}) {
  const { tokens } = store.tables;
  return db
    .update(tokens)
    .set({ lastUsedAt: clock.now(), ...over })
    .where(and(eq(tokens.id, row.id), isNull(tokens.revokedAt)))
    .returning({ id: tokens.id });
}

function isAlive({ store }: TokenPorts, { row }: Call): SQL {
  const { tokens } = store.tables;
  return sql`exists (select 1 from ${tokens} where ${and(eq(tokens.id, row.id), isNull(tokens.revokedAt))})`;
}

/** A confidential client: a new access token, and the refresh token lives on from now. */
async function renew(ports: TokenPorts, call: Call, scopes: string[]): Promise<TokenAnswer> {
  const { store, clock, settings } = ports;
  const { row, asker, presented } = call;
  const holder = holderOf(call);
  const access = mintAccess(ports, holder, scopes, asker.jkt);
  const expiresAt = new Date(clock.ms() + settings.refreshIdleMs);
  const grantId = row.grantId ?? '';
  const [, used, made] = await store.write((db) => [
    holdRow(db, store.tables.grants, grantId),
    use(db, ports, call, { expiresAt }),
    access
      .insert(db, sql`${isAlive(ports, call)} and ${isRoom(ports, grantId)}`)
      .returning({ id: store.tables.tokens.id }),
  ]);
  if (used.length === 0) throw refused();
  if (made.length === 0) throw tooMany(ports);
  await requireStanding(ports, holder, [access], row.id);
  // Told again: clients that keep whatever came last would otherwise lose it.
  return { ...tokenAnswer(ports, holder, access, scopes, asker.jkt), refresh_token: presented };
}

/** A public client: of all that come at once, one is the successor's maker; the others hear its answer. */
async function rotate(ports: TokenPorts, call: Call, scopes: string[]): Promise<TokenAnswer> {
  const { store, clock, settings } = ports;
  const { refreshes } = store.tables;
  const { row, chain, asker, presented } = call;
  const holder = holderOf(call);
  const idleEndsMs = clock.ms() + settings.refreshIdleMs;
  const access = mintAccess(ports, holder, scopes, asker.jkt);
  const next = mint(ports, holder, 'r', {
    scopes: row.scopes,
    expiresAt: new Date(Math.min(idleEndsMs, chain.chainEndsAt?.getTime() ?? idleEndsMs)),
    dpopJkt: row.dpopJkt,
  });
  const answer = { ...tokenAnswer(ports, holder, access, scopes, asker.jkt), refresh_token: next.token };
  const sealed: Sealed = { asked: call.asked.join(' '), answer };
  const sealedAnswer = await sealAnswer(ports, presented, row.id, JSON.stringify(sealed));
  const isOurs = and(eq(refreshes.id, row.id), eq(refreshes.successorId, next.id));
  const isRotated = sql`exists (select 1 from ${refreshes} where ${isOurs})`;
  const grantId = row.grantId ?? '';
  const [, used, rotated] = await store.write((db) => [
    holdRow(db, store.tables.grants, grantId),
    use(db, ports, call),
    db
      .update(refreshes)
      .set({ supersededAt: clock.now(), successorId: next.id, sealedAnswer })
      .where(
        and(
          eq(refreshes.id, row.id),
          isNull(refreshes.supersededAt),
          isAlive(ports, call),
          isRoom(ports, grantId),
        ),
      )
      .returning({ id: refreshes.id }),
    access.insert(db, isRotated),
    next.insert(db, isRotated),
    insertIf(
      db,
      refreshes,
      {
        id: next.id,
        generation: chain.generation + 1,
        chainEndsAt: chain.chainEndsAt,
        network: asker.network,
      },
      isRotated,
    ),
  ]);
  if (rotated.length === 0) {
    const now = await chainOf(ports, row.id);
    if (!now?.supersededAt) throw used.length > 0 ? tooMany(ports) : refused();
    return afterwards(ports, { ...call, chain: now }, now.supersededAt);
  }
  await requireStanding(ports, holder, [access, next], row.id);
  return answer;
}

/**
 * The token was superseded before. Within a minute, while nobody has used the successor, it is a lost answer or a second
 * worker: the same answer is given again, and nothing new exists. After that, or once the successor was used, two parties
 * hold the chain: a theft. From another network, or with another wish, within the minute it is neither: refused.
 */
async function afterwards(ports: TokenPorts, call: Call, supersededAt: Date): Promise<TokenAnswer> {
  const { clock, settings } = ports;
  const { row, chain, asker, presented } = call;
  const successor = chain.successorId === null ? undefined : await chainOf(ports, chain.successorId);
  const isLate = clock.ms() - supersededAt.getTime() > settings.refreshRetryMs;
  if (isLate || !successor || successor.supersededAt) throw await reused(ports, call, isLate);
  // A key is proof enough; without one the network has to do.
  if (row.dpopJkt === null && asker.network !== chain.network && asker.network !== successor.network)
    throw refused();
  const { asked, answer } = JSON.parse(
    await openAnswer(presented, row.id, chain.sealedAnswer ?? ''),
  ) as Sealed; // Sealed by `rotate`, under this very token.
  if (asked !== call.asked.join(' ')) throw refused();
  ports.meter.count('oauth_answers_again');
  return answer;
}

async function reused(ports: TokenPorts, { client, row, chain }: Call, isLate: boolean): Promise<OAuthError> {
  return suspendReplayed(ports, 'refresh_reuse', row.grantId ?? '', {
    client: client.appId,
    token: row.id,
    generation: chain.generation,
    successor: chain.successorId,
    superseded_at: chain.supersededAt?.toISOString() ?? null,
    presented_at: ports.clock.now().toISOString(),
    because: isLate ? 'presented after the time for retries' : 'presented after its successor was used',
  });
}
