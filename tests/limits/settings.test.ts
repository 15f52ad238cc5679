import { describe, expect, test } from 'vitest';
import { readSettings } from '#src/context';

describe('what an operator sets of the caps', () => {
  test('no proxy of one’s own is a number too', () => {
    expect(readSettings({ PATCHBAY_PROXY_HOPS: '0' }).proxyHops).toBe(0);
    expect(readSettings({ PATCHBAY_PROXY_HOPS: '2' }).proxyHops).toBe(2);
    for (const wrong of ['-1', '1.5', 'one', ''])
      expect(() => readSettings({ PATCHBAY_PROXY_HOPS: wrong })).toThrow(
        `PATCHBAY_PROXY_HOPS must be 0 or a whole number, not "${wrong}"`,
      );
  });

  test('a cap of nothing is none', () => {
    expect(() => readSettings({ PATCHBAY_UNITS_PER_DAY: '0' })).toThrow('must be a number above 0');
  });

  test('plans are offered by name', () => {
    expect(readSettings({}).offeredPlans).toEqual(['free']);
    expect(readSettings({ PATCHBAY_OFFERED_PLANS: 'free, high_volume' }).offeredPlans).toEqual([
      'free',
      'high_volume',
    ]);
    expect(() => readSettings({ PATCHBAY_OFFERED_PLANS: 'gold' })).toThrow('some of free, high_volume');
  });
});
