import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  afterOverload,
  afterSuccess,
  newWindow,
  roomIn,
  type Window,
  withCeiling,
} from '../../src/deliveries/aimd.ts';

const succeed = (window: Window, times: number): Window =>
  Array.from({ length: times }).reduce<Window>((one) => afterSuccess(one, Math.floor(one.size)), window);

test('it begins at sixteen, or at a lower ceiling', () => {
  expect(roomIn(newWindow(), 0)).toBe(16);
  expect(roomIn(newWindow(4), 0)).toBe(4);
  expect(roomIn(newWindow(0), 0)).toBe(1);
});

test('about a window of successes widens it by one', () => {
  expect(roomIn(succeed(newWindow(), 15), 0)).toBe(16);
  expect(roomIn(succeed(newWindow(), 17), 0)).toBe(17);
});

test('an overload halves it once for all that was in flight', () => {
  let window = newWindow();
  for (const startedAt of [10, 11, 12, 13]) window = afterOverload(window, startedAt, 100 + startedAt);
  expect(window.size).toBe(8);
  expect(afterOverload(window, 110, 200).size).toBe(8);
  expect(afterOverload(window, 111, 200).size).toBe(4);
});

test('it recovers after a cut', () => {
  const cut = afterOverload(newWindow(20), 5, 10);
  expect(succeed(cut, 1000).size).toBe(20);
});

test('at the ceiling it stays the same object', () => {
  const full = succeed(newWindow(16), 1);
  expect(afterSuccess(full, 16)).toBe(full);
});

test('a window that is hardly used does not grow', () => {
  const window = newWindow();
  expect(afterSuccess(window, 7)).toBe(window);
  expect(afterSuccess(window, 8).size).toBeGreaterThan(16);
});

test('a new ceiling narrows at once and widens by success alone', () => {
  expect(withCeiling(newWindow(), 3).size).toBe(3);
  const raised = withCeiling(newWindow(4), 32);
  expect(raised.size).toBe(4);
  expect(succeed(raised, 2000).size).toBe(32);
});

const anyStep = fc.oneof(
  fc.record({ kind: fc.constant('success' as const), inFlight: fc.nat(200) }),
  fc.record({ kind: fc.constant('overload' as const), startedAt: fc.nat(1000), took: fc.nat(1000) }),
  fc.record({ kind: fc.constant('ceiling' as const), to: fc.integer({ min: -5, max: 200 }) }),
);

test('whatever happens, it stays between one and its ceiling and moves the right way', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 200 }), (steps) => {
      let window = newWindow();
      for (const step of steps) {
        const before = window;
        if (step.kind === 'success') {
          window = afterSuccess(window, step.inFlight);
          expect(window.size).toBeGreaterThanOrEqual(before.size);
          expect(window.size).toBeLessThanOrEqual(before.size + 1);
        } else if (step.kind === 'overload') {
          window = afterOverload(window, step.startedAt, step.startedAt + step.took);
          expect([before.size, Math.max(1, before.size / 2)]).toContain(window.size);
        } else {
          window = withCeiling(window, step.to);
        }
        expect(window.size).toBeGreaterThanOrEqual(1);
        expect(window.size).toBeLessThanOrEqual(window.ceiling);
        expect(roomIn(window, 0)).toBeGreaterThanOrEqual(1);
        expect(roomIn(window, 500)).toBe(0);
      }
    }),
  );
});
