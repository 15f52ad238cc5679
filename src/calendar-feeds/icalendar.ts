/**
 * iCalendar text (RFC 5545), as much of it as a list of events needs. All instants are UTC: no zone has to be described,
 * and each reader shows them in its own, right through every change of the clocks.
 */
export type CalendarEvent = {
  /** The same for ever. */
  uid: string;
  /** Grows with each revision. */
  sequence: number;
  createdAt: Date;
  /** The last revision. */
  revisedAt: Date;
  startsAt: Date;
  endsAt: Date;
  status: 'TENTATIVE' | 'CONFIRMED' | 'CANCELLED';
  /** Whether the time counts as taken. */
  isBusy: boolean;
  summary: string;
  location: string;
  description: string;
};

/** One calendar. The same events give the same bytes, whenever it is asked. `refreshAfter` as RFC 5545 §3.3.6: `PT1H`. */
export function writeCalendar(name: string, refreshAfter: string, events: readonly CalendarEvent[]): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Patchbay//Bookings//EN',
    'CALSCALE:GREGORIAN',
    // Without METHOD, so that DTSTAMP is the last revision and not the moment of this answer (§3.8.7.2).
    `NAME:${escapeText(name)}`,
    `X-WR-CALNAME:${escapeText(name)}`,
    `REFRESH-INTERVAL;VALUE=DURATION:${refreshAfter}`,
    `X-PUBLISHED-TTL:${refreshAfter}`,
    ...events.flatMap(eventLines),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join('');
}

const eventLines = (event: CalendarEvent): string[] => [
  'BEGIN:VEVENT',
  `UID:${escapeText(event.uid)}`,
  `SEQUENCE:${event.sequence}`,
  `DTSTAMP:${utc(event.revisedAt)}`,
  `CREATED:${utc(event.createdAt)}`,
  `LAST-MODIFIED:${utc(event.revisedAt)}`,
  `DTSTART:${utc(event.startsAt)}`,
  // §3.8.2.2: later than the start, or not there at all.
  ...(event.endsAt > event.startsAt ? [`DTEND:${utc(event.endsAt)}`] : []),
  `STATUS:${event.status}`,
  `TRANSP:${event.isBusy ? 'OPAQUE' : 'TRANSPARENT'}`,
  `SUMMARY:${escapeText(event.summary)}`,
  ...(event.location === '' ? [] : [`LOCATION:${escapeText(event.location)}`]),
  ...(event.description === '' ? [] : [`DESCRIPTION:${escapeText(event.description)}`]),
  'END:VEVENT',
];

/** `20261122T150000Z` */
const utc = (at: Date): string => at.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');

/** §3.3.11. Other control characters may not stand in a text at all. */
const escapeText = (text: string): string =>
  text
    .replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replaceAll(/[^\P{Cc}\n\t]/gu, '')
    .replaceAll(/[\\;,]/g, '\\$&')
    .replaceAll('\n', '\\n');

/** §3.1: 75 octets of UTF-8 a line at most; what goes on begins with a space. Never within a character. */
const mostOctets = 75;
function fold(line: string): string {
  if (line.length * 3 <= mostOctets) return line;
  let text = '';
  let octets = 0;
  for (const character of line) {
    const size = octetsOf(character.codePointAt(0) ?? 0);
    if (octets + size > mostOctets) {
      text += '\r\n ';
      octets = 1;
    }
    text += character;
    octets += size;
  }
  return text;
}

const octetsOf = (codePoint: number): number =>
  codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
