import * as z from 'zod';
import { type Door, mount } from '#src/wire';
import { showUsage } from './show.ts';

const count = z.int();
const shownUsage = z.strictObject({
  of: z.string().describe('Whose use it is: `grant:…`, `app:…`, or of a service token `token:…`.'),
  plan: z.strictObject({
    name: z.enum(['free', 'high_volume']),
    units_per_day: count.nullable().describe('Null for the marketplace’s own.'),
    units_left_today: count
      .nullable()
      .describe('Of the partner, or of the account by itself: others spend of it too.'),
    resets_at: z.string().describe('Midnight, UTC.'),
  }),
  days: z
    .array(
      z.strictObject({
        day: z.string().describe('UTC.'),
        calls: z.strictObject({ reads: count, writes: count, creates: count }),
        units: count,
        limit_hits: z.strictObject({
          ours: count.describe('Calls that a cap of the hub refused.'),
          theirs: count.describe('Deliveries that an endpoint answered with 429.'),
        }),
      }),
    )
    .describe('The newest first; a day without calls is all zeros.'),
});

export type ShownUsage = z.output<typeof shownUsage>;

export function usageRoutes(door: Door): void {
  mount(
    door,
    {
      method: 'get',
      path: '/v1/usage',
      id: 'getUsage',
      tag: 'Access',
      summary: 'Say how much was called, and what is left',
      description:
        'By day (UTC), of the grant, app or service token that asks. Counts come some seconds late (a minute on ' +
        'Workers); what the caps of the minute have left stands in `RateLimit` of this very answer.',
      scope: null,
      query: z.strictObject({
        days: z.coerce.number().int().min(1).max(90).default(7).describe('How many, today among them.'),
      }),
      answers: { 200: { description: 'What was used.', schema: shownUsage } },
    },
    async ({ ctx, query }) => ({ status: 200, body: await showUsage(ctx, query.days) }),
  );
}
