import type { HubEvent, Op } from '#kit';

export type Kind = 'post';

/** One message an event: what a webhook has posted cannot be found again, so nothing is edited later. */
export function plan(event: HubEvent): Op<Kind>[] {
  const content = textOf(event);
  return content === null
    ? []
    : [{ key: `message:${event.id}`, seq: event.sequence, kind: 'post', body: { content } }];
}

/** Fields that every grant with the type's own scope sees: no person, no address, no amount. */
function textOf({ type, data }: HubEvent): string | null {
  switch (type) {
    case 'booking.confirmed':
    case 'instant_book.confirmed':
      return `**Booking confirmed:** ${plain(data['title'])}, ${moment(data['starts_at'])}`;
    case 'booking.rescheduled':
      return `**Booking moved:** ${plain(data['title'])}, now ${moment(data['starts_at'])}`;
    case 'booking.cancelled':
      return `**Booking cancelled:** ${plain(data['title'])}, ${moment(data['starts_at'])}`;
    case 'review.published':
      return `**New review:** ${plain(data['rating'])} of 5`;
    case 'integration.test':
      return 'This is a test from Patchbay. Nothing happened in the marketplace.';
    default:
      return null;
  }
}

/** Nothing of an event is markup: neither a link behind a word, nor a heading. Mentions are off in any case. */
function plain(value: unknown): string {
  const text = String(value).replace(/\s+/g, ' ').trim().slice(0, 200);
  return text.replace(/[\\*_~`|>#[\]()<:@-]/g, '\\$&');
}

/** Discord shows it in the reader's own zone and language. */
const moment = (value: unknown): string => `<t:${Math.floor(Date.parse(String(value)) / 1_000)}:f>`;
