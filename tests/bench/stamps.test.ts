import { expect, test } from 'vitest';
import { createStamps, stampMicros } from '../../bench/stamps.ts';

test('a stamp gives back the microsecond that it was made at', () => {
  const stamp = createStamps();
  const micros = 1_795_273_445_123_456;
  expect(stampMicros(stamp(micros))).toBe(micros);
});

test('stamps are distinct, sort by time and are spelled in Crockford base 32', () => {
  const stamp = createStamps();
  const made = Array.from({ length: 100 }, (_, at) => stamp(1_795_273_445_123_456 + at * 7));
  expect(new Set(made).size).toBe(100);
  expect(made.toSorted()).toEqual(made);
  for (const one of made) expect(one).toMatch(/^[0-7][0-9abcdefghjkmnpqrstvwxyz]{25}$/);
});

test('what is not a stamp has no time', () => {
  expect(stampMicros('bkg_short')).toBeNaN();
  expect(stampMicros('u'.repeat(26))).toBeNaN();
});
