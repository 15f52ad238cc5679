import * as z from 'zod';
import { type Door, mount } from '#src/wire';
import { type UsagePart, usageParts } from './parts.ts';
import { sumOf } from './read.ts';
import { showUsage } from './show.ts';
import { showAppsUsage } from './show-apps.ts';
import { daysSchema, deliveries, limitHits, planSchema } from './shown.ts';

const count = z.int();
const dayCount = (most: number) =>
  z.strictObject({
    days: z.coerce.number().int().min(1).max(most).default(7).describe('How many, today among them.'),
  });
const shownUsage = z.strictObject({
  of: z.string().describe('Whose use it is: `grant:…`, `app:…`, or of a service token `token:…`.'),
  plan: planSchema,
  days: daysSchema,
});
const shownAppsUsage = z.strictObject({
  of: z.string().describe('`partner:…`'),
  plan: planSchema,
  apps: z.array(z.strictObject({ app_id: z.string(), name: z.string(), days: daysSchema })),
});

const shownPart = z.strictObject({
  of: z.string().describe('`grant:…` or `token:…`.'),
  kind: z
    .enum(['own', 'token', 'app'])
    .describe('All that the account does itself; one personal token, which is among that; one app.'),
  name: z.string(),
  partner: z.string().nullable().describe('Of an app.'),
  calls: count,
  units: count,
  limit_hits: limitHits,
  deliveries: deliveries.nullable().describe('Null for a token: what is sent is not counted by it.'),
});

export type ShownUsage = z.output<typeof shownUsage>;
export type ShownAppsUsage = z.output<typeof shownAppsUsage>;

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
        'Workers); what the caps of the minute and the plan’s day have left stands in `RateLimit` of this very answer.',
      scope: null,
      query: dayCount(90),
      answers: { 200: { description: 'What was used.', schema: shownUsage } },
    },
    async ({ ctx, query }) => ({ status: 200, body: await showUsage(ctx, query.days) }),
  );
  mount(
    door,
    {
      method: 'get',
      path: '/v1/usage/parts',
      id: 'listUsageParts',
      tag: 'Access',
      summary: 'Say whose calls and deliveries they were, by token and by app',
      description: 'Sums of these days; the newest 40 tokens and apps of the account.',
      scope: 'tokens:manage',
      query: dayCount(90),
      answers: {
        200: { description: 'The parts.', schema: z.strictObject({ data: z.array(shownPart) }) },
      },
      errors: ['forbidden', 'invalid_parameter'],
    },
    async ({ ctx, query }) => ({
      status: 200,
      body: { data: (await usageParts(ctx, query.days)).map(shownSum) },
    }),
  );
  mount(
    door,
    {
      method: 'get',
      path: '/v1/usage/apps',
      id: 'listAppsUsage',
      tag: 'Access',
      summary: 'Say how much each app of a partner was used',
      description:
        'For a token that an app has for itself (`client_credentials`): every app of its partner by day (UTC), all ' +
        'people together.',
      scope: null,
      query: dayCount(31),
      answers: { 200: { description: 'What was used.', schema: shownAppsUsage } },
      errors: ['forbidden', 'invalid_parameter'],
    },
    async ({ ctx, query }) => ({ status: 200, body: await showAppsUsage(ctx, query.days) }),
  );
}

function shownSum({ of, kind, name, partner, days }: UsagePart): z.output<typeof shownPart> {
  const sum = sumOf(days);
  return {
    of,
    kind,
    name,
    partner,
    calls: sum.reads + sum.writes + sum.creates,
    units: sum.units,
    limit_hits: { ours: sum.refused, theirs: sum.theirs },
    deliveries: kind === 'token' ? null : { delivered: sum.delivered, failed_attempts: sum.failed },
  };
}
