import { expect, test } from 'vitest';
import { newLane, proveLane, roomOfLane } from '../../src/deliveries/lane.ts';
import type { Lane } from '../../src/deliveries/lane.ts';

const everybodys = 20_000;
const host = { name: 'example.com', inFlight: 0, rate: { perSecond: 500, burst: 50 }, arrivalMs: 0 };

function provenLane(id: string, perSecond: number): Lane {
  const lane = newLane(id, host, 0);
  proveLane(lane, perSecond);
  return lane;
}

/** Gives each lane, in turns, one delivery more, until no lane has room. */
function fill(lanes: Lane[]): void {
  const free = (): number => everybodys - lanes.reduce((sum, lane) => sum + lane.waiting.length, 0);
  for (let isFull = false; !isFull;) {
    isFull = true;
    for (const lane of lanes) {
      if (roomOfLane(lane, free()) === 0) continue;
      // The type of what waits matters to nobody here: only how many there are.
      lane.waiting.push({} as Lane['waiting'][number]);
      isFull = false;
    }
  }
}

test('a lane keeps two seconds of what it may send, and one delivery until it is proven', () => {
  expect(roomOfLane(newLane('sub_new', host, 0), everybodys)).toBe(1);
  expect(roomOfLane(provenLane('sub_slow', 1), everybodys)).toBe(8);
  const lane = provenLane('sub_busy', 1_000);
  expect(roomOfLane(lane, everybodys)).toBe(2_000);
  fill([lane]);
  expect(lane.waiting).toHaveLength(2_000);
});

test('however fast a lane may send, there is room left for another one', () => {
  const busy = provenLane('sub_busy', 100_000);
  fill([busy]);
  expect(busy.waiting).toHaveLength(everybodys / 2);
  expect(roomOfLane(provenLane('sub_other', 100_000), everybodys - busy.waiting.length)).toBe(everybodys / 2);
});

test('busy lanes have equal shares', () => {
  const lanes = Array.from({ length: 9 }, (_, at) => provenLane(`sub_${at}`, 100_000));
  fill(lanes);
  expect(lanes.map(({ waiting }) => waiting.length)).toEqual(lanes.map(() => everybodys / 10));
});

test('a lane that holds more than its share gets nothing more, and loses nothing', () => {
  const busy = provenLane('sub_busy', 100_000);
  fill([busy]);
  expect(roomOfLane(busy, 100)).toBe(0);
  expect(busy.waiting).toHaveLength(everybodys / 2);
});
