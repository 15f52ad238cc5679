import { LRUCache } from 'lru-cache';
import { inArray } from 'drizzle-orm';
import type { Caller, Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { rememberTokenMs, type Standing } from '#src/ports';
import { possibleHashes } from './hash-token.ts';
import { parseToken } from './token-format.ts';

type Needs = Pick<Ports, 'store' | 'gate' | 'clock' | 'digest' | 'peppers'>;
type TokenRow = Ports['store']['tables']['tokens']['$inferSelect'];
type Known = { row: TokenRow; caller: Caller; generation: number };

export type Authenticator = {
  /** Takes the Authorization header. Throws 401 (or 403 for a suspended token); says no more than it must. */
  authenticate(authorization: string | undefined): Promise<Caller>;
  /** Tokens seen since the last call, for `last_used_at`. */
  used(): Map<string, number>;
};

/**
 * Order of checks: form and checksum, hash, own row (revoked, expired), then the gate in one step: the token's own
 * revocation and the epochs. A row is remembered, for nothing else in it changes; a yes of the gate never is, since it
 * would be the revocation latency.
 */
export function createAuthenticator(ports: Needs): Authenticator {
  const { store, gate, clock } = ports;
  const known = new LRUCache<string, Known>({ max: 50_000, ttl: rememberTokenMs });
  const lastUsed = new Map<string, number>();

  return {
    authenticate: async (authorization) => {
      const token = bearer(authorization);
      const hashes = possibleHashes(ports, token);
      const found = remembered(hashes) ?? (await read(hashes));
      if (!found) throw new PatchbayError('unauthenticated', { public: 'This token is not known here.' });
      const { row, caller } = found;
      refuseDead(row);
      const { standing } = await gate.admit({
        epochs: [row.epochs],
        token: { id: row.id, locator: row.locator },
        caps: [],
      });
      refuseStanding(standing);
      lastUsed.set(row.id, clock.ms());
      return caller;
    },
    used: () => {
      const seen = new Map(lastUsed);
      lastUsed.clear();
      return seen;
    },
  };

  function remembered(hashes: string[]): Known | undefined {
    const generation = gate.generation();
    if (generation === null) return undefined;
    for (const hash of hashes) {
      const entry = known.get(hash);
      if (entry?.generation === generation) return entry;
    }
    return undefined;
  }

  async function read(hashes: string[]): Promise<Known | undefined> {
    // Taken before the row is read: what happens meanwhile makes it old.
    const generation = gate.generation();
    const { tokens } = store.tables;
    const [row] = await store.db.select().from(tokens).where(inArray(tokens.hash, hashes)).limit(1);
    if (!row) return undefined;
    const entry = { row, caller: callerOf(row), generation: generation ?? -1 };
    if (generation !== null) known.set(row.hash, entry);
    return entry;
  }

  function refuseDead(row: TokenRow): void {
    if (row.revokedAt) throw new PatchbayError('token_revoked', { public: 'This token has been revoked.' });
    if (row.expiresAt && row.expiresAt.getTime() <= clock.ms()) {
      throw new PatchbayError('token_expired', {
        public: `This token expired at ${row.expiresAt.toISOString()}.`,
      });
    }
  }
}

function refuseStanding(standing: Standing): void {
  if (standing === 'revoked')
    throw new PatchbayError('token_revoked', { public: 'The access behind this token has been revoked.' });
  if (standing === 'suspended')
    throw new PatchbayError('suspended', {
      public: 'Access is suspended. Support can say why and for how long.',
    });
}

function bearer(authorization: string | undefined): string {
  if (!authorization)
    throw new PatchbayError('unauthenticated', { public: 'Send a token: Authorization: Bearer pbk_…' });
  const token = /^Bearer +([^\s]+)$/i.exec(authorization)?.[1];
  if (!token)
    throw new PatchbayError('unauthenticated', { public: 'The Authorization header must be: Bearer pbk_…' });
  if (!parseToken(token)) {
    throw new PatchbayError('token_malformed', {
      public:
        'This is not a whole Patchbay token: its form or its checksum is wrong. Was it cut when copied?',
    });
  }
  return token;
}

const callerOf = (row: TokenRow): Caller => ({
  tokenId: row.id,
  kind: row.kind,
  env: row.env,
  accountId: row.accountId,
  userId: row.userId,
  grantId: row.grantId,
  appId: row.appId,
  partnerId: row.partnerId,
  scopes: new Set(row.scopes),
  epochs: row.epochs,
});
