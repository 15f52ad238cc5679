import type { HubEvent } from '#kit';
import { eventPath } from './booking-card.ts';
import type { Card } from './card.ts';
import { number, text } from './read.ts';
import { dollars, quoted, said, shown } from './text.ts';

export function escrowCard({ id, data }: HubEvent): Card {
  const cents = number(data, 'released.amount_cents');
  return {
    headline: ':moneybag: Escrow released',
    fields: [
      ['Released', cents === undefined ? undefined : dollars(cents)],
      ['Why', said(text(data, 'release_reason'))],
    ],
    spoken: cents === undefined ? undefined : dollars(cents),
    footer: [shown(text(data, 'booking_id'))],
    path: eventPath(id),
  };
}

export function reviewCard({ id, data }: HubEvent): Card {
  const rating = number(data, 'rating');
  const body = text(data, 'body');
  return {
    headline: ':star: New review',
    title: rating === undefined ? undefined : stars(rating),
    fields: [
      ['From', shown(text(data, 'author_name'))],
      ['About', said(text(data, 'about_role'))],
    ],
    body: body && quoted(body),
    footer: [shown(text(data, 'booking_id'))],
    path: eventPath(id),
  };
}

/** Planned only where direct messages are switched on. */
export function directCard({ id, data }: HubEvent): Card {
  const body = text(data, 'body');
  return {
    headline: ':speech_balloon: New message',
    fields: [],
    body: body && quoted(body),
    footer: [shown(text(data, 'booking_id'))],
    path: eventPath(id),
  };
}

/** About the hub itself. */
export function noticeCard({ id, type, data }: HubEvent): Card | null {
  switch (type) {
    case 'integration.test':
      return {
        headline: ':test_tube: This is a test',
        fields: [],
        body: shown(text(data, 'note')),
        path: eventPath(id),
      };
    case 'subscription.disabled':
      return {
        headline: ':warning: A subscription stopped',
        fields: [['Why', said(text(data, 'reason'))]],
        footer: [shown(text(data, 'subscription_id'))],
        path: eventPath(id),
      };
    case 'connection.broken':
      return {
        headline: ':warning: A connection needs you',
        fields: [
          ['Which', said(text(data, 'connector'))],
          ['Why', said(text(data, 'reason'))],
        ],
        footer: [shown(text(data, 'connection_id'))],
        path: eventPath(id),
      };
    default:
      return null;
  }
}

function stars(rating: number): string {
  const full = Math.max(0, Math.min(5, Math.round(rating)));
  return `${'★'.repeat(full)}${'☆'.repeat(5 - full)} ${full} of 5`;
}
