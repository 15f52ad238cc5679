import * as z from 'zod';
import { idPattern } from '#src/columns';
import { shownEvent } from '#src/events';
import { latestFor } from '#src/subscriptions';
import { type Door, mount } from '#src/wire';
import { inWordsOfHook, subscribeHook, unsubscribeHook } from './subscribe.ts';

const shared = { tag: 'Hooks', scope: 'webhooks:manage' } as const;
const event = z
  .string()
  .min(1)
  .max(100)
  .describe('One event type, or a family: `booking.confirmed`, `booking.*`.');

/** As many as an editor shows to choose from. */
const samples = 10;

/** REST hooks (resthooks.org), as Zapier and its like subscribe. A hook is a subscription, and is under /v1/subscriptions, too. */
export function hookRoutes(door: Door): void {
  mount(
    door,
    {
      ...shared,
      method: 'post',
      path: '/v1/hooks',
      id: 'createHook',
      summary: 'Subscribe an address to an event type or a family of them',
      description:
        'Asked again for the same address and event, it answers with the same hook. The address ends it by answering 410.',
      body: z.strictObject({ targetUrl: z.string().min(1).max(2_048), event }),
      answers: {
        201: {
          description: 'It is sent what happens from now on.',
          schema: z.strictObject({ id: z.string() }),
        },
      },
      errors: ['validation_failed', 'endpoint_refused', 'limit_reached', 'forbidden'],
    },
    async ({ ctx, body }) => ({ status: 201, body: { id: await subscribeHook(ctx, body) } }),
  );
  mount(
    door,
    {
      ...shared,
      method: 'delete',
      path: '/v1/hooks/{id}',
      id: 'deleteHook',
      summary: 'Unsubscribe',
      description: 'What is queued for it is cancelled. A hook that has ended before is answered alike.',
      params: z.strictObject({ id: z.string().regex(idPattern('sub')) }),
      answers: { 204: { description: 'Gone.' } },
      errors: ['not_found', 'forbidden'],
    },
    async ({ ctx, params: { id } }) => {
      await unsubscribeHook(ctx, id);
      return { status: 204 };
    },
  );
  mount(
    door,
    {
      ...shared,
      method: 'get',
      path: '/v1/hooks/samples',
      id: 'listHookSamples',
      summary: 'Show what a hook would have been sent last, newest first',
      description: `Real events, ${samples} at most, each as a hook gets it and as far as the token may see it. Empty where nothing has happened.`,
      query: z.strictObject({ event }),
      answers: {
        200: {
          description: 'A bare array.',
          schema: z.array(z.strictObject({ ...shownEvent.shape, subscription: z.literal('sub_sample') })),
        },
      },
      errors: ['invalid_parameter', 'validation_failed', 'forbidden'],
    },
    async ({ ctx, query }) => ({
      status: 200,
      body: await latestFor(ctx, [query.event], samples).catch((error: unknown) => {
        throw inWordsOfHook(error);
      }),
    }),
  );
}
