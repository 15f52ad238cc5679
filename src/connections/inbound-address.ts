import type { Connector } from '#kit';
import type { Ports } from '#src/context';

/** Where a vendor sends to: one address for the app, or one for each connection. */
export const inboundUrlOf = (
  { settings }: Pick<Ports, 'settings'>,
  { manifest }: Connector,
  connectionId: string,
): string => {
  const own = manifest.inbound?.of === 'connection' ? `/${connectionId}` : '';
  return new URL(`/v1/inbound/${manifest.id}${own}`, settings.publicUrl).href;
};

/** Of one connection alone, and of no other: derived, so that it need not be kept. 43 characters of base64url. */
export function inboundSecretOf(
  { digest, peppers }: Pick<Ports, 'digest' | 'peppers'>,
  connectionId: string,
): string {
  // The first pepper: the vendor keeps what it was given, so a new pepper must not change it.
  const oldest = peppers.keys.get(Math.min(...peppers.keys.keys()));
  return digest.hmacSha256(oldest ?? new Uint8Array(), `inbound ${connectionId}`);
}

/** Signs the link by which an account mends a connection without signing in. */
export function linkSignature(
  { digest, peppers }: Pick<Ports, 'digest' | 'peppers'>,
  connectionId: string,
  untilMs: number,
): string {
  const key = peppers.keys.get(peppers.current);
  return digest.hmacSha256(key ?? new Uint8Array(), `reconnect ${connectionId} ${untilMs}`);
}
