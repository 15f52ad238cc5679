import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callerCaps, createBuckets, limitFields, refuseSpent } from '#src/limits';
import type { Cap } from '#src/ports';

const settings = {
  tokenUnitsPerMinute: 600,
  feedFetchesPerMinute: 60,
  grantUnitsPerMinute: 1_200,
  userUnitsPerMinute: 2_400,
  appUnitsPerMinute: 6_000,
  partnerUnitsPerMinute: 12_000,
  createsPerMinute: 80,
  serviceUnitsPerMinute: 60_000,
};
const personal = { tokenId: 'tok_1', grantId: 'grt_1', kind: 'k' } as const;

describe('buckets', () => {
  test('in any order of calls and pauses, no more comes through than burst and rate allow', () => {
    const step = fc.record({ waitUs: fc.nat(200_000), cost: fc.integer({ min: 1, max: 6 }) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(step, { maxLength: 200 }), (burst, steps) => {
        const at = { us: 0 };
        const buckets = createBuckets(() => at.us);
        const cap: Cap = { level: 'token', key: 'a', periodMs: 40, burst, cost: 1 };
        const taken: { us: number; cost: number }[] = [];
        for (const { waitUs, cost } of steps) {
          at.us += waitUs;
          if (buckets.spend([{ ...cap, cost }]).refused === null) taken.push({ us: at.us, cost });
        }
        // Every window, not only the whole.
        let worst = 0;
        taken.forEach((first, i) => {
          let units = 0;
          for (const { us, cost: spent } of taken.slice(i)) {
            units += spent;
            worst = Math.max(worst, units - (us - first.us) / 40_000);
          }
        });
        expect(worst).toBeLessThanOrEqual(burst);
      }),
    );
  });

  test('at rest a bucket is full again, whatever was spent', () => {
    const at = { us: 0 };
    const buckets = createBuckets(() => at.us);
    const cap: Cap = { level: 'token', key: 'a', periodMs: 10, burst: 100, cost: 100 };
    expect(buckets.spend([cap]).refused).toBeNull();
    expect(buckets.spend([{ ...cap, cost: 1 }]).refused).toEqual({ level: 'token', retryAfterMs: 10 });
    at.us += 1_000_000;
    expect(buckets.spend([cap]).refused).toBeNull();
  });

  test('units that come back can be spent again', () => {
    const buckets = createBuckets(() => 0);
    const cap: Cap = { level: 'app', key: 'a', periodMs: 10, burst: 5, cost: 5 };
    buckets.spend([cap]);
    buckets.giveBack({ ...cap, cost: 2 });
    expect(buckets.look([{ ...cap, cost: 2 }]).refused).toBeNull();
    expect(buckets.look([{ ...cap, cost: 3 }]).refused?.level).toBe('app');
  });
});

describe('the caps of a caller', () => {
  test('a personal token has its own and its grant’s; writing costs five times reading', () => {
    const { read, write } = callerCaps(personal, settings);
    expect(read.map(({ level, key, burst, cost }) => [level, key, burst, cost])).toEqual([
      ['token', 'token:tok_1', 600, 1],
      ['grant', 'grant:grt_1', 1_200, 1],
    ]);
    expect(write.map(({ cost }) => cost)).toEqual([5, 5]);
  });

  test('the marketplace’s own has its own', () => {
    const { write } = callerCaps({ tokenId: 'tok_2', grantId: null, kind: 's' }, settings);
    expect(write.map(({ key, burst, periodMs }) => [key, burst, periodMs])).toEqual([
      ['token:tok_2', 60_000, 1],
    ]);
  });

  test('are told in the fields of the draft, and in the problem of a refusal', () => {
    const { write } = callerCaps(personal, { ...settings, tokenUnitsPerMinute: 6 });
    const buckets = createBuckets(() => 0);
    expect(limitFields(write, buckets.spend(write))).toEqual({
      'ratelimit-policy': '"token";q=6;w=60, "grant";q=1200;w=60',
      ratelimit: '"token";r=1;t=50, "grant";r=1195;t=1',
    });
    const refused = buckets.spend(write);
    expect(() => refuseSpent(write, refused)).toThrow(
      expect.objectContaining({
        code: 'quota_exceeded',
        retryAfterSeconds: 40,
        violatedPolicies: ['token'],
        fields: {
          'ratelimit-policy': '"token";q=6;w=60, "grant";q=1200;w=60',
          // No later than Retry-After, by when a call goes through.
          ratelimit: '"token";r=1;t=40, "grant";r=1195;t=1',
        },
      }) as Error,
    );
  });
});
