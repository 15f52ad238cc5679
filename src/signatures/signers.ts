import { asc, eq } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Schema } from '#src/store';
import { sealedFor } from './sealed-for.ts';
import { createSealSet } from './set-keys.ts';
import { createSigner, type Signer } from './sign.ts';

type Subscription = Schema['subscriptions']['$inferSelect'];
export type SignerOf = (subscription: Subscription) => Signer | Promise<Signer>;

/**
 * Signers by subscription and its version: a rotation raises the version, so an old signer is never asked again. One
 * ends with the first of its secrets that expires.
 */
export function createSigners({
  store,
  vault,
  signing,
  clock,
}: Pick<Ports, 'store' | 'vault' | 'signing' | 'clock'>): SignerOf {
  const signers = new LRUCache<string, { signer: Signer; untilMs: number }>({ max: 20_000 });
  const sealSet = createSealSet({ store, vault, clock });
  return (subscription) => {
    const key = `${subscription.id}:${subscription.version}`;
    const known = signers.get(key);
    if (known && clock.ms() < known.untilMs) return known.signer;
    return open(subscription).then((opened) => {
      signers.set(key, opened);
      return opened.signer;
    });
  };

  async function open(subscription: Subscription): Promise<{ signer: Signer; untilMs: number }> {
    const { secrets } = store.tables;
    const rows = await store.db
      .select()
      .from(secrets)
      .where(eq(secrets.subscriptionId, subscription.id))
      .orderBy(asc(secrets.createdAt));
    const living = rows.filter((row) => row.expiresAt === null || row.expiresAt.getTime() > clock.ms());
    if (living.length === 0)
      throw new PatchbayError('internal', {
        internal: `subscription ${subscription.id} has no living secret`,
      });
    const opened = await Promise.all(
      living.map((row) => vault.open(row.sealed, sealedFor(subscription.id, row.id))),
    );
    const untilMs = Math.min(...living.map((row) => row.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY));
    // Newest first: a receiver that checks only the first signature has the current secret.
    const texts = opened.map((bytes) => new TextDecoder().decode(bytes)).reverse();
    const signer = createSigner(signing, texts);
    const { format, appId } = subscription;
    if (format !== 'secevent') return { signer, untilMs };
    const seal = (jti: string, claims: string) => sealSet(claims, { jti, aud: appId ?? '' });
    return { signer: { ...signer, seal }, untilMs };
  }
}
