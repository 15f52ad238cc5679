import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDeadlines } from '../../src/adapters/http-node/deadlines.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

function waiting() {
  return { expire: vi.fn(), slot: 0 };
}

test('a deadline never fires early, and at most one turn late', () => {
  const deadlines = createDeadlines();
  for (let after = 1; after < 400; after += 7) {
    const entry = waiting();
    deadlines.add(entry, performance.now(), after);
    vi.advanceTimersByTime(after - 1);
    expect(entry.expire).not.toHaveBeenCalled();
    vi.advanceTimersByTime(101);
    expect(entry.expire).toHaveBeenCalledTimes(1);
  }
});

test('a removed deadline never fires', () => {
  const deadlines = createDeadlines();
  const entry = waiting();
  deadlines.add(entry, performance.now(), 100);
  deadlines.remove(entry);
  vi.advanceTimersByTime(1_000);
  expect(entry.expire).not.toHaveBeenCalled();
});

test('the wheel stands still when nothing waits, and starts again', () => {
  const deadlines = createDeadlines();
  const removed = waiting();
  deadlines.add(removed, performance.now(), 15_000);
  deadlines.remove(removed);
  vi.advanceTimersByTime(20_000);
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(60_000);
  const entry = waiting();
  deadlines.add(entry, performance.now(), 100);
  vi.advanceTimersByTime(250);
  expect(entry.expire).toHaveBeenCalledTimes(1);
});

test('a deadline already past fires at the next turn', () => {
  const deadlines = createDeadlines();
  const entry = waiting();
  deadlines.add(entry, performance.now(), -500);
  vi.advanceTimersByTime(100);
  expect(entry.expire).toHaveBeenCalledTimes(1);
});
