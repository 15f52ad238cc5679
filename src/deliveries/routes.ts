import * as z from 'zod';
import { idPattern, publisherEventId } from '#src/columns';
import {
  afterParameter,
  conditional,
  type Door,
  limitParameter,
  mount,
  notModified,
  pageOf,
} from '#src/wire';
import { listDeliveries } from './list.ts';
import { retryDelivery } from './retry.ts';
import { deliveryStates, fullDelivery, showDelivery, shownDelivery } from './show.ts';

const scope = 'webhooks:manage';
const tag = 'Deliveries';
const params = z.strictObject({ id: z.string().regex(idPattern('dlv')) });

export function deliveryRoutes(door: Door): void {
  mount(
    door,
    {
      method: 'get',
      path: '/v1/deliveries',
      id: 'listDeliveries',
      tag,
      summary: 'List deliveries, newest first',
      description: 'Of your own subscriptions, deleted ones included.',
      scope,
      query: z.strictObject({
        subscription: z.string().regex(idPattern('sub'), 'A subscription id starts with sub_.').optional(),
        state: z.enum(deliveryStates).optional(),
        event: z.string().regex(publisherEventId, 'An event id starts with evt_.').optional(),
        after: afterParameter,
        limit: limitParameter,
      }),
      answers: { 200: { description: 'Deliveries.', schema: pageOf(shownDelivery) }, 304: notModified },
      errors: ['invalid_parameter', 'invalid_cursor', 'forbidden'],
    },
    async ({ ctx, request, query }) => conditional(ctx, request, await listDeliveries(ctx, query)),
  );
  mount(
    door,
    {
      method: 'get',
      path: '/v1/deliveries/{id}',
      id: 'getDelivery',
      tag,
      summary: 'Show a delivery with its attempts, explained',
      description: 'The first line of `explanation` answers: is it me or them?',
      scope,
      params,
      answers: { 200: { description: 'The delivery.', schema: fullDelivery }, 304: notModified },
      errors: ['forbidden'],
    },
    async ({ ctx, request, params: { id } }) => conditional(ctx, request, await showDelivery(ctx, id)),
  );
  mount(
    door,
    {
      method: 'post',
      path: '/v1/deliveries/{id}/retry',
      id: 'retryDelivery',
      tag,
      summary: 'Send a delivery now',
      description:
        'For one that is dead, waits for its next try, or was delivered. It has the same `webhook-id` as before and all its tries again.',
      scope,
      params,
      answers: { 202: { description: 'It is due now.', schema: fullDelivery } },
      errors: ['state_conflict', 'forbidden'],
    },
    async ({ ctx, params: { id } }) => ({ status: 202, body: await retryDelivery(ctx, id) }),
  );
}
