import { and, desc, eq, gt, isNull, or } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { newKeyPair, newSecret, publicKeyOf, sealedFor } from '#src/signatures';

type Needs = Pick<Ports, 'vault' | 'ids' | 'chance' | 'signing' | 'clock'>;

/** A new signing secret of a subscription, sealed. `shown` is what its owner sees, once (v1) or at any time (v1a). */
export type NewSigningSecret = {
  row: { id: string; subscriptionId: string; sealed: string; createdAt: Date; expiresAt: null };
  shown: { secret: string } | { public_key: string };
  publicKey: string | null;
};

export async function makeSigningSecret(
  ports: Needs,
  subscriptionId: string,
  signature: 'v1' | 'v1a',
): Promise<NewSigningSecret> {
  const id = ports.ids.newId('key');
  const pair = signature === 'v1a' ? await newKeyPair(ports.signing) : null;
  const secret = pair ? pair.privateKey : newSecret(ports.chance);
  const sealed = await ports.vault.seal(new TextEncoder().encode(secret), sealedFor(subscriptionId, id));
  return {
    row: { id, subscriptionId, sealed, createdAt: ports.clock.now(), expiresAt: null },
    shown: pair ? { public_key: pair.publicKey } : { secret },
    publicKey: pair?.publicKey ?? null,
  };
}

/** Whether it signs at this moment. */
export function isLiving({ store, clock }: Pick<Ports, 'store' | 'clock'>, subscriptionId: string) {
  const { secrets } = store.tables;
  return and(
    eq(secrets.subscriptionId, subscriptionId),
    or(isNull(secrets.expiresAt), gt(secrets.expiresAt, clock.now())),
  );
}

/** Those that sign at this moment, newest first. */
export function livingSecrets(ports: Pick<Ports, 'store' | 'clock'>, subscriptionId: string) {
  const { secrets } = ports.store.tables;
  return ports.store.db
    .select()
    .from(secrets)
    .where(isLiving(ports, subscriptionId))
    .orderBy(desc(secrets.createdAt), desc(secrets.id));
}

export type PreviousKey = { public_key: string; expires_at: string };

/** The public halves that a rotation left behind and that still sign. Each is half of what lies sealed. */
export async function previousPublicKeys(
  ports: Pick<Ports, 'store' | 'clock' | 'vault'>,
  subscriptionId: string,
): Promise<PreviousKey[]> {
  const rows = await livingSecrets(ports, subscriptionId);
  const previous = rows.flatMap(({ id, sealed, expiresAt }) =>
    expiresAt ? [{ id, sealed, expiresAt }] : [],
  );
  return Promise.all(
    previous.map(async ({ id, sealed, expiresAt }) => {
      const privateKey = await ports.vault.open(sealed, sealedFor(subscriptionId, id));
      return {
        public_key: publicKeyOf(new TextDecoder().decode(privateKey)),
        expires_at: expiresAt.toISOString(),
      };
    }),
  );
}
