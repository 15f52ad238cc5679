import { expect, test } from 'vitest';
import { createPacer, type PaceAsk, type PaceReport } from '../../src/deliveries/pacer.ts';

const ask = (over: Partial<PaceAsk> = {}): PaceAsk => ({
  lane: 'sub_1',
  target: 'https://a.example/hook',
  maxPerSecond: 1_000,
  isProven: true,
  want: 16,
  hasWaited: false,
  takesSlow: false,
  ...over,
});
const untyped = { sent: [], parties: [] };
const stand = (over: { hostMaxPerSecond?: number; hostMaxInFlight?: number } = {}) => {
  const clock = { ms: 1_000_000 };
  const pacer = createPacer(
    {
      hostMaxPerSecond: 10_000,
      hostMaxInFlight: 128,
      tenantEventMaxPerSecond: 5_000,
      holdMs: 60_000,
      ...over,
    },
    () => clock.ms,
  );
  const take = (over: Partial<PaceAsk> = {}) =>
    pacer.exchange({ ...untyped, reports: [], asks: [ask(over)] }).grants[0]!;
  const report = (grant: { grantedAtMs: number; room: number }, over: Partial<PaceReport> = {}) =>
    pacer.exchange({
      ...untyped,
      asks: [],
      reports: [
        {
          lane: 'sub_1',
          target: 'https://a.example/hook',
          grantedAtMs: grant.grantedAtMs,
          room: grant.room,
          begun: grant.room,
          attempts: Array.from({ length: grant.room }, () => good),
          ...over,
        },
      ],
    });
  return { clock, take, report };
};
const good = { succeeded: true, isOverload: false, timedOut: false };
const overload = { succeeded: false, isOverload: true, timedOut: false };
const timeout = { succeeded: false, isOverload: true, timedOut: true };

test('all askers together have the window, sixteen at first', () => {
  const { take } = stand();
  expect(take({ want: 10 }).room).toBe(10);
  expect(take({ want: 10 }).room).toBe(6);
  expect(take()).toMatchObject({ room: 0, waitMs: null });
});

test('who asked in vain is told of at the report, so that no wake is lost', () => {
  const { take, report } = stand();
  const grant = take();
  expect(take().room).toBe(0);
  expect(report(grant).wanted).toEqual(['sub_1']);
  const next = take();
  expect(report(next).wanted).toEqual([]);
});

test('an endpoint that has not proven itself gets one at a time, one a second, whoever asks', () => {
  const { clock, take, report } = stand();
  const grant = take({ isProven: false });
  expect(grant.room).toBe(1);
  expect(take({ isProven: false }).room).toBe(0);
  report(grant, { attempts: [{ ...good, succeeded: false }] });
  expect(take({ isProven: false })).toMatchObject({ room: 0, waitMs: 1_000 });
  clock.ms += 1_000;
  expect(take({ isProven: false, hasWaited: true }).room).toBe(1);
});

test('its first success ends that for all, before the store’s row says so', () => {
  const { take, report } = stand();
  report(take({ isProven: false }));
  expect(take({ isProven: false }).room).toBe(16);
});

test('a rate holds across askers, and one alone waits for it', () => {
  const { clock, take, report } = stand();
  const grant = take({ maxPerSecond: 50 });
  expect(grant.room).toBe(5);
  report(grant);
  expect(take({ maxPerSecond: 50 })).toMatchObject({ room: 0, waitMs: 20 });
  expect(take({ maxPerSecond: 50 })).toMatchObject({ room: 0, waitMs: null });
  expect(take({ maxPerSecond: 50, hasWaited: true })).toMatchObject({ room: 0, waitMs: 20 });
  clock.ms += 20;
  expect(take({ maxPerSecond: 50, hasWaited: true }).room).toBe(1);
});

test('a waiter that does not come back gives its place up', () => {
  const { clock, take, report } = stand();
  report(take({ isProven: false }), { attempts: [{ ...good, succeeded: false }] });
  expect(take({ isProven: false }).waitMs).toBe(1_000);
  clock.ms += 900;
  expect(take({ isProven: false }).waitMs).toBeNull();
  clock.ms += 100;
  expect(take({ isProven: false }).room).toBe(1);
});

test('what was granted and not used spends no rate', () => {
  const { take, report } = stand({ hostMaxPerSecond: 100 });
  const grant = take();
  expect(grant.room).toBe(10);
  report(grant, { begun: 0, attempts: [] });
  expect(take().room).toBe(10);
});

test('one host has one cap for all that aim at it', () => {
  const { take } = stand({ hostMaxInFlight: 20 });
  expect(take().room).toBe(16);
  expect(take({ lane: 'sub_2' }).room).toBe(4);
  expect(take({ lane: 'sub_3' })).toMatchObject({ room: 0, waitMs: 100 });
});

test('an overload halves the window once for all that was under way together', () => {
  const { clock, take, report } = stand();
  const [a, b] = [take({ want: 8 }), take({ want: 8 })];
  clock.ms += 10;
  report(a, { attempts: [overload, overload] });
  report(b, { attempts: [overload] });
  expect(take().room).toBe(8);
});

test('an endpoint that times out is left to the slow consumer, until it answers', () => {
  const { take, report } = stand();
  report(take({ want: 1 }), { attempts: [timeout] });
  expect(take()).toMatchObject({ room: 0, isSlow: true });
  const grant = take({ takesSlow: true, want: 1 });
  expect(grant.room).toBe(1);
  report(grant);
  expect(take()).toMatchObject({ isSlow: false, room: 8 });
});

test('a holder that dies gives its places back when its leases have ended', () => {
  const { clock, take } = stand();
  take();
  expect(take().room).toBe(0);
  clock.ms += 60_000;
  expect(take().room).toBe(16);
});

test('another address begins afresh, and what is on its way to the old one still counts', () => {
  const { take, report } = stand();
  report(take({ isProven: false }));
  const target = 'https://b.example/hook';
  expect(take({ isProven: false, target }).room).toBe(1);
  expect(take({ isProven: false, target }).room).toBe(0);
});

test('a clock that is set back stops nobody', () => {
  const { clock, take, report } = stand();
  report(take({ maxPerSecond: 1 }));
  clock.ms -= 3_600_000;
  expect(take({ maxPerSecond: 1 }).room).toBe(1);
});
