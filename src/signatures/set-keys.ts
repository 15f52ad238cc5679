/**
 * The keys that security event tokens are signed with (RFC 8417), the first made when the first subscription asks for
 * them. They lie among the sealed secrets under an owner of their own, so that backups and rotations of the master key
 * take them along. RS256, since the interoperability profile of CAEP asks for it.
 *
 *   rotate ─▶ the new one is published ─▶ ten minutes: it signs ─▶ overlap over: the old one is published no more
 */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { and, desc, eq, gt, isNull, lte, or } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { sealedFor } from './sealed-for.ts';

type Needs = Pick<Ports, 'store' | 'vault' | 'clock'>;
/** `claims` is JSON. Answers the compact form; the same claims and id give the same token. */
export type SealSet = (claims: string, about: { jti: string; aud: string }) => Promise<string>;

const algorithm = 'RS256';
const owner = 'secevents';
/** One name, so that two processes that begin at once end with one key. */
const firstKey = 'key_secevents-1';
/** Published before it signs, for receivers keep the set: twice what ours says that it may be kept (`/oauth/jwks`). */
const leadMs = 10 * 60_000;
/** So soon every process signs by what was rotated. */
const keepMs = 60_000;

/** Keeps the key once it is open; not the promise of it, which on Workers belongs to one request alone. */
export function createSealSet(ports: Needs): SealSet {
  const kept: { key: Awaited<ReturnType<typeof signingKey>> | null; untilMs: number } = {
    key: null,
    untilMs: 0,
  };
  return async (claims, { jti, aud }) => {
    if (kept.key === null || ports.clock.ms() >= kept.untilMs)
      Object.assign(kept, { key: await signingKey(ports), untilMs: ports.clock.ms() + keepMs });
    const { jwk, key } = kept.key ?? (await signingKey(ports));
    return new SignJWT(JSON.parse(claims) as Record<string, unknown>) // By our own hand, a line before.
      .setProtectedHeader({ alg: algorithm, typ: 'secevent+jwt', ...(jwk.kid ? { kid: jwk.kid } : {}) })
      .setJti(jti)
      .setAudience(aud)
      .sign(key);
  };
}

/** Before the first subscription is answered, so that its receiver finds the key. */
export async function ensureSetKey(ports: Needs): Promise<void> {
  if ((await readKeys(ports)).length > 0) return;
  const { row } = await newKey(ports, firstKey);
  await ports.store.write((db) => [db.insert(ports.store.tables.secrets).values(row).onConflictDoNothing()]);
}

/**
 * A new key. The ones before it stay published until the overlap ends, or sooner where an earlier rotation said so, and
 * sign for ten minutes more; with an overlap of 0, for a key that has leaked, they are gone at once. 409 where there is
 * none to rotate yet.
 */
export async function rotateSetKey(
  ports: Needs & Pick<Ports, 'ids'>,
  by: string,
  overlapMs: number,
): Promise<{ kid: string; oldUntil: Date }> {
  const { store, clock, ids } = ports;
  const { secrets } = store.tables;
  if ((await readKeys(ports)).length === 0)
    throw new PatchbayError('state_conflict', {
      public: 'There is no key yet: the first subscription with the format secevent makes it.',
    });
  const { row, kid } = await newKey(ports, ids.newId('key'));
  const now = clock.now();
  const oldUntil = new Date(now.getTime() + overlapMs);
  const isOurs = eq(secrets.subscriptionId, owner);
  await store.write((db) => [
    db
      .update(secrets)
      .set({ expiresAt: oldUntil })
      .where(and(isOurs, or(isNull(secrets.expiresAt), gt(secrets.expiresAt, oldUntil)))),
    db.delete(secrets).where(and(isOurs, lte(secrets.expiresAt, now))),
    db.insert(secrets).values(row),
    recordAudit(db, ports, {
      actor: by,
      action: 'security_events.rotate_key',
      subject: kid,
      detail: { overlap_seconds: overlapMs / 1_000 },
    }),
  ]);
  return { kid, oldUntil };
}

async function newKey(ports: Needs, id: string) {
  const { privateKey } = await generateKeyPair(algorithm, { modulusLength: 2_048, extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  const text = JSON.stringify({ ...jwk, kid, alg: algorithm, use: 'sig' });
  const sealed = await ports.vault.seal(new TextEncoder().encode(text), sealedFor(owner, id));
  return { row: { id, subscriptionId: owner, sealed, createdAt: ports.clock.now(), expiresAt: null }, kid };
}

/** RFC 7517. Empty until somebody has asked for security event tokens. */
export async function publicSetKeys(ports: Needs): Promise<{ keys: JWK[] }> {
  const keys = await readKeys(ports);
  return { keys: keys.map(({ jwk: { kty, n, e, kid, alg, use } }) => ({ kty, n, e, kid, alg, use }) as JWK) };
}

/** The newest that has been published for long enough; else the oldest, for nobody knows another one better. */
async function signingKey(ports: Needs) {
  const keys = await readKeys(ports);
  const seenMs = ports.clock.ms() - leadMs;
  const chosen = keys.find(({ createdAt }) => createdAt.getTime() <= seenMs) ?? keys.at(-1);
  if (chosen) return { jwk: chosen.jwk, key: await importJWK(chosen.jwk, algorithm) };
  throw new PatchbayError('internal', { internal: 'no key for security event tokens was made' });
}

/** Those that are published, newest first, private halves included. */
async function readKeys({ store, vault, clock }: Needs): Promise<{ jwk: JWK; createdAt: Date }[]> {
  const { secrets } = store.tables;
  const rows = await store.db
    .select()
    .from(secrets)
    .where(
      and(
        eq(secrets.subscriptionId, owner),
        or(isNull(secrets.expiresAt), gt(secrets.expiresAt, clock.now())),
      ),
    )
    .orderBy(desc(secrets.createdAt), desc(secrets.id));
  return Promise.all(
    rows.map(async ({ id, sealed, createdAt }) => {
      const text = new TextDecoder().decode(await vault.open(sealed, sealedFor(owner, id)));
      return { jwk: JSON.parse(text) as JWK, createdAt }; // What `newKey` has sealed.
    }),
  );
}
