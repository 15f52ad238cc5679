import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createRecordsInUse } from '../../src/adapters/store-sqlite/records-in-use.ts';
import type { EventRecord } from '../../src/ports/index.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Only its identity matters here. */
const newRecord = (position: number): EventRecord => ({ id: `evt_${position}`, data: {} }) as EventRecord;

test('whoever asks while the record is held gets the same one', () => {
  const records = createRecordsInUse();
  const first = records.of(7, () => newRecord(7));
  expect(records.of(7, () => newRecord(7))).toBe(first);
  expect(records.of(8, () => newRecord(8))).not.toBe(first);
});

test('a record that nobody holds is read anew, and none is kept for long', async () => {
  const records = createRecordsInUse();
  const reads = { count: 0 };
  const held: EventRecord[] = [];
  for (let position = 0; position < 5_000; position += 1) {
    const record = records.of(position, () => newRecord(position));
    if (position % 1_000 === 0) held.push(record);
  }
  // A weak reference holds what it names until the turn in which it was made or asked has ended.
  await sleep(0);
  collectGarbage();
  for (let position = 0; position < 5_000; position += 1)
    records.of(position, () => {
      reads.count += 1;
      return newRecord(position);
    });
  // The collector may still see one or the other on its stack.
  expect(reads.count).toBeGreaterThan(4_900);
  expect(reads.count).toBeLessThanOrEqual(5_000 - held.length);
  expect(held.map((record) => records.of(Number(record.id.slice(4)), () => newRecord(-1)))).toEqual(held);
});
