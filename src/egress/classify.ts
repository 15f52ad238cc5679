import ipaddr from 'ipaddr.js';
import { specialRanges } from './ranges.ts';

export type AddressVerdict = { ok: true } | { ok: false; range: string; why: string };

/**
 * Whether an IP address is an ordinary, globally reachable unicast address.
 * Takes canonical text only (dotted quad or RFC 4291 IPv6, no zone): `0x7f.1`, `2130706433` and `010.0.0.1`
 * are read differently by different parsers, so they are no addresses here; `inspectUrl` normalises them first.
 */
export function classifyAddress(ip: string): AddressVerdict {
  if (ipaddr.IPv4.isValidFourPartDecimal(ip)) return classifyV4(ipaddr.IPv4.parse(ip));
  const v6 = parseV6(ip);
  return v6 === undefined ? notAnAddress : classifyV6(v6);
}

/** One spelling for one destination: an IPv6 form that reaches an IPv4 address is that address. Undefined for a name. */
export function plainAddress(ip: string): string | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(ip)) return ip;
  const v6 = parseV6(ip);
  if (v6 === undefined) return undefined;
  return wrappings.some(({ range }) => v6.match(range)) ? embeddedV4(v6).toString() : v6.toString();
}

// The WHATWG parser spells the address in hexadecimal first: ipaddr.js reads `::10.0.0.1` (IPv4-compatible) as
// `::ffff:10.0.0.1` (mapped). The pattern leaves out zone ids: `fe80::1%eth0` names a link of ours.
function parseV6(ip: string): ipaddr.IPv6 | undefined {
  const wrapped = `http://[${ip}]`;
  if (!/^[0-9a-fA-F:.]+$/.test(ip) || !URL.canParse(wrapped)) return undefined;
  return ipaddr.IPv6.parse(new URL(wrapped).hostname.slice(1, -1));
}

function classifyV4(address: ipaddr.IPv4): AddressVerdict {
  return firstMatch(address, v4Ranges) ?? { ok: true };
}

function classifyV6(address: ipaddr.IPv6): AddressVerdict {
  for (const wrapping of wrappings) {
    if (!address.match(wrapping.range)) continue;
    const inner = classifyV4(embeddedV4(address));
    return inner.ok ? inner : { ...inner, why: `${wrapping.name} of ${inner.why}` };
  }
  return firstMatch(address, v6Ranges) ?? (address.match(globalUnicast) ? { ok: true } : unassigned);
}

function firstMatch<A extends ipaddr.IPv4 | ipaddr.IPv6>(
  address: A,
  ranges: Row<A>[],
): AddressVerdict | undefined {
  const row = ranges.find(({ range }) => address.match(range));
  return row && { ok: false, range: row.cidr, why: `${row.name} (${row.source})` };
}

function embeddedV4(address: ipaddr.IPv6): ipaddr.IPv4 {
  return new ipaddr.IPv4(address.toByteArray().slice(12));
}

type Row<A> = { range: [A, number]; cidr: string; name: string; source: string };

const v4Ranges: Row<ipaddr.IPv4>[] = specialRanges
  .filter(({ cidr }) => !cidr.includes(':'))
  .map((row) => ({ ...row, range: ipaddr.IPv4.parseCIDR(row.cidr) }));

const v6Ranges: Row<ipaddr.IPv6>[] = specialRanges
  .filter(({ cidr }) => cidr.includes(':'))
  .map((row) => ({ ...row, range: ipaddr.IPv6.parseCIDR(row.cidr) }));

// The two forms that reach a public IPv4 host when the IPv4 address inside is public.
// RFC 4291 §2.5.5.2: the system itself turns a mapped address into an IPv4 connection.
// RFC 6052 §3.1: the well-known NAT64 prefix must not carry a non-global IPv4 address; a host behind DNS64
// sees every IPv4 name this way, so the prefix cannot be refused as a whole.
const wrappings: { range: [ipaddr.IPv6, number]; name: string }[] = [
  { range: ipaddr.IPv6.parseCIDR('::ffff:0:0/96'), name: 'IPv4-mapped form' },
  { range: ipaddr.IPv6.parseCIDR('64:ff9b::/96'), name: 'NAT64 form' },
];

// RFC 4291 §2.4 and IANA's IPv6 address space: only 2000::/3 was ever handed out for global unicast.
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
const unassigned: AddressVerdict = {
  ok: false,
  range: '::/0',
  why: 'outside global unicast 2000::/3 (RFC 4291 §2.4)',
};
const notAnAddress: AddressVerdict = { ok: false, range: 'none', why: 'not an IP address in canonical form' };
