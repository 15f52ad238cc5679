import { describe, expect, test } from 'vitest';
import { clientAddress, createAddresses } from '#src/limits';
import { networkOf } from '../../src/limits/addresses.ts';

describe('the client’s address', () => {
  test.each([
    ['no proxy of ours: the header is a stranger’s word', '10.0.0.1', '6.6.6.6', 0, '10.0.0.1'],
    ['one proxy: what it has put last', '10.0.0.1', '6.6.6.6, 198.51.100.7', 1, '198.51.100.7'],
    ['two proxies', '10.0.0.1', '6.6.6.6, 198.51.100.7, 10.0.0.2', 2, '198.51.100.7'],
    ['fewer entries than proxies', '10.0.0.1', '198.51.100.7', 3, '198.51.100.7'],
    ['no header at all', '10.0.0.1', undefined, 1, '10.0.0.1'],
  ])('%s', (_, peer, forwardedFor, hops, expected) => {
    expect(clientAddress(peer, forwardedFor, hops)).toBe(expected);
  });

  test.each([
    ['198.51.100.7', '198.51.100.7'],
    ['::ffff:198.51.100.7', '198.51.100.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ])('%s counts as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('tokens that are none', () => {
  const at = { ms: 0 };
  const clock = { ticks: () => at.ms };
  const refused = expect.objectContaining({ code: 'quota_exceeded', status: 429 }) as Error;

  test('count against their address, until it is refused; another is not', () => {
    const addresses = createAddresses({ badTokensPerAddress: 3 }, clock);
    for (let i = 0; i < 3; i += 1) addresses.charge('198.51.100.7');
    expect(() => addresses.refuseSpent('198.51.100.7')).toThrow(refused);
    expect(() => addresses.charge('198.51.100.7')).toThrow(refused);
    expect(() => addresses.refuseSpent('198.51.100.8')).not.toThrow();
  });

  test('a look spends nothing, and time gives back', () => {
    const addresses = createAddresses({ badTokensPerAddress: 1 }, clock);
    for (let i = 0; i < 5; i += 1) addresses.refuseSpent('198.51.100.9');
    addresses.charge('198.51.100.9');
    expect(() => addresses.refuseSpent('198.51.100.9')).toThrow(refused);
    at.ms += 600_001;
    expect(() => addresses.refuseSpent('198.51.100.9')).not.toThrow();
  });
});
