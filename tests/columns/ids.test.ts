import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createIds, idKinds, idPattern, isId, publisherEventId } from '../../src/columns/ids.ts';

const chance = {
  bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
  fraction: () => 0.5,
};

function clockOf(readings: number[]) {
  const left = [...readings];
  return {
    now: () => new Date(0),
    ms: () => left.shift() ?? readings.at(-1) ?? 0,
    ticks: () => 0,
    after: () => () => undefined,
  };
}

test('an id carries its kind and fits its own pattern', () => {
  const { newId } = createIds(clockOf([Date.UTC(2026, 10, 21)]), chance);
  for (const kind of idKinds) {
    const id = newId(kind);
    expect(id).toMatch(idPattern(kind));
    expect(isId(kind, id)).toBe(true);
    expect(id).toBe(id.toLowerCase());
  }
});

test('the first ten characters are the millisecond as a ULID writes it', () => {
  // The example of the ULID specification: 1469918176385 is 01ARYZ6S41.
  const { newId } = createIds(clockOf([1469918176385]), chance);
  expect(newId('evt').slice(4, 14)).toBe('01aryz6s41');
});

test('the greatest time that fits is written without loss', () => {
  const { newId } = createIds(clockOf([2 ** 48 - 1]), chance);
  expect(newId('evt').slice(4, 14)).toBe('7zzzzzzzzz');
});

test('ids grow through equal, later and earlier clock readings', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 2 ** 31 - 1 }), { minLength: 2, maxLength: 200 }), (readings) => {
      const { newId } = createIds(clockOf(readings), chance);
      const ids = readings.map(() => newId('dlv'));
      expect(ids.every((id) => isId('dlv', id))).toBe(true);
      expect(ids).toEqual([...new Set(ids)].sort());
    }),
  );
});

test('ids still grow when the random part of a millisecond runs over', () => {
  const full = { bytes: (length: number) => new Uint8Array(length).fill(255), fraction: () => 0.5 };
  const { newId } = createIds(clockOf([1000]), full);
  const ids = Array.from({ length: 2000 }, () => newId('evt'));
  expect(ids).toEqual([...new Set(ids)].sort());
  expect(ids[0]?.slice(4, 14)).not.toBe(ids[1]?.slice(4, 14));
});

test('a hundred thousand ids of one millisecond are distinct and in order', () => {
  const { newId } = createIds(clockOf([5]), chance);
  const ids = Array.from({ length: 100_000 }, () => newId('evt'));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? ''))).toBe(true);
});

test('an id of another kind, another case or another length is not an id', () => {
  const id = createIds(clockOf([7]), chance).newId('sub');
  for (const bad of [
    `x${id}`,
    `${id}0`,
    id.slice(0, -1),
    id.toUpperCase(),
    id.replace('sub', 'evt'),
    `${id}\n`,
    7,
    null,
  ])
    expect(isId('sub', bad)).toBe(false);
  expect(isId('evt', `evt_${'u'.repeat(26)}`)).toBe(false);
  expect(isId('evt', `evt_8${'0'.repeat(25)}`)).toBe(false);
});

test("a publisher's own event id may be looser, and the hub's ids pass for one", () => {
  expect('evt_houston-2026-000017').toMatch(publisherEventId);
  expect(createIds(clockOf([7]), chance).newId('evt')).toMatch(publisherEventId);
  for (const bad of ['evt_', 'EVT_1', 'evt_A', 'evt_a b', 'evt_a\n', `evt_${'a'.repeat(101)}`])
    expect(bad).not.toMatch(publisherEventId);
});
