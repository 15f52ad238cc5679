import { describe, expect, test } from 'vitest';
import { compare } from '../../src/inquiry/behaviour.ts';

const days = (n: number, count = 14): number[] => Array.from({ length: count }, () => n);

describe('a day beside the days before it', () => {
  test('by the share of the day that is over, as a multiple', () => {
    expect(compare('calls', 1_240, days(1_000), 14, 0.25)).toEqual({
      measure: 'calls',
      now: 1_240,
      usual_by_now: 250,
      usual_day: 1_000,
      ratio: 5,
      words: '1,240 calls today so far; usually about 250 by this hour. That is 5 times as many.',
    });
  });

  test('what is near its usual is said to be so', () => {
    for (const now of [205, 250, 300])
      expect(compare('calls', now, days(1_000), 14, 0.25).words).toContain(
        'as usual: about 250 by this hour',
      );
    expect(compare('calls', 180, days(1_000), 14, 0.25).words).toContain('0.7 times as many');
  });

  test('the median: one wild day changes nothing', () => {
    expect(compare('calls', 0, [...days(100, 13), 1_000_000], 14, 0.5).usual_day).toBe(100);
    expect(compare('calls', 0, [10, 20, 30, 40], 4, 0.5).usual_day).toBe(25);
    expect(compare('calls', 0, [10, 20, 90], 3, 0.5).usual_day).toBe(20);
  });

  test('without a usual there is no ratio, and the words say why', () => {
    const young = compare('calls', 50, [40, 0, ...days(0, 12)], 1, 0.5);
    expect(young).toMatchObject({ ratio: null, usual_day: 0 });
    expect(young.words).toBe('50 calls today so far. It has been in use for too few days to have a usual.');
    expect(compare('refused', 7, days(0), 14, 0.5).words).toBe(
      '7 calls that a cap refused today so far, where there are usually none.',
    );
    expect(compare('failed', 0, days(0), 14, 0.5).words).toBe(
      '0 attempts that failed today so far, as usual.',
    );
  });
});
