/**
 * What a booking is in a calendar: one entry under one key, whatever happens to it. Every event carries the booking whole,
 * so the newest alone says how its entry has to be.
 */
import { type HubEvent, type Op, partOf, testKey, testTitle, textOf, titled } from '#kit';
import type { Kind, Options } from './manifest.ts';

/** An entry as it is sent, but for its id. https://developers.google.com/workspace/calendar/api/v3/reference/events */
export type Entry = {
  status: 'confirmed' | 'tentative';
  summary: string;
  location: string;
  description: string;
  /** Instants with their zone: right through every change of the clocks, and shown in the zone of the place. */
  start: { dateTime: string; timeZone: string };
  end: { dateTime: string; timeZone: string };
  transparency: 'opaque' | 'transparent';
  /** Seen by this app alone: which booking it is, and as of which of its events. */
  extendedProperties: { private: { patchbay_subject: string; patchbay_sequence: string } };
};

export function plan(event: HubEvent, options: Options): Op<Kind>[] {
  const { type, subject, sequence, data } = event;
  const test = testKey(event);
  if (test !== null) return [{ key: test, seq: sequence, kind: 'entry', body: testEntry(event) }];
  if (!/^(?:booking|instant_book)\./.test(type)) return [];
  const op = { key: keyOf(subject), seq: sequence };
  const status = textOf(data, 'status');
  if (status === 'cancelled') return [{ ...op, kind: 'removal', body: null }];
  // Moved before it was answered, it may stand there from before: then it goes.
  if (status === 'requested' && !options.requests)
    return type === 'booking.requested' ? [] : [{ ...op, kind: 'removal', body: null }];
  return [{ ...op, kind: 'entry', body: entryOf(event, options) }];
}

/** `bookings/bkg_…` as `booking:bkg_…`. */
export const keyOf = (subject: string): string => subject.replace(/^bookings\//, 'booking:');

function entryOf({ subject, sequence, data }: HubEvent, { contact }: Options): Entry {
  const isTentative = textOf(data, 'status') === 'requested';
  const timeZone = textOf(data, 'time_zone');
  return {
    status: isTentative ? 'tentative' : 'confirmed',
    summary: textOf(data, 'title'),
    location: placeOf(data, contact),
    description: descriptionOf(data, contact),
    start: { dateTime: textOf(data, 'starts_at'), timeZone },
    end: { dateTime: textOf(data, 'ends_at'), timeZone },
    transparency: isTentative ? 'transparent' : 'opaque',
    extendedProperties: {
      private: { patchbay_subject: subject, patchbay_sequence: String(sequence) },
    },
  };
}

/** A quarter of an hour from the next full hour on; it blocks no time. */
function testEntry({ subject, sequence, timestamp, data }: HubEvent): Entry {
  const startsMs = (Math.floor(Date.parse(timestamp) / hourMs) + 1) * hourMs;
  const at = (ms: number) => ({ dateTime: new Date(ms).toISOString(), timeZone: 'UTC' });
  return {
    status: 'confirmed',
    summary: testTitle,
    location: '',
    description: textOf(data, 'note'),
    start: at(startsMs),
    end: at(startsMs + hourMs / 4),
    transparency: 'transparent',
    extendedProperties: {
      private: { patchbay_subject: subject, patchbay_sequence: String(sequence) },
    },
  };
}

const hourMs = 3_600_000;

/** Version 2 of the events has the place in parts, version 1 in one line of text. */
function placeOf(data: Part, contact: boolean): string {
  if (data['venue'] === undefined)
    return joined([textOf(data, 'location'), contact ? textOf(data, 'address') : ''], ', ');
  const venue = partOf(data, 'venue');
  const address = contact ? partOf(venue, 'address') : {};
  return joined(
    [
      textOf(venue, 'name'),
      textOf(address, 'line1'),
      textOf(address, 'line2'),
      textOf(venue, 'area'),
      titled(textOf(venue, 'city')),
      joined([textOf(venue, 'region'), textOf(address, 'postal_code')], ' '),
    ],
    ', ',
  );
}

/** Google reads HTML there. */
function descriptionOf(data: Part, contact: boolean): string {
  const provider = partOf(data, 'provider');
  const lines = [
    `${titled(textOf(data, 'service'))}, ${textOf(data, 'status')}`,
    contact ? personOf(textOf(provider, 'role'), provider) : '',
    contact ? personOf('buyer', partOf(data, 'buyer')) : '',
    contact ? textOf(data, 'notes') : '',
  ];
  return joined(lines, '\n').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function personOf(role: string, person: Part): string {
  const reached = joined([textOf(person, 'name'), textOf(person, 'phone'), textOf(person, 'email')], ' · ');
  return reached === '' ? '' : `${titled(role)}: ${reached}`;
}

type Part = Readonly<Record<string, unknown>>;

const joined = (parts: readonly string[], between: string): string => parts.filter(Boolean).join(between);
