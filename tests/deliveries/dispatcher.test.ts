import { describe, expect, test } from 'vitest';
import { createDispatcher, type LaneFacts, type Sign } from '../../src/deliveries/index.ts';

type Parcel = { id: string; lane: string; target: string; isCritical: boolean };
const ok: Sign = { succeeded: true, isOverload: false, timedOut: false };

/** A dispatcher on a clock that the test turns; `end` ends the attempt of a delivery. */
function stand(limits: Partial<Parameters<typeof createDispatcher>[1]> = {}) {
  const time = { ms: 0 };
  const timers: { atMs: number; run: () => void }[] = [];
  const begun: string[] = [];
  const low: string[] = [];
  const open = new Map<string, (sign: Sign) => void>();
  const clock = {
    now: () => new Date(time.ms),
    ms: () => time.ms,
    ticks: () => time.ms,
    after: (delayMs: number, run: () => void) => {
      timers.push({ atMs: time.ms + delayMs, run });
      return () => {};
    },
  };
  const dispatcher = createDispatcher<Parcel>(
    clock,
    { maxInFlight: 100, hostMaxInFlight: 50, hostMaxPerSecond: 10_000, ...limits },
    ({ id }) => {
      begun.push(id);
      return new Promise((resolve) => void open.set(id, resolve));
    },
    (lane) => void low.push(lane),
  );
  return {
    dispatcher,
    begun,
    low,
    end: async (id: string, sign: Sign = ok) => {
      open.get(id)?.(sign);
      await Promise.resolve();
      await Promise.resolve();
    },
    pass: (ms: number) => {
      time.ms += ms;
      for (const timer of timers.splice(0)) {
        if (timer.atMs <= time.ms) timer.run();
        else timers.push(timer);
      }
    },
  };
}
const facts = (id: string, over: Partial<LaneFacts> = {}) => ({
  id,
  party: id,
  host: `${id}.example`,
  version: 1,
  maxPerSecond: 1_000,
  isProven: true,
  hasMore: false,
  ...over,
});
const parcels = (lane: string, count: number, over: Partial<Parcel> = {}): Parcel[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `${lane}${i}`,
    lane,
    target: lane,
    isCritical: false,
    ...over,
  }));

describe('deliveries that were leased elsewhere', () => {
  test('go as wide as the window, which an overload halves', async () => {
    const { dispatcher, begun, end, pass } = stand();
    dispatcher.take([facts('a')], parcels('a', 40));
    expect(begun.length).toBe(16);
    pass(1);
    await end('a0', { succeeded: false, isOverload: true, timedOut: false });
    for (let i = 1; i < 9; i++) await end(`a${i}`, null);
    // Eight may be under way now, and seven still are.
    expect(begun.length).toBe(17);
  });

  test('go at the lane’s rate', () => {
    const { dispatcher, begun, pass } = stand();
    dispatcher.take([facts('a', { maxPerSecond: 10 })], parcels('a', 3));
    expect(begun).toEqual(['a0']);
    pass(99);
    expect(begun.length).toBe(1);
    pass(2);
    expect(begun).toEqual(['a0', 'a1']);
  });

  test('go one at a time and one a second, until the endpoint has proved itself at this address', async () => {
    const { dispatcher, begun, end, pass } = stand();
    dispatcher.take([facts('a', { isProven: false })], parcels('a', 3));
    pass(5_000);
    expect(begun).toEqual(['a0']);
    await end('a0');
    expect(begun.length).toBe(3);
    await end('a1');
    await end('a2');
    dispatcher.take([facts('a', { isProven: false, version: 2 })], parcels('a', 3, { target: 'elsewhere' }));
    pass(10);
    expect(begun.length).toBe(4);
    pass(5_000);
    expect(begun.length).toBe(4);
  });

  test('one host’s cap holds for all lanes that aim at it', () => {
    const { dispatcher, begun } = stand({ hostMaxInFlight: 20 });
    const there = { host: 'shared.example' };
    dispatcher.take([facts('a', there), facts('b', there)], [...parcels('a', 16), ...parcels('b', 16)]);
    expect(begun.length).toBe(20);
  });

  test('a party with many lanes takes turns with a party that has one', async () => {
    const { dispatcher, begun, end } = stand({ maxInFlight: 10 });
    const wide = ['a', 'b', 'c', 'd'].map((id) => facts(id, { party: 'wide' }));
    // The slots are taken first, so that all of it waits for its turn.
    dispatcher.take([facts('first')], parcels('first', 8));
    dispatcher.take(
      [...wide, facts('z', { party: 'z' })],
      [...wide.flatMap(({ id }) => parcels(id, 4)), ...parcels('z', 4)],
    );
    for (let i = 0; i < 6; i++) await end(`first${i}`);
    expect(begun.slice(8).filter((id) => id.startsWith('z'))).toEqual(['z0', 'z1', 'z2']);
  });

  test('what is critical goes first, and into the fifth that is kept for it', () => {
    const { dispatcher, begun } = stand({ maxInFlight: 10 });
    dispatcher.take([facts('a')], parcels('a', 12));
    expect(begun.length).toBe(8);
    dispatcher.take([], parcels('a', 1, { id: 'urgent', isCritical: true }));
    expect(begun.at(-1)).toBe('urgent');
  });

  test('a lane that runs low asks for more where the store has more, and once', async () => {
    const { dispatcher, low, end } = stand();
    dispatcher.take([{ ...facts('a', { maxPerSecond: 4 }), hasMore: true }], parcels('a', 2));
    expect(low).toEqual(['a']);
    await end('a0');
    expect(low).toEqual(['a']);
  });

  test('what is removed is not begun, and after a stop nothing is', async () => {
    const { dispatcher, begun, end } = stand();
    dispatcher.take([facts('a', { isProven: false })], parcels('a', 4));
    expect(dispatcher.remove(({ id }) => id === 'a1').map(({ id }) => id)).toEqual(['a1']);
    dispatcher.stop();
    await end('a0');
    expect(begun).toEqual(['a0']);
    expect(dispatcher.waiting().map(({ id }) => id)).toEqual(['a2', 'a3']);
    expect(dispatcher.rooms()).toEqual([{ id: 'a', room: 512 - 2 }]);
  });
});
