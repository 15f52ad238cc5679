import type { Door } from '#src/wire';
import { mount } from '#src/wire';
import { createSubscription } from './create.ts';
import { subscriptionSpec } from './spec.ts';

export function subscriptionRoutes(door: Door): void {
  mount(
    door,
    {
      method: 'post',
      path: '/v1/subscriptions',
      id: 'createSubscription',
      tag: 'Subscriptions',
      summary: 'Subscribe an endpoint to events',
      scope: 'webhooks:manage',
      body: subscriptionSpec,
      answers: { 201: { description: 'Made. The secret is in this answer and in no other.' } },
      errors: ['endpoint_refused', 'filter_invalid', 'setting_unsupported', 'limit_reached', 'forbidden'],
    },
    async ({ ctx, body }) => ({ status: 201, body: await createSubscription(ctx, body) }),
  );
}
