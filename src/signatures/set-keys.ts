/**
 * The key that security event tokens are signed with (RFC 8417), made when the first subscription asks for them. It lies
 * among the sealed secrets under an owner of its own, so that backups and rotations of the master key take it along.
 * RS256, since the interoperability profile of CAEP asks for it.
 */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { desc, eq } from 'drizzle-orm';
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

/** Keeps the key once it is open; not the promise of it, which on Workers belongs to one request alone. */
export function createSealSet(ports: Needs): SealSet {
  const kept: { key: Awaited<ReturnType<typeof newestKey>> | null } = { key: null };
  return async (claims, { jti, aud }) => {
    const { jwk, key } = (kept.key ??= await newestKey(ports));
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
  const { privateKey } = await generateKeyPair(algorithm, { modulusLength: 2_048, extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  const text = JSON.stringify({ ...jwk, kid, alg: algorithm, use: 'sig' });
  const sealed = await ports.vault.seal(new TextEncoder().encode(text), sealedFor(owner, firstKey));
  await ports.store.write((db) => [
    db
      .insert(ports.store.tables.secrets)
      .values({ id: firstKey, subscriptionId: owner, sealed, createdAt: ports.clock.now(), expiresAt: null })
      .onConflictDoNothing(),
  ]);
}

/** RFC 7517. Empty until somebody has asked for security event tokens. */
export async function publicSetKeys(ports: Needs): Promise<{ keys: JWK[] }> {
  const keys = await readKeys(ports);
  return { keys: keys.map(({ kty, n, e, kid, alg, use }) => ({ kty, n, e, kid, alg, use }) as JWK) };
}

async function newestKey(ports: Needs) {
  const [jwk] = await readKeys(ports);
  if (jwk) return { jwk, key: await importJWK(jwk, algorithm) };
  throw new PatchbayError('internal', { internal: 'no key for security event tokens was made' });
}

/** Newest first, private halves included. */
async function readKeys({ store, vault }: Needs): Promise<JWK[]> {
  const { secrets } = store.tables;
  const rows = await store.db
    .select()
    .from(secrets)
    .where(eq(secrets.subscriptionId, owner))
    .orderBy(desc(secrets.createdAt));
  return Promise.all(
    rows.map(async ({ id, sealed }) => {
      const text = new TextDecoder().decode(await vault.open(sealed, sealedFor(owner, id)));
      return JSON.parse(text) as JWK; // What `ensureSetKey` has sealed.
    }),
  );
}
