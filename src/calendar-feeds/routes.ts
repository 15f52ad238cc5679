import * as z from 'zod';
import { withoutTokens } from '#src/errors';
import { idPattern } from '#src/columns';
import { afterParameter, type Door, limitParameter, mount, pageOf } from '#src/wire';
import { createFeed } from './create.ts';
import { listFeeds, revokeFeed } from './list.ts';
import { scope, shownFeed } from './show.ts';

const tag = 'Calendar feeds';
const feedSpec = z.strictObject({
  label: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .refine(
      (text) => withoutTokens(text) === text,
      'A token is no name: it would be shown to whoever sees the calendar.',
    )
    .default('Bookings')
    .describe('The name of the calendar.'),
  contact: z
    .boolean()
    .default(false)
    .describe('With names, phone numbers, street addresses and notes: takes `bookings.contact:read`.'),
});
const reason = z.strictObject({ reason: z.enum(['user', 'leaked', 'rotated']).default('user') });

/** Making one is all that is needed to change its address: make another, subscribe to it, revoke the first. */
export function calendarFeedRoutes(door: Door): void {
  mount(
    door,
    {
      method: 'post',
      path: '/v1/calendar-feeds',
      id: 'createCalendarFeed',
      tag,
      summary: 'Make an address that any calendar program can subscribe to',
      description:
        'For a personal token. `GET` of the address answers iCalendar (RFC 5545), without a header of ours and with an ETag: bookings that lie ahead, that ended within a year, or that changed within 90 days, cancelled ones marked as such; the newest 2,000. Whoever has the address can read it; it is in this answer alone. It ends with the token that made it, by its own revocation, and where nobody fetches it for 90 days; then it answers 410.',
      scope,
      body: feedSpec,
      isBodyOptional: true,
      answers: {
        201: {
          description: 'Made. The address is in this answer and in no other.',
          schema: z.strictObject({ ...shownFeed.shape, url: z.string() }),
        },
      },
      errors: ['forbidden', 'limit_reached'],
    },
    async ({ ctx, body }) => ({ status: 201, body: await createFeed(ctx, body) }),
  );
  mount(
    door,
    {
      method: 'get',
      path: '/v1/calendar-feeds',
      id: 'listCalendarFeeds',
      tag,
      summary: 'List the calendar feeds of the account, newest first',
      scope,
      query: z.strictObject({ limit: limitParameter, after: afterParameter }),
      answers: { 200: { description: 'A page.', schema: pageOf(shownFeed) } },
      errors: ['forbidden', 'invalid_cursor', 'invalid_parameter'],
    },
    async ({ ctx, query }) => ({ status: 200, body: await listFeeds(ctx, query) }),
  );
  mount(
    door,
    {
      method: 'delete',
      path: '/v1/calendar-feeds/{id}',
      id: 'revokeCalendarFeed',
      tag,
      summary: 'End a calendar feed: its address answers 410 from now on',
      scope,
      params: z.strictObject({ id: z.string().regex(idPattern('tok')) }),
      query: reason,
      answers: {
        202: {
          description: 'Ended; the receipt completes later.',
          schema: z.strictObject({ id: z.string() }),
        },
      },
      errors: ['forbidden', 'invalid_parameter'],
    },
    async ({ ctx, params, query }) => {
      const id = await revokeFeed(ctx, params.id, query.reason);
      return { status: 202, body: { id }, headers: { location: `/v1/revocations/${id}` } };
    },
  );
}
