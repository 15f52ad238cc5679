import ipaddr from 'ipaddr.js';

/** `localhost`, 127.0.0.0/8 or ::1, and no other spelling of them. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || isLoopbackAddress(host);
}

export function isLoopbackAddress(address: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address).range() === 'loopback';
  if (address.includes('%') || !ipaddr.IPv6.isValid(address)) return false;
  return ipaddr.IPv6.parse(address).range() === 'loopback';
}
