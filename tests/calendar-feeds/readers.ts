import ICAL from 'ical.js';
import nodeIcal from 'node-ical';

/** What a calendar program makes of an entry. */
export type Read = {
  uid: string;
  sequence: number;
  stamp: string;
  start: string;
  end: string;
  status: string;
  summary: string;
  location: string;
  description: string;
};

/** Read by ical.js, which Thunderbird uses. */
export function readByIcalJs(text: string): { name: string; events: Read[] } {
  const calendar = new ICAL.Component(ICAL.parse(text) as never[]);
  return {
    name: String(calendar.getFirstPropertyValue('name')),
    events: calendar.getAllSubcomponents('vevent').map((part) => {
      const event = new ICAL.Event(part);
      const value = (name: string): string => String(part.getFirstPropertyValue(name) ?? '');
      const at = (name: string): string =>
        (part.getFirstPropertyValue(name) as ICAL.Time | null)?.toJSDate().toISOString() ?? '';
      return {
        uid: event.uid,
        sequence: Number(event.sequence),
        stamp: at('dtstamp'),
        start: at('dtstart'),
        end: at('dtend'),
        status: value('status'),
        summary: event.summary,
        location: value('location'),
        description: value('description'),
      };
    }),
  };
}

/** Read by node-ical, which shares no code with it. */
export function readByNodeIcal(text: string): { name: string; events: Read[] } {
  const parts = Object.values(nodeIcal.sync.parseICS(text)) as Record<string, any>[];
  /** With parameters it is an object. */
  const words = (value: string | { val: string } | undefined): string =>
    typeof value === 'object' ? value.val : (value ?? '');
  return {
    name: words(parts.find(({ type }) => type === 'VCALENDAR')?.['WR-CALNAME']),
    events: parts
      .filter(({ type }) => type === 'VEVENT')
      .map((part) => ({
        uid: words(part['uid']),
        sequence: Number(part['sequence']),
        stamp: part['dtstamp'].toISOString(),
        start: part['start'].toISOString(),
        end: part['end'].toISOString(),
        status: words(part['status']),
        summary: words(part['summary']),
        location: words(part['location']),
        description: words(part['description']),
      })),
  };
}
