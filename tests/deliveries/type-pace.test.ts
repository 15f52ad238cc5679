import { describe, expect, test } from 'vitest';
import { createPacer } from '../../src/deliveries/pacer.ts';
import { createTypeTab, typesOf } from '../../src/deliveries/type-pace.ts';

const perSecond = 10;
type Parcel = { id: number; type: string; critical: boolean; dueMs: number };

/** One host's pacer, and invocations that each take what is due, send what may go, and put off the rest. */
function stand() {
  const time = { ms: 1_000_000 };
  const settings = {
    hostMaxPerSecond: 1e6,
    hostMaxInFlight: 1e6,
    tenantEventMaxPerSecond: perSecond,
    holdMs: 60_000,
  };
  const pacer = createPacer(settings, () => time.ms);
  const begin = () => {
    const tab = createTypeTab(perSecond, () => time.ms);
    const state = { sent: typesOf([]) };
    return {
      /** As one round: up to sixteen of what is due. */
      round: (party: string, waiting: Parcel[]): Parcel[] => {
        tab.learn(pacer.exchange({ reports: [], asks: [], sent: state.sent, parties: [party] }).used);
        const leased = waiting.filter(({ dueMs }) => dueMs <= time.ms).slice(0, 16);
        const went = leased.filter((one) => {
          const lateMs = tab.take({ party, event: one });
          if (lateMs > 0) one.dueMs = time.ms + lateMs;
          return lateMs === 0;
        });
        state.sent = typesOf(went.map((event) => ({ party, event })));
        for (const one of went) waiting.splice(waiting.indexOf(one), 1);
        return went;
      },
    };
  };
  return { time, begin };
}
const parcels = (count: number, over: Partial<Parcel> = {}): Parcel[] =>
  Array.from({ length: count }, (_, id) => ({
    id,
    type: 'booking.confirmed',
    critical: false,
    dueMs: 0,
    ...over,
  }));

describe('a tenant’s deliveries of one type, at the edge', () => {
  test('ten times what it may have at once, by two invocations: the rest waits its turn, and none is lost [S2-49]', () => {
    const { time, begin } = stand();
    const waiting = parcels(10 * perSecond);
    const invocations = [begin(), begin()];
    const sent: { id: number; atMs: number }[] = [];
    for (let step = 0; step < 30_000 && waiting.length > 0; step += 10, time.ms += 10)
      for (const { round } of invocations)
        sent.push(...round('acc_1', waiting).map(({ id }) => ({ id, atMs: time.ms })));
    expect(new Set(sent.map(({ id }) => id)).size).toBe(10 * perSecond);
    expect(sent).toHaveLength(10 * perSecond);
    // Both began from a bucket that had rested, before either could say what it sent; that was then made good.
    const first = sent[0]?.atMs ?? 0;
    for (let second = 0; second < 9; second += 1) {
      const soFar = sent.filter(({ atMs }) => atMs <= first + second * 1_000).length;
      expect(soFar).toBeLessThanOrEqual(Math.max(2 * perSecond, (second + 1) * perSecond + 2));
    }
  });

  test('takes nothing from its other types, from other tenants, nor from what is critical [S2-49]', () => {
    const { begin } = stand();
    const { round } = begin();
    const flood = parcels(30);
    expect(round('acc_1', flood)).toHaveLength(perSecond);
    expect(round('acc_1', flood)).toHaveLength(0);
    expect(round('acc_1', parcels(perSecond, { type: 'rfp.created' }))).toHaveLength(perSecond);
    expect(round('acc_1', parcels(16, { type: 'instant_book.confirmed', critical: true }))).toHaveLength(16);
    expect(round('acc_2', parcels(perSecond))).toHaveLength(perSecond);
    expect(round('acc_1', parcels(1))).toHaveLength(0);
  });
});
