import { LRUCache } from 'lru-cache';
import { and, eq, inArray } from 'drizzle-orm';
import type { Caller, Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { createAddresses, type LimitFields } from '#src/limits';
import { rememberTokenMs } from '#src/ports';
import { possibleHashes } from './hash-token.ts';
import { refuseUnproven, type Shown } from './possession.ts';
import { createSpending, type Purse } from './spend.ts';
import { parseToken } from './token-format.ts';

type Needs = Pick<Ports, 'store' | 'gate' | 'clock' | 'digest' | 'peppers' | 'settings' | 'usage'>;
type TokenRow = Ports['store']['tables']['tokens']['$inferSelect'];
type Known = { row: TokenRow; caller: Caller; purse: Purse; generation: number; readAt: number };

export type Call = {
  /** The Authorization header. */
  authorization: string | undefined;
  method: string;
  /** Where the call comes from. */
  address: string;
  /** The proof that came with it; without one a token that is bound to a key is refused. */
  shown?: Shown;
  /** What it is to open. The secret of a calendar feed opens that calendar alone, and nothing else opens it. */
  opens?: 'api' | 'calendar';
};
/** One that sends no token and has signed instead; `prove` says why it has not. */
export type SignedCall = {
  id: string;
  method: string;
  address: string;
  prove: () => Promise<{ ok: true } | { ok: false; why: string }>;
};
/** `limits`: what the caller's caps say after this call, as header fields. */
export type Entry = { caller: Caller; limits: LimitFields };

export type Authenticator = {
  /** Throws 401 (403 for a suspended token, 429 for one whose caps are spent); says no more than it must. */
  authenticate(call: Call): Promise<Entry>;
  /** As `authenticate`, for a sender (kind `w`). Nothing of it is remembered: few come, and their secrets rotate. */
  authenticateSigned(call: SignedCall): Promise<Entry>;
  /** Tokens seen since the last call, for `last_used_at`. */
  used(): Map<string, number>;
  /** Tells the other processes whom this one turns away for a while, and hears it of theirs. */
  exchangeBlocks(): Promise<void>;
};

/**
 * Order of checks: form, checksum and kind, hash, own row (revoked, expired), the proof of possession where the token
 * is bound to a key, then the gate in one step: the token's own revocation, the epochs, the caps. A row is remembered,
 * for nothing else in it changes; a yes of the gate never is, since it would be the revocation latency. Malformed and
 * unknown tokens count against the address they come from, which past its limit is answered without a look at the store;
 * tokens that were seen before go on being served there.
 */
export function createAuthenticator(ports: Needs): Authenticator {
  const { store, gate, clock, settings } = ports;
  const known = new LRUCache<string, Known>({ max: 50_000 });
  const addresses = createAddresses(settings, clock);
  const spending = createSpending(ports);
  const lastUsed = new Map<string, number>();
  /** By the header as it came, once its token is known: its form, checksum and hash are the same each time. */
  const presentations = new LRUCache<string, Presented>({ max: 10_000 });

  return {
    authenticate: async ({ authorization, method, address, shown, opens = 'api' }) => {
      const header = opens === 'api' ? (authorization ?? '') : '';
      const again = presentations.get(header);
      const shownNow = again ?? wellFormed(authorization, address, opens);
      const { token: text, scheme, hashes } = shownNow;
      const found = remembered(hashes) ?? (await read(hashes, address));
      if (!again && header !== '') presentations.set(header, shownNow);
      const { row, caller, purse } = found;
      refuseDead(row);
      if (row.dpopJkt !== null || scheme === 'dpop')
        await refuseUnproven(ports, { text, scheme, jkt: row.dpopJkt, method, shown });
      const token = { id: row.id, locator: row.locator };
      const limits = await spending.spend(purse, { epochs: [row.epochs], token }, method);
      lastUsed.set(row.id, clock.ms());
      return { caller, limits };
    },
    authenticateSigned: async ({ id, method, address, prove }) => {
      addresses.refuseSpent(address);
      const { tokens } = store.tables;
      const proven = await prove();
      const [row] = proven.ok
        ? await store.db
            .select()
            .from(tokens)
            .where(and(eq(tokens.id, id), eq(tokens.kind, 'w')))
            .limit(1)
        : [];
      if (!row) {
        addresses.charge(address);
        const why = proven.ok ? 'There is no such sender.' : proven.why;
        throw new PatchbayError('signature_invalid', { public: why });
      }
      refuseDead(row);
      const caller = callerOf(row);
      const token = { id: row.id, locator: row.locator };
      const purse = await spending.open(caller);
      const limits = await spending.spend(purse, { epochs: [row.epochs], token }, method);
      lastUsed.set(row.id, clock.ms());
      return { caller, limits };
    },
    exchangeBlocks: () => spending.exchangeBlocks(),
    used: () => {
      const seen = new Map(lastUsed);
      lastUsed.clear();
      return seen;
    },
  };

  function wellFormed(authorization: string | undefined, address: string, opens: Call['opens']): Presented {
    try {
      const { token, scheme } = presented(authorization, opens);
      return { token, scheme, hashes: possibleHashes(ports, token) };
    } catch (error) {
      addresses.charge(address);
      throw error;
    }
  }

  function remembered(hashes: string[]): Known | undefined {
    const generation = gate.generation();
    if (generation === null) return undefined;
    for (const hash of hashes) {
      const entry = known.get(hash);
      if (entry?.generation === generation && clock.ticks() - entry.readAt < rememberTokenMs) return entry;
    }
    return undefined;
  }

  async function read(hashes: string[], address: string): Promise<Known> {
    if (!hashes.some((hash) => known.has(hash))) addresses.refuseSpent(address);
    // Taken before the row is read: what happens meanwhile makes it old.
    const [generation, readAt] = [gate.generation(), clock.ticks()];
    const { tokens } = store.tables;
    const [row] = await store.db.select().from(tokens).where(inArray(tokens.hash, hashes)).limit(1);
    if (!row) {
      addresses.charge(address);
      throw new PatchbayError('unauthenticated', { public: 'This token is not known here.' });
    }
    const caller = callerOf(row);
    const purse = await spending.open(caller);
    const entry = { row, caller, purse, generation: generation ?? -1, readAt };
    known.set(row.hash, entry);
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

type Presented = { token: string; scheme: 'bearer' | 'dpop'; hashes: string[] };

function presented(authorization: string | undefined, opens: Call['opens']): Omit<Presented, 'hashes'> {
  if (!authorization)
    throw new PatchbayError('unauthenticated', { public: 'Send a token: Authorization: Bearer pbk_…' });
  const [, scheme = '', token] = /^(Bearer|DPoP) +([^\s]+)$/i.exec(authorization) ?? [];
  if (!token)
    throw new PatchbayError('unauthenticated', { public: 'The Authorization header must be: Bearer pbk_…' });
  const parsed = parseToken(token);
  if (!parsed) {
    throw new PatchbayError('token_malformed', {
      public:
        'This is not a whole Patchbay token: its form or its checksum is wrong. Was it cut when copied?',
    });
  }
  // A refresh token or a client secret that opened the API would be an access token that never ends.
  if (parsed.kind === 'r' || parsed.kind === 'c')
    throw new PatchbayError('unauthenticated', {
      public: 'This is a refresh token or a secret: it is for /oauth/ alone, and calls nothing else.',
    });
  if ((parsed.kind === 'f') !== (opens === 'calendar'))
    throw new PatchbayError('unauthenticated', {
      public: 'The secret of a calendar feed opens that calendar alone, and nothing else opens it.',
    });
  return { token, scheme: scheme.toLowerCase() === 'dpop' ? 'dpop' : 'bearer' };
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
