import type { Connector } from '#kit';
import type { Ports } from '#src/context';
import type { ConnectionRow } from './find.ts';

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

/** How long it waits for its person. */
const linkMs = 7 * 24 * 3_600_000;

/**
 * `/portal/connections/con_…/mend?until=…&sig=…`: whoever holds it can link the same vendor account again, and nothing else.
 * Where the vendor does not tell whose account it is, the page on which its person signs in.
 */
export function mendLink(
  ports: Pick<Ports, 'clock' | 'digest' | 'peppers' | 'settings'>,
  { id, vendorAccount }: Pick<ConnectionRow, 'id' | 'vendorAccount'>,
): string {
  if (vendorAccount === '') return new URL(`/portal/connections/${id}`, ports.settings.publicUrl).href;
  const untilMs = ports.clock.ms() + linkMs;
  const link = new URL(`/portal/connections/${id}/mend`, ports.settings.publicUrl);
  link.searchParams.set('until', String(untilMs));
  link.searchParams.set('sig', linkSignature(ports, id, untilMs));
  return link.href;
}
