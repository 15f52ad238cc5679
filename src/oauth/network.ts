import ipaddr from 'ipaddr.js';
import type { Ports } from '#src/context';
import { hashOf } from './secrets.ts';

/** The network of an address (IPv4 /24, IPv6 /48) as an HMAC: enough to tell a neighbour from a stranger, and no address. */
export function hashNetwork(ports: Pick<Ports, 'digest' | 'peppers'>, address: string): string | null {
  if (!ipaddr.isValid(address)) return null;
  const parsed = ipaddr.process(address);
  const bytes = parsed.toByteArray().slice(0, parsed.kind() === 'ipv4' ? 3 : 6);
  return hashOf(ports, `network:${bytes.join('.')}`).slice(0, 22);
}
