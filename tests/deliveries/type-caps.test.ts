import { describe, expect, test } from 'vitest';
import { newLane } from '../../src/deliveries/lane.ts';
import { createPump } from '../../src/deliveries/pump.ts';
import { createTypeCaps } from '../../src/deliveries/type-caps.ts';
import { rateOf } from '../../src/deliveries/rate.ts';
import { createHosts } from '../../src/deliveries/hosts.ts';

type Parcel = { id: number; event: { type: string; critical: boolean } };
const perSecond = 10;

/** A pump on a clock that the test turns; every attempt ends at once. */
function stand() {
  const time = { ms: 0 };
  const timers: { atMs: number; run: () => void }[] = [];
  const sent: { lane: string; type: string; atMs: number }[] = [];
  const clock = {
    now: () => new Date(time.ms),
    ms: () => time.ms,
    ticks: () => time.ms,
    after: (delayMs: number, run: () => void) => {
      timers.push({ atMs: time.ms + delayMs, run });
      return () => {};
    },
  };
  const hosts = createHosts({ hostMaxPerSecond: 100_000 });
  const laneOf = (id: string, party: string) => ({
    ...newLane(id, hosts.of(`${id}.example`), 0),
    party,
    isProven: true,
    rate: rateOf(10_000),
    urgent: [] as Parcel[],
    waiting: [] as Parcel[],
  });
  type OwnLane = ReturnType<typeof laneOf>;
  const caps = createTypeCaps(clock, perSecond);
  const pump = createPump<Parcel, OwnLane>(
    clock,
    { maxInFlight: 1_000, hostMaxInFlight: 1_000 },
    async (lane, { event }) => {
      sent.push({ lane: lane.id, type: event.type, atMs: time.ms });
      return () => {};
    },
    {
      waitMs: (lane, one) => caps.waitMs(lane, one as never),
      spend: (lane, one) => caps.spend(lane, one as never),
    },
  );
  return {
    sent,
    give: (lane: OwnLane, type: string, count: number, critical = false) => {
      for (let id = 0; id < count; id += 1)
        (critical ? lane.urgent : lane.waiting).push({ id, event: { type, critical } });
      pump.add(lane);
      pump.run();
    },
    laneOf,
    /** In steps of a millisecond, so that a timer runs when it is due. */
    pass: async (ms: number) => {
      for (let i = 0; i < ms; i += 1) {
        for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
        time.ms += 1;
        for (const timer of timers.splice(0)) {
          if (timer.atMs <= time.ms) timer.run();
          else timers.push(timer);
        }
      }
      for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
    },
  };
}

describe('a tenant’s deliveries of one type', () => {
  test('ten times what it may have at once, over several endpoints: the rest waits its turn, and none is lost [S2-49]', async () => {
    const { give, laneOf, pass, sent } = stand();
    const lanes = ['a', 'b'].map((id) => laneOf(id, 'ptr_1'));
    for (const lane of lanes) give(lane, 'booking.confirmed', 5 * perSecond);
    await pass(1);
    expect(sent).toHaveLength(perSecond);
    await pass(20_000);
    expect(sent).toHaveLength(10 * perSecond);
    for (const { atMs } of sent) {
      const inSecond = sent.filter((one) => one.atMs > atMs - 1_000 && one.atMs <= atMs);
      // A second's worth at once after a rest, and a second's worth that the second gives back.
      expect(inSecond.length).toBeLessThanOrEqual(2 * perSecond);
    }
    expect(new Set(sent.map(({ lane }) => lane))).toEqual(new Set(['a', 'b']));
  });

  test('takes nothing from its other types, from other tenants, nor from what is critical [S2-49]', async () => {
    const { give, laneOf, pass, sent } = stand();
    const [flooded, other, neighbour] = [laneOf('a', 'ptr_1'), laneOf('b', 'ptr_1'), laneOf('c', 'acc_2')];
    give(flooded, 'booking.confirmed', 10 * perSecond);
    await pass(1);
    give(other, 'rfp.created', perSecond);
    give(neighbour, 'booking.confirmed', perSecond);
    give(flooded, 'instant_book.confirmed', 3 * perSecond, true);
    // The lane that waits for its type looks again when that may go.
    await pass(200);
    const count = (lane: string, type: string) =>
      sent.filter((one) => one.lane === lane && one.type === type).length;
    expect(count('b', 'rfp.created')).toBe(perSecond);
    expect(count('c', 'booking.confirmed')).toBe(perSecond);
    expect(count('a', 'instant_book.confirmed')).toBe(3 * perSecond);
    expect(count('a', 'booking.confirmed')).toBeLessThan(2 * perSecond);
  });
});
