import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CalendarEvent, writeCalendar } from '../../src/calendar-feeds/icalendar.ts';
import { readByIcalJs, readByNodeIcal } from './readers.ts';

const base: CalendarEvent = {
  uid: 'bkg_1@patchbay',
  sequence: 3,
  createdAt: new Date('2026-10-01T12:00:00.000Z'),
  revisedAt: new Date('2026-10-20T09:30:15.250Z'),
  startsAt: new Date('2026-11-01T15:00:00.000Z'),
  endsAt: new Date('2026-11-01T18:00:00.000Z'),
  status: 'CONFIRMED',
  isBusy: true,
  summary: 'Golden-hour portraits',
  location: 'Menil Park, 1533 Sul Ross St; gate 2, Houston, TX 77006',
  description: 'Photographer: Linh Tran\nBring C:\\reflector, lens; tripod\n',
};
const calendar = (events: CalendarEvent[], name = 'Bookings') => writeCalendar(name, 'PT1H', events);

/** Houston changes its clocks on 1 November 2026 and on 14 March 2027. */
const houston = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Chicago',
  dateStyle: 'short',
  timeStyle: 'short',
});
const aroundTheChanges = [
  ['2026-10-31T14:00:00.000Z', '10/31/26, 9:00 AM'],
  ['2026-11-01T15:00:00.000Z', '11/1/26, 9:00 AM'],
  // Half past one comes twice that night.
  ['2026-11-01T06:30:00.000Z', '11/1/26, 1:30 AM'],
  ['2026-11-01T07:30:00.000Z', '11/1/26, 1:30 AM'],
  ['2027-03-13T15:00:00.000Z', '3/13/27, 9:00 AM'],
  ['2027-03-14T14:00:00.000Z', '3/14/27, 9:00 AM'],
  // Between these two there is no half past two.
  ['2027-03-14T07:59:00.000Z', '3/14/27, 1:59 AM'],
  ['2027-03-14T08:00:00.000Z', '3/14/27, 3:00 AM'],
] as const;

describe('an iCalendar text', () => {
  test('is what RFC 5545 asks for', () => {
    const text = calendar([base]);
    expect(text).toMatch(/^BEGIN:VCALENDAR\r\nVERSION:2\.0\r\n/);
    expect(text).toContain('REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n');
    expect(text).toContain('DTSTAMP:20261020T093015Z\r\n');
    expect(text).toContain('DTSTART:20261101T150000Z\r\nDTEND:20261101T180000Z\r\n');
    expect(text).not.toContain('VTIMEZONE');
    expect(text).not.toContain('METHOD');
    expect(text.endsWith('END:VEVENT\r\nEND:VCALENDAR\r\n')).toBe(true);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  test('has an end only where that is later than the start', () => {
    expect(calendar([{ ...base, endsAt: base.startsAt }])).not.toContain('DTEND');
  });

  test('two readers that share no code agree on every field [S2-21]', () => {
    const events = [base, { ...base, uid: 'bkg_2@patchbay', status: 'CANCELLED' as const, location: '' }];
    const [first, second] = [readByIcalJs(calendar(events)), readByNodeIcal(calendar(events))];
    expect(first).toEqual(second);
    expect(first).toEqual({
      name: 'Bookings',
      events: events.map((event) => ({
        uid: event.uid,
        sequence: 3,
        stamp: '2026-10-20T09:30:15.000Z',
        start: '2026-11-01T15:00:00.000Z',
        end: '2026-11-01T18:00:00.000Z',
        status: event.status,
        summary: event.summary,
        location: event.location,
        description: event.description,
      })),
    });
  });

  test.each(aroundTheChanges)('%s is %s in Houston, for both readers [S2-32]', (instant, shown) => {
    const startsAt = new Date(instant);
    const text = calendar([{ ...base, startsAt, endsAt: new Date(startsAt.getTime() + 3_600_000) }]);
    for (const { events } of [readByIcalJs(text), readByNodeIcal(text)]) {
      const { start = '', end = '' } = events[0] ?? {};
      expect(houston.format(new Date(start)).replaceAll('\u202f', ' ')).toBe(shown);
      expect(Date.parse(end) - Date.parse(start)).toBe(3_600_000);
    }
  });

  test('whatever stands in a text: no line is longer than 75 octets, none breaks a character, both readers give it back', () => {
    // What a text may hold: no control characters but the new line, and no half of a pair.
    const words = fc
      .string({ unit: 'grapheme', maxLength: 200 })
      .map((text) => text.replaceAll(/[^\P{Cc}\n]|[\u2028\u2029]/gu, ''))
      .filter((text) => text.trim() === text && text !== '');
    fc.assert(
      fc.property(words, words, (summary, description) => {
        const text = calendar([{ ...base, summary, description }]);
        for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
        expect(Buffer.from(text).toString()).toBe(text);
        const [first, second] = [readByIcalJs(text), readByNodeIcal(text)];
        expect(first.events).toEqual([expect.objectContaining({ summary, description })]);
        expect(second).toEqual(first);
      }),
    );
  });

  test('what may not stand in a text is left out, and a line cannot be smuggled in', () => {
    const text = calendar([{ ...base, summary: 'a\u0000b\u0007c\r\nATTENDEE:mailto:x@example.com\u2028d' }]);
    expect(text).toContain('SUMMARY:abc\\nATTENDEE:mailto:x@example.com\\nd\r\n');
    expect(readByIcalJs(text).events).toHaveLength(1);
  });
});
