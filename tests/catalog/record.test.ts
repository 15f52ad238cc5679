import { expect, test } from 'vitest';
import { breakingChanges, recordCatalogue } from '#src/catalog';
import { recordedCatalogue, recordText } from './record.ts';

test('the catalogue breaks no recorded version [S1-02]', () => {
  expect(breakingChanges(recordedCatalogue(), recordCatalogue())).toEqual([]);
});

test('the recorded copy is up to date: run `node tests/catalog/record.ts`', () => {
  expect(JSON.parse(recordText(recordCatalogue()))).toEqual(recordedCatalogue());
});

test('the recorded copy holds every type, version and field', () => {
  const recorded = recordedCatalogue();
  expect(Object.keys(recorded)).toHaveLength(26);
  expect(recorded['booking.confirmed']?.versions['2']?.['buyer.email']).toMatchObject({
    required: false,
    type: 'string',
    'x-patchbay-scope': 'bookings.contact:read',
    'x-patchbay-privacy': 'personal',
  });
});
