import { describe, expect, test } from 'vitest';
import { describeLane, newLane, proveLane } from '../../src/deliveries/lane.ts';
import { mayGo } from '../../src/deliveries/may-go.ts';
import { afterOne, rateOf } from '../../src/deliveries/rate.ts';
import type { Candidate } from '../../src/ports/index.ts';

const nowMs = 1_000_000;
const load = { inFlight: 0, slowInFlight: 0, maxInFlight: 100, hostMaxInFlight: 100 };
const host = () => ({ name: 'example.com', inFlight: 0, rate: rateOf(500), arrivalMs: 0 });

/** After a restart the first delivery comes from the store, before anything is known of its endpoint. */
describe('a lane after a restart', () => {
  const afterItsFirst = () => {
    const lane = newLane('sub_a', host(), nowMs);
    lane.arrivalMs = afterOne(lane.rate, lane.arrivalMs, nowMs);
    return lane;
  };
  const candidate = (provenAt: Date | null) =>
    ({
      subscription: {
        version: 1,
        endpoint: { type: 'webhook', url: 'https://example.com/' },
        provenAt,
        partnerId: null,
        failingSince: null,
        maxPerSecond: 50,
      },
      grant: { accountId: 'acc_a' },
    }) as unknown as Candidate; // Only what `describeLane` reads.

  test('an endpoint that was proven before goes on at its own rate', () => {
    const lane = afterItsFirst();
    describeLane(lane, candidate(new Date(0)), host());
    expect(mayGo(lane, load, nowMs)).toBe('go');
  });

  test('an endpoint that is proven now goes on at its own rate', () => {
    const lane = afterItsFirst();
    proveLane(lane, 50);
    expect(mayGo(lane, load, nowMs)).toBe('go');
  });

  test('an endpoint without a success yet waits out its second', () => {
    const lane = afterItsFirst();
    describeLane(lane, candidate(null), host());
    expect(mayGo(lane, load, nowMs)).toBe(1_000);
  });
});
