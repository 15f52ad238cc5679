import { partOf, textOf, titled } from '#kit';
import type { ShownEntity } from '#src/marketplace';
import type { CalendarEvent } from './icalendar.ts';

/**
 * A booking as an entry of a calendar: whatever the one view shows of it, and nothing else. A request stands there as
 * tentative and takes no time; a cancelled one stays, so that every copy hears of it.
 */
export function bookingEvent({ id, sequence, updated_at, data }: ShownEntity): CalendarEvent {
  const status = statuses[textOf(data, 'status')] ?? 'CONFIRMED';
  return {
    uid: `${id}@patchbay`,
    sequence,
    createdAt: new Date(textOf(data, 'created_at')),
    revisedAt: new Date(updated_at),
    startsAt: new Date(textOf(data, 'starts_at')),
    endsAt: new Date(textOf(data, 'ends_at')),
    status,
    isBusy: status === 'CONFIRMED',
    // Not every reader shows the state of a subscribed entry.
    summary: `${status === 'CANCELLED' ? 'Cancelled: ' : ''}${textOf(data, 'title')}`,
    location: placeOf(data),
    description: [
      `${titled(textOf(data, 'service'))}, ${textOf(data, 'status')}`,
      personOf(textOf(partOf(data, 'provider'), 'role'), partOf(data, 'provider')),
      personOf('buyer', partOf(data, 'buyer')),
      textOf(data, 'notes'),
      `Booking ${id}`,
    ]
      .filter((line) => line !== '')
      .join('\n'),
  };
}

const statuses: Readonly<Record<string, CalendarEvent['status']>> = {
  requested: 'TENTATIVE',
  confirmed: 'CONFIRMED',
  completed: 'CONFIRMED',
  cancelled: 'CANCELLED',
};

/** Version 2 has the place in parts, version 1 in one line of text. */
function placeOf(data: Part): string {
  const venue = partOf(data, 'venue');
  if (Object.keys(venue).length === 0)
    return listed([textOf(data, 'location'), textOf(data, 'address')], ', ');
  const address = partOf(venue, 'address');
  const town = [textOf(venue, 'region'), textOf(address, 'postal_code')].filter(Boolean).join(' ');
  return listed(
    [
      textOf(venue, 'name'),
      textOf(address, 'line1'),
      textOf(address, 'line2'),
      textOf(venue, 'area'),
      titled(textOf(venue, 'city')),
      town,
    ],
    ', ',
  );
}

/** Who to ask for: empty without the scope for contacts. */
function personOf(role: string, person: Part): string {
  const contact = listed([textOf(person, 'name'), textOf(person, 'phone'), textOf(person, 'email')], ' · ');
  return contact === '' ? '' : `${titled(role)}: ${contact}`;
}

type Part = Readonly<Record<string, unknown>>;

const listed = (parts: readonly string[], between: string): string => parts.filter(Boolean).join(between);
