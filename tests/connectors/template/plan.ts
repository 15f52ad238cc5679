import type { HubEvent, Op } from '#kit';
import type { Kind } from './deliver.ts';
import type { Options } from './index.ts';

/** One card a booking, under one key for all that happens to it. */
export function plan(event: HubEvent, { list }: Options): Op<Kind>[] {
  if (!event.type.startsWith('booking.')) return [];
  const about = { key: event.subject.replace('bookings/', 'booking:'), seq: event.sequence };
  switch (event.type) {
    case 'booking.confirmed':
    case 'booking.rescheduled':
    case 'booking.completed': {
      // Of the data, only what every grant with `bookings:read` may see.
      const { title, status, starts_at: startsAt } = event.data;
      return [
        { ...about, kind: 'put-card', body: { list, title, note: `${String(status)}, ${String(startsAt)}` } },
      ];
    }
    case 'booking.cancelled':
      return [{ ...about, kind: 'drop-card', body: null }];
    default:
      return [];
  }
}
