import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifyAddress, inspectUrl, specialRanges } from '#src/egress';

const policy = { ports: [], ownHosts: [] };

describe('every row of the special-purpose registries is refused', () => {
  test.each(specialRanges.map((row) => [row.cidr, row]))('%s', (_, row) => {
    for (const address of edgesOf(row.cidr)) {
      expect(classifyAddress(address), address).toMatchObject({ ok: false });
    }
  });

  // The registries as IANA publish them; a row that falls out of ranges.ts fails here by its own sample.
  test.each([
    ['0.0.0.0', '0.0.0.0/32'],
    ['0.1.2.3', '0.0.0.0/8'],
    ['10.255.0.1', '10.0.0.0/8'],
    ['100.64.0.1', '100.64.0.0/10'],
    ['100.127.255.255', '100.64.0.0/10'],
    ['127.0.0.1', '127.0.0.0/8'],
    ['127.255.255.254', '127.0.0.0/8'],
    ['169.254.169.254', '169.254.0.0/16'],
    ['172.16.0.1', '172.16.0.0/12'],
    ['172.31.255.255', '172.16.0.0/12'],
    ['192.0.0.1', '192.0.0.0/29'],
    ['192.0.0.8', '192.0.0.8/32'],
    ['192.0.0.9', '192.0.0.9/32'],
    ['192.0.0.10', '192.0.0.10/32'],
    ['192.0.0.170', '192.0.0.170/32'],
    ['192.0.0.171', '192.0.0.171/32'],
    ['192.0.0.192', '192.0.0.0/24'],
    ['192.0.2.1', '192.0.2.0/24'],
    ['192.31.196.1', '192.31.196.0/24'],
    ['192.52.193.1', '192.52.193.0/24'],
    ['192.88.99.1', '192.88.99.0/24'],
    ['192.88.99.2', '192.88.99.2/32'],
    ['192.168.1.1', '192.168.0.0/16'],
    ['192.175.48.1', '192.175.48.0/24'],
    ['198.18.0.1', '198.18.0.0/15'],
    ['198.19.255.255', '198.18.0.0/15'],
    ['198.51.100.7', '198.51.100.0/24'],
    ['203.0.113.7', '203.0.113.0/24'],
    ['224.0.0.1', '224.0.0.0/4'],
    ['239.255.255.255', '224.0.0.0/4'],
    ['240.0.0.1', '240.0.0.0/4'],
    ['255.255.255.255', '255.255.255.255/32'],
    ['::', '::/128'],
    ['::1', '::1/128'],
    ['0:0:0:0:0:0:0:1', '::1/128'],
    ['::8.8.8.8', '::/96'],
    ['::7f00:1', '::/96'],
    ['::ffff:0:8.8.8.8', '::ffff:0:0:0/96'],
    ['::ffff:0:127.0.0.1', '::ffff:0:0:0/96'],
    ['64:ff9b:1::1', '64:ff9b:1::/48'],
    ['64:ff9b:1:ffff::10.0.0.1', '64:ff9b:1::/48'],
    ['100::1', '100::/64'],
    ['100:0:0:1::1', '100:0:0:1::/64'],
    ['2001::1', '2001::/32'],
    ['2001:0:4136:e378:8000:63bf:3fff:fdd2', '2001::/32'],
    ['2001:1::1', '2001:1::1/128'],
    ['2001:1::2', '2001:1::2/128'],
    ['2001:1::3', '2001:1::3/128'],
    ['2001:1::4', '2001::/23'],
    ['2001:2::1', '2001:2::/48'],
    ['2001:3::1', '2001:3::/32'],
    ['2001:4:112::1', '2001:4:112::/48'],
    ['2001:10::1', '2001:10::/28'],
    ['2001:20::1', '2001:20::/28'],
    ['2001:30::1', '2001:30::/28'],
    ['2001:1ff:ffff::1', '2001::/23'],
    ['2001:db8::1', '2001:db8::/32'],
    ['2002:7f00:1::1', '2002::/16'],
    ['2002:0808:0808::1', '2002::/16'],
    ['2002:a9fe:a9fe::', '2002::/16'],
    ['2620:4f:8000::1', '2620:4f:8000::/48'],
    ['3ffe::1', '3ffe::/16'],
    ['3fff:fff::1', '3fff::/20'],
    ['5f00::1', '5f00::/16'],
    ['fc00::1', 'fc00::/7'],
    ['fd12:3456:789a::1', 'fc00::/7'],
    ['fe80::1', 'fe80::/10'],
    ['febf::1', 'fe80::/10'],
    ['fec0::1', 'fec0::/10'],
    ['feff::1', 'fec0::/10'],
    ['ff02::1', 'ff00::/8'],
    ['4000::1', '::/0'],
    ['e000::1', '::/0'],
    ['::ffff:127.0.0.1', '127.0.0.0/8'],
    ['::ffff:7f00:1', '127.0.0.0/8'],
    ['0:0:0:0:0:ffff:a9fe:a9fe', '169.254.0.0/16'],
    ['::FFFF:10.0.0.1', '10.0.0.0/8'],
    ['64:ff9b::127.0.0.1', '127.0.0.0/8'],
    ['64:ff9b::a00:1', '10.0.0.0/8'],
    ['64:ff9b::169.254.169.254', '169.254.0.0/16'],
  ])('%s falls in %s', (address, range) => {
    expect(classifyAddress(address)).toMatchObject({ ok: false, range });
  });
});

