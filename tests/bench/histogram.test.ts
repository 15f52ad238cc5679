import { expect, test } from 'vitest';
import {
  createHistogram,
  mergeHistograms,
  percentileMicros,
  recordMicros,
  summarise,
} from '../../bench/histogram.ts';

test('a percentile is within two per cent of the value itself, at every size', () => {
  for (const scale of [1, 10, 1_000, 100_000, 10_000_000]) {
    const histogram = createHistogram();
    for (let value = 1; value <= 1000; value += 1) recordMicros(histogram, value * scale);
    for (const share of [0.01, 0.5, 0.95, 0.99]) {
      const exact = share * 1000 * scale;
      const found = percentileMicros(histogram, share);
      expect(found).toBeGreaterThanOrEqual(exact);
      expect(found).toBeLessThanOrEqual(exact * 1.02 + 1);
    }
  }
});

test('two histograms merge into the histogram of both', () => {
  const [quick, slow, both] = [createHistogram(), createHistogram(), createHistogram()];
  for (let value = 1; value <= 100; value += 1) {
    recordMicros(quick, value);
    recordMicros(slow, value * 1000);
    recordMicros(both, value);
    recordMicros(both, value * 1000);
  }
  expect(summarise(mergeHistograms([quick, slow]))).toEqual(summarise(both));
});

test('an empty histogram answers zero', () => {
  expect(summarise(createHistogram())).toEqual({ count: 0, p50: 0, p95: 0, p99: 0, max: 0 });
});
