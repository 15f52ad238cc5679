import type { Ports } from '#src/context';
import { newKeyPair, newSecret, sealedFor } from '#src/signatures';

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
