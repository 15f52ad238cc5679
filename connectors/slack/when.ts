/**
 * Times. Slack shows `<!date^…>` in the reader's own zone; the fallback, and what notifications read out, is in the zone
 * of the place. Undefined where the text is no instant.
 */
export type Zone = string | undefined;

export function when(from: string | undefined, to: string | undefined, zone: Zone): string | undefined {
  const start = from === undefined ? Number.NaN : Date.parse(from);
  if (!Number.isFinite(start)) return undefined;
  const begins = token(start, '{date_short_pretty} at {time}', fullWords(start, zone));
  const end = to === undefined ? Number.NaN : Date.parse(to);
  if (!Number.isFinite(end) || end <= start) return begins;
  return isOneDay(start, end, zone)
    ? `${begins} to ${token(end, '{time}', format(end, zone, clock))}`
    : `${begins} to ${token(end, '{date_short_pretty} at {time}', fullWords(end, zone))}`;
}

/** Without tokens, for a notification: `Sat, Nov 21, 2026, 9:04 AM CST`. */
export function spoken(from: string | undefined, zone: Zone): string | undefined {
  const start = from === undefined ? Number.NaN : Date.parse(from);
  return Number.isFinite(start) ? fullWords(start, zone) : undefined;
}

/** `9:04 AM CST`: what the clocks of the place show. */
export function clockThere(from: string | undefined, zone: Zone): string | undefined {
  const start = from === undefined ? Number.NaN : Date.parse(from);
  if (zone === undefined || !Number.isFinite(start)) return undefined;
  return format(start, zone, { ...clock, timeZoneName: 'short' });
}

const clock = { hour: 'numeric', minute: '2-digit' } as const;
const day = { weekday: 'short', month: 'short', day: 'numeric', year: 'numeric' } as const;

const token = (at: number, pattern: string, fallback: string): string =>
  `<!date^${Math.floor(at / 1000)}^${pattern}|${fallback}>`;

const fullWords = (at: number, zone: Zone): string =>
  format(at, zone, { ...day, ...clock, timeZoneName: 'short' });

const isOneDay = (a: number, b: number, zone: Zone): boolean => format(a, zone, day) === format(b, zone, day);

function format(at: number, zone: Zone, wanted: Intl.DateTimeFormatOptions): string {
  return (
    formatterOf(zone, wanted)
      .format(new Date(at))
      // Some versions of ICU put a narrow space before AM and PM, some an ordinary one.
      .replaceAll('\u202F', ' ')
  );
}

function formatterOf(zone: Zone, wanted: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', { ...wanted, timeZone: zone ?? 'UTC' });
  } catch {
    // A zone that this host does not know: better in UTC, and said so, than not at all.
    return new Intl.DateTimeFormat('en-US', { ...wanted, timeZone: 'UTC' });
  }
}
