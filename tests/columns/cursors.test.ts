import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from '../../src/columns/cursors.ts';
import { PatchbayError } from '../../src/errors/index.ts';

const part = fc.oneof(
  fc.nat({ max: 8_640_000_000_000_000 }),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll(/\p{Cc}/gu, '')),
);

test('what was encoded comes back', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(part, { maxLength: 5 }), (kind, parts) => {
      const shape = parts.map((one) => typeof one as 'number' | 'string');
      const text = encodeCursor(kind, parts);
      expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(decodeCursor(kind, text, shape)).toEqual(parts);
    }),
  );
});

test('the parts are typed by their shape', () => {
  const [sequence, id] = decodeCursor('events', encodeCursor('events', [42, 'evt_1']), ['number', 'string']);
  expect(sequence + 1).toBe(43);
  expect(id.length).toBe(5);
});

test('a cursor of another list, shape or version is refused as invalid_cursor', () => {
  const text = encodeCursor('events', [42, 'evt_1']);
  expectRefused(() => decodeCursor('bookings', text, ['number', 'string']));
  expectRefused(() => decodeCursor('events', text, ['string', 'number']));
  expectRefused(() => decodeCursor('events', text, ['number']));
  expectRefused(() => decodeCursor('events', text, ['number', 'string', 'string']));
  const later = Buffer.from(JSON.stringify([2, 'events', 42, 'evt_1'])).toString('base64url');
  expectRefused(() => decodeCursor('events', later, ['number', 'string']));
});

test('no garbage does anything but invalid_cursor', () => {
  const garbage = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.base64String(),
    fc.json().map((json) => Buffer.from(json).toString('base64url')),
    fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64url')),
    fc.constant('A'.repeat(5000)),
  );
  fc.assert(fc.property(garbage, (text) => expectRefused(() => decodeCursor('events', text, ['number']))));
});

test.each([-1, 1.5, 1e308, -(2 ** 63), 8_640_000_000_000_001, '\0', 'a\u0000b', '\ud800', '\n'])(
  'what some database does not take is in no cursor: %j',
  (odd) => {
    const shape = [typeof odd as 'number' | 'string'];
    expectRefused(() => decodeCursor('events', encodeCursor('events', [odd]), shape));
  },
);

test('a number that JSON cannot hold is a defect, not a cursor', () => {
  expect(() => encodeCursor('events', [Number.NaN])).toThrow(PatchbayError);
  expect(() => encodeCursor('events', [Number.POSITIVE_INFINITY])).toThrow(PatchbayError);
});

function expectRefused(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(PatchbayError);
    expect((error as PatchbayError).code).toBe('invalid_cursor');
    return;
  }
  expect.unreachable('the cursor was taken');
}