describe('ordinary addresses pass', () => {
  test.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.0.3.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '203.0.112.255',
    '203.0.114.0',
    '223.255.255.255',
    '2000::1',
    '2001:200::1',
    '2001:4860:4860::8888',
    '2606:4700::1111',
    '2a00:1450::1',
    '2620:4f:8001::1',
    '2003::1',
    '3fff:1000::1',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
  ])('%s', (address) => {
    expect(classifyAddress(address)).toEqual({ ok: true });
  });
});

describe('what is not canonical text is no address', () => {
  test.each([
    '',
    ' ',
    'localhost',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '010.0.0.1',
    '8.8.8.8 ',
    '8.8.8.08',
    '256.1.1.1',
    '1.2.3',
    '1.2.3.4.5',
    'fe80::1%eth0',
    '2606::1%25lo',
    '[2606::1]',
    '2606::1]@x',
    ':::',
    '1:2:3:4:5:6:7:8:9',
    '2606::1/64',
    '::ffff:08.8.8.8',
    '2606::g',
  ])('%j', (text) => {
    expect(classifyAddress(text)).toMatchObject({ ok: false, range: 'none' });
  });
});

test('an IPv4 address in a special range stays refused in every other spelling of it', () => {
  const v4Rows = specialRanges.filter(({ cidr }) => !cidr.includes(':'));
  const special = fc.constantFrom(...v4Rows).chain(({ cidr }) => {
    const [start, end] = boundsOf(cidr);
    return fc.integer({ min: start, max: end });
  });
  fc.assert(
    fc.property(special, (value) => {
      const quad = quadOf(value);
      const hex = value.toString(16);
      const groups = `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
      for (const form of [
        quad,
        `::ffff:${quad}`,
        `::ffff:${groups}`,
        `64:ff9b::${quad}`,
        `64:ff9b::${groups}`,
      ]) {
        expect(classifyAddress(form), form).toMatchObject({ ok: false });
      }
      for (const form of [`::${quad}`, `2002:${groups}::1`, `::ffff:0:${quad}`, `64:ff9b:1::${quad}`]) {
        expect(classifyAddress(form), form).toMatchObject({ ok: false });
      }
      const [a, b, c, d] = quad.split('.').map(Number) as [number, number, number, number]; // quadOf gives four
      const octal = [a, b, c, d].map((part) => `0${part.toString(8)}`).join('.');
      const short = `${a}.${b}.${c * 256 + d}`;
      const hosts = [
        quad,
        `${value}`,
        `0x${hex}`,
        `0${value.toString(8)}`,
        octal,
        short,
        `0x${a.toString(16)}.${value & 0xffffff}`,
      ];
      for (const host of [...hosts, `${quad}.`, `[::ffff:${quad}]`, `[64:ff9b::${groups}]`]) {
        expect(inspectUrl(`https://${host}/`, policy), host).toMatchObject({
          ok: false,
          code: 'address_refused',
        });
      }
    }),
    { numRuns: 300 },
  );
});

function boundsOf(cidr: string): [number, number] {
  const [quad = '', bits = '32'] = cidr.split('/');
  const start = quad.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return [start, start + 2 ** (32 - Number(bits)) - 1];
}

function quadOf(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

/** First and last address of a range. */
function edgesOf(cidr: string): string[] {
  if (!cidr.includes(':')) return boundsOf(cidr).map(quadOf);
  const [text = '', bits = '128'] = cidr.split('/');
  const start = v6Value(text);
  return [start, start + (1n << BigInt(128 - Number(bits))) - 1n].map(v6Text);
}

function v6Value(text: string): bigint {
  const [head = '', tail] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function v6Text(value: bigint): string {
  return Array.from({ length: 8 }, (_, at) => ((value >> BigInt(112 - 16 * at)) & 0xffffn).toString(16)).join(
    ':',
  );
}
