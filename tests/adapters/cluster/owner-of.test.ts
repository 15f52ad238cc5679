import { describe, expect, test } from 'vitest';
import { ownerOf } from '../../../src/adapters/cluster/owner-of.ts';

const hosts = Array.from({ length: 20_000 }, (_, n) => `hooks-${n}.example.com`);
const owners = (slots: number[]) => hosts.map((host) => ownerOf(host, slots));

describe('who owns a host', () => {
  test('nobody, where no worker lives', () => {
    expect(ownerOf('example.com', [])).toBeNull();
  });

  test('the same worker in every process, whatever the order that it knows them in', () => {
    expect(owners([0, 1, 2, 3])).toEqual(owners([3, 1, 0, 2]));
  });

  test.each([2, 3, 8, 40])('%i workers have equal shares, within a fifth', (count) => {
    const slots = Array.from({ length: count }, (_, slot) => slot);
    const shares = slots.map((slot) => owners(slots).filter((owner) => owner === slot).length);
    for (const share of shares)
      expect(Math.abs(share - hosts.length / count)).toBeLessThan(hosts.length / count / 5);
  });

  test('when a worker goes only its own hosts move, and to all the others', () => {
    const [before, after] = [owners([0, 1, 2, 3]), owners([0, 1, 3])];
    const moved = hosts.flatMap((_, i) =>
      before[i] === after[i] ? [] : [{ from: before[i], to: after[i] }],
    );
    expect(new Set(moved.map(({ from }) => from))).toEqual(new Set([2]));
    expect(new Set(moved.map(({ to }) => to))).toEqual(new Set([0, 1, 3]));
  });
});
