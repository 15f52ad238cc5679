import * as z from 'zod';
import { type Reader, readerOf } from '#src/access';
import { publisherEventId } from '#src/columns';
import type { Ctx } from '#src/context';
import {
  afterParameter,
  conditional,
  type Door,
  limitParameter,
  mount,
  notModified,
  pageOf,
} from '#src/wire';
import { readFeed } from './feed.ts';
import { shownEvent, showEvent } from './show.ts';
import { shownTrace, traceEvent } from './trace.ts';

const params = z.strictObject({ id: z.string().regex(publisherEventId) });
const schema_version = z.coerce
  .number('A whole number.')
  .int('A whole number.')
  .min(1, 'From 1 to 1000.')
  .max(1_000, 'From 1 to 1000.')
  .optional()
  .describe('As a subscription pins it: what is newer is converted down. Without it: as published.');

/** Who reads, and which version. */
const pinned = async (ctx: Ctx, version: number | undefined): Promise<Reader> => ({
  ...(await readerOf(ctx)),
  version: version ?? null,
});

export function feedRoutes(door: Door): void {
  mount(
    door,
    {
      method: 'get',
      path: '/v1/events',
      id: 'listEvents',
      tag: 'Events',
      summary: 'Read the feed: the same events as webhooks, oldest first',
      description:
        'In commit order, so that nothing is ever skipped. Keep `next_cursor`, which is always there, and go on from it: ' +
        'to reconcile what webhooks brought, or to poll in their place. Types that your scopes do not reveal are left out.',
      scope: null,
      query: z.strictObject({
        after: afterParameter,
        types: z
          .string()
          .max(2_000)
          .optional()
          .describe(
            'A comma list such as `booking.*,rfp.created`. Without it: all but those off by default.',
          ),
        schema_version,
        limit: limitParameter,
      }),
      answers: {
        200: { description: 'Some events, or none yet.', schema: pageOf(shownEvent, z.string()) },
        304: notModified,
      },
      errors: ['invalid_parameter', 'invalid_cursor', 'forbidden'],
    },
    async ({ ctx, request, query }) =>
      conditional(ctx, request, await readFeed(ctx, await pinned(ctx, query.schema_version), query)),
  );
  mount(
    door,
    {
      method: 'get',
      path: '/v1/events/{id}',
      id: 'getEvent',
      tag: 'Events',
      summary: 'Show one event',
      scope: null,
      params,
      query: z.strictObject({ schema_version }),
      answers: { 200: { description: 'The event.', schema: shownEvent }, 304: notModified },
      errors: ['invalid_parameter', 'forbidden'],
    },
    async ({ ctx, request, params: { id }, query }) =>
      conditional(ctx, request, await showEvent(ctx, await pinned(ctx, query.schema_version), id)),
  );
  mount(
    door,
    {
      method: 'get',
      path: '/v1/events/{id}/trace',
      id: 'traceEvent',
      tag: 'Events',
      summary: 'Say for each subscription why this event was or was not sent',
      description:
        'In words. What was written is told as it was (the delivery); what was not is judged by the settings of this moment.',
      scope: 'webhooks:manage',
      params,
      answers: { 200: { description: 'One line a subscription.', schema: shownTrace } },
      errors: ['forbidden'],
    },
    async ({ ctx, params: { id } }) => ({
      status: 200,
      body: await traceEvent(ctx, await readerOf(ctx), id),
    }),
  );
}
