import type { HubEvent } from '#kit';
import type { Card } from './card.ts';
import { number, text } from './read.ts';
import { dollars, plain, said, shown, words } from './text.ts';
import { clockThere, spoken, when } from './when.ts';

/** Where an event can be looked at. */
export const eventPath = (id: string): string => `/portal/events/${encodeURIComponent(id)}`;

/**
 * Names where the grant shows them. Street, e-mail, phone and notes never, though it may show them too: a channel has more
 * readers than whoever gave the grant thought of.
 */
export function bookingCard({ id, type, data, account, city, subject }: HubEvent): Card | null {
  const headline = headlines[type];
  if (!headline) return null;
  const zone = text(data, 'time_zone');
  const starts = text(data, 'starts_at');
  const isOver = type === 'booking.cancelled';
  const time = when(starts, text(data, 'ends_at'), zone);
  const moved = type === 'booking.rescheduled' && when(text(data, 'previous_starts_at'), undefined, zone);
  const total = number(data, 'payment.total.amount_cents');
  return {
    headline,
    title: shown(text(data, 'title')),
    spoken: spoken(starts, zone),
    fields: isOver
      ? [
          ['When', time && `~${time}~`],
          ['Why', said(text(data, 'cancel_reason'))],
          ['Cancelled by', said(text(data, 'cancelled_by'))],
        ]
      : [
          ['When', time && [time, there(starts, zone)].filter(Boolean).join('\n')],
          ['Before', moved ? `~${moved}~` : undefined],
          ['Where', place(data)],
          ['Buyer', person(data, 'buyer', 'kind')],
          ['Provider', person(data, 'provider', 'role')],
          ['Total', total === undefined ? undefined : dollars(total)],
          [
            'Answer by',
            type === 'booking.requested' ? when(text(data, 'respond_by'), undefined, zone) : undefined,
          ],
        ],
    footer: [said(city ?? undefined), shown(text(data, 'booking_id'))],
    path: eventPath(id),
    // Whoever asks cannot accept their own request.
    respond:
      type === 'booking.requested' && text(data, 'provider.account_id') === account ? subject : undefined,
  };
}

const headlines: Readonly<Record<string, string>> = {
  'booking.requested': ':calendar: Booking requested',
  'booking.confirmed': ':white_check_mark: Booking confirmed',
  'booking.rescheduled': ':arrow_right: Booking moved',
  'booking.cancelled': ':x: Booking cancelled',
  'booking.completed': ':checkered_flag: Booking completed',
  'instant_book.confirmed': ':zap: Booked instantly',
};

function there(starts: string | undefined, zone: string | undefined): string | undefined {
  const clock = clockThere(starts, zone);
  return clock && `${clock} at the place`;
}

/** Version 1 has the place in one line. */
function place(data: HubEvent['data']): string | undefined {
  const parts = ['venue.name', 'venue.area'].map((path) => text(data, path));
  return shown(parts.filter(Boolean).join(', ') || text(data, 'location'));
}

function person(data: HubEvent['data'], who: string, what: string): string | undefined {
  const [name, kind] = [text(data, `${who}.name`), text(data, `${who}.${what}`)];
  if (name === undefined) return said(kind);
  return kind === undefined ? plain(name) : `${plain(name)} (${plain(words(kind))})`;
}
