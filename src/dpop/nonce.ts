import type { Ports } from '#src/context';

type Needs = Pick<Ports, 'clock' | 'digest' | 'peppers'>;

/**
 * Nonces that every process makes and knows alike, with nothing stored: an HMAC of the five minutes they belong to. They
 * bound how long before its use a proof can have been signed (RFC 9449 §11.2), whatever the clocks say.
 */
const windowMs = 300_000;

export const newestNonce = (ports: Needs): string => nonceOf(ports, 0);

/** Of this window or the one before. */
export const isOurNonce = (ports: Needs, nonce: unknown): boolean =>
  nonce === nonceOf(ports, 0) || nonce === nonceOf(ports, 1);

function nonceOf({ clock, digest, peppers }: Needs, windowsAgo: number): string {
  const pepper = peppers.keys.get(peppers.current) ?? new Uint8Array(0);
  const window = Math.floor(clock.ms() / windowMs) - windowsAgo;
  return digest.hmacSha256(pepper, `dpop-nonce:${window}`).slice(0, 32);
}
