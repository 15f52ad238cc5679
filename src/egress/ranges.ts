/**
 * Every address range that is not an ordinary public host, as data: the IANA IPv4 and IPv6
 * special-purpose address registries, plus multicast and what was retired before the registries began.
 * Rows that IANA marks "globally reachable" (AS112, AMT, the anycasts) are refused too: they are shared
 * infrastructure, and nobody receives webhooks there. NAT64's well-known prefix is not a row: it is
 * unwrapped (see classify.ts). Within a family the narrower range stands first, so the first match names it best.
 *
 * https://www.iana.org/assignments/iana-ipv4-special-registry
 * https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export type SpecialRange = { cidr: string; name: string; source: string };

export const specialRanges: readonly SpecialRange[] = [
  { cidr: '0.0.0.0/32', name: 'this host', source: 'RFC 1122 §3.2.1.3' },
  { cidr: '0.0.0.0/8', name: 'this network', source: 'RFC 791 §3.2' },
  { cidr: '10.0.0.0/8', name: 'private use', source: 'RFC 1918' },
  { cidr: '100.64.0.0/10', name: 'shared carrier space', source: 'RFC 6598' },
  { cidr: '127.0.0.0/8', name: 'loopback', source: 'RFC 1122 §3.2.1.3' },
  { cidr: '169.254.0.0/16', name: 'link local', source: 'RFC 3927' },
  { cidr: '172.16.0.0/12', name: 'private use', source: 'RFC 1918' },
  { cidr: '192.0.0.0/29', name: 'IPv4 service continuity', source: 'RFC 7335' },
  { cidr: '192.0.0.8/32', name: 'IPv4 dummy address', source: 'RFC 7600' },
  { cidr: '192.0.0.9/32', name: 'port control anycast', source: 'RFC 7723' },
  { cidr: '192.0.0.10/32', name: 'TURN anycast', source: 'RFC 8155' },
  { cidr: '192.0.0.170/32', name: 'NAT64 discovery', source: 'RFC 8880' },
  { cidr: '192.0.0.171/32', name: 'NAT64 discovery', source: 'RFC 8880' },
  { cidr: '192.0.0.0/24', name: 'IETF protocol assignments', source: 'RFC 6890 §2.1' },
  { cidr: '192.0.2.0/24', name: 'documentation', source: 'RFC 5737' },
  { cidr: '192.31.196.0/24', name: 'AS112', source: 'RFC 7535' },
  { cidr: '192.52.193.0/24', name: 'AMT', source: 'RFC 7450' },
  { cidr: '192.88.99.2/32', name: '6a44 relay anycast', source: 'RFC 6751' },
  { cidr: '192.88.99.0/24', name: 'deprecated 6to4 relay anycast', source: 'RFC 7526' },
  { cidr: '192.168.0.0/16', name: 'private use', source: 'RFC 1918' },
  { cidr: '192.175.48.0/24', name: 'direct delegation AS112', source: 'RFC 7534' },
  { cidr: '198.18.0.0/15', name: 'benchmarking', source: 'RFC 2544' },
  { cidr: '198.51.100.0/24', name: 'documentation', source: 'RFC 5737' },
  { cidr: '203.0.113.0/24', name: 'documentation', source: 'RFC 5737' },
  { cidr: '224.0.0.0/4', name: 'multicast', source: 'RFC 5771' },
  { cidr: '255.255.255.255/32', name: 'limited broadcast', source: 'RFC 8190' },
  { cidr: '240.0.0.0/4', name: 'reserved (class E)', source: 'RFC 1112 §4' },

  { cidr: '::/128', name: 'unspecified', source: 'RFC 4291 §2.5.2' },
  { cidr: '::1/128', name: 'loopback', source: 'RFC 4291 §2.5.3' },
  { cidr: '::/96', name: 'deprecated IPv4-compatible', source: 'RFC 4291 §2.5.5.1' },
  { cidr: '::ffff:0:0:0/96', name: 'IPv4-translated', source: 'RFC 2765 §2.1' },
  { cidr: '64:ff9b:1::/48', name: 'local-use NAT64', source: 'RFC 8215' },
  { cidr: '100::/64', name: 'discard only', source: 'RFC 6666' },
  { cidr: '100:0:0:1::/64', name: 'IPv6 dummy prefix', source: 'RFC 9780' },
  { cidr: '2001::/32', name: 'Teredo', source: 'RFC 4380' },
  { cidr: '2001:1::1/128', name: 'port control anycast', source: 'RFC 7723' },
  { cidr: '2001:1::2/128', name: 'TURN anycast', source: 'RFC 8155' },
  { cidr: '2001:1::3/128', name: 'service registration anycast', source: 'RFC 9665' },
  { cidr: '2001:2::/48', name: 'benchmarking', source: 'RFC 5180' },
  { cidr: '2001:3::/32', name: 'AMT', source: 'RFC 7450' },
  { cidr: '2001:4:112::/48', name: 'AS112', source: 'RFC 7535' },
  { cidr: '2001:10::/28', name: 'deprecated ORCHID', source: 'RFC 4843' },
  { cidr: '2001:20::/28', name: 'ORCHIDv2', source: 'RFC 7343' },
  { cidr: '2001:30::/28', name: 'drone remote identification', source: 'RFC 9374' },
  { cidr: '2001::/23', name: 'IETF protocol assignments', source: 'RFC 2928' },
  { cidr: '2001:db8::/32', name: 'documentation', source: 'RFC 3849' },
  { cidr: '2002::/16', name: '6to4', source: 'RFC 3056, RFC 7526' },
  { cidr: '2620:4f:8000::/48', name: 'direct delegation AS112', source: 'RFC 7534' },
  { cidr: '3ffe::/16', name: 'returned 6bone space', source: 'RFC 3701' },
  { cidr: '3fff::/20', name: 'documentation', source: 'RFC 9637' },
  { cidr: '5f00::/16', name: 'segment routing identifiers', source: 'RFC 9602' },
  { cidr: 'fc00::/7', name: 'unique local', source: 'RFC 4193' },
  { cidr: 'fe80::/10', name: 'link local', source: 'RFC 4291 §2.5.6' },
  { cidr: 'fec0::/10', name: 'deprecated site local', source: 'RFC 3879' },
  { cidr: 'ff00::/8', name: 'multicast', source: 'RFC 4291 §2.7' },
];
