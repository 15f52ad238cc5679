import * as z from 'zod';
import { idPattern } from '#src/columns';
import type { Door } from '#src/wire';
import { mount } from '#src/wire';
import { actionRoutes } from './action-routes.ts';
import { changeSubscription } from './change.ts';
import { createSubscription } from './create.ts';
import { deleteSubscription } from './delete.ts';
import { etagOf, isKnown } from './etag.ts';
import { findSubscription } from './find.ts';
import { listSubscriptions } from './list.ts';
import { previousPublicKeys } from './secrets.ts';
import { showSubscription, shownSubscription } from './show.ts';
import { listQuery, subscriptionChange, subscriptionSpec } from './spec.ts';

const path = '/v1/subscriptions';
const params = z.strictObject({ id: z.string().regex(idPattern('sub')) });
const shared = { tag: 'Subscriptions', scope: 'webhooks:manage' } as const;
const previousKeys = z
  .array(z.strictObject({ public_key: z.string(), expires_at: z.string() }))
  .meta({ description: 'After a rotation: keys that still sign beside the current one.' });
const oneSubscription = shownSubscription.extend({ previous_public_keys: previousKeys.optional() });

/** Each operation stands as one `mount`, in the order in which a subscription lives. */
export function subscriptionRoutes(door: Door): void {
  mount(
    door,
    {
      ...shared,
      method: 'post',
      path,
      id: 'createSubscription',
      summary: 'Subscribe an endpoint to events',
      body: subscriptionSpec,
      answers: {
        201: {
          description: 'Made. The secret is in this answer and in no other.',
          schema: shownSubscription.extend({ secret: z.string().optional() }),
        },
      },
      errors: ['endpoint_refused', 'filter_invalid', 'limit_reached', 'forbidden'],
    },
    async ({ ctx, body }) => {
      const { row, shown } = await createSubscription(ctx, body);
      return { status: 201, body: shown, headers: { etag: etagOf(row), location: `${path}/${row.id}` } };
    },
  );
  mount(
    door,
    {
      ...shared,
      method: 'get',
      path,
      id: 'listSubscriptions',
      summary: 'List subscriptions, newest first',
      query: listQuery,
      answers: {
        200: {
          description: "The caller's own, and those of its app.",
          schema: z.strictObject({ data: z.array(shownSubscription), next_cursor: z.string().nullable() }),
        },
      },
      errors: ['invalid_parameter', 'invalid_cursor', 'forbidden'],
    },
    async ({ ctx, query }) => ({ status: 200, body: await listSubscriptions(ctx, query) }),
  );
  oneRoutes(door);
  actionRoutes(door);
}

function oneRoutes(door: Door): void {
  mount(
    door,
    {
      ...shared,
      method: 'get',
      path: `${path}/{id}`,
      id: 'getSubscription',
      summary: 'Read a subscription',
      params,
      answers: {
        200: { description: 'With an ETag for If-Match.', schema: oneSubscription },
        304: { description: 'If-None-Match names this version.' },
      },
      errors: ['forbidden'],
    },
    async ({ ctx, params: { id }, request }) => {
      const row = await findSubscription(ctx, id);
      const headers = { etag: etagOf(row) };
      if (isKnown(request, row)) return { status: 304, headers };
      const previous =
        row.signature === 'v1a' ? { previous_public_keys: await previousPublicKeys(ctx, id) } : {};
      return { status: 200, body: { ...showSubscription(row), ...previous }, headers };
    },
  );
  mount(
    door,
    {
      ...shared,
      method: 'patch',
      path: `${path}/{id}`,
      id: 'changeSubscription',
      summary: 'Change a subscription',
      description:
        'Only what is named changes. Owner and signature never do. A new address begins with one event a second. With If-Match the change is made to that version or not at all.',
      params,
      body: subscriptionChange,
      answers: { 200: { description: 'As it is now.', schema: shownSubscription } },
      errors: ['endpoint_refused', 'filter_invalid', 'precondition_failed', 'state_conflict', 'forbidden'],
    },
    async ({ ctx, params: { id }, body, request }) => {
      const row = await changeSubscription(ctx, id, body, request.headers.get('if-match'));
      return { status: 200, body: showSubscription(row), headers: { etag: etagOf(row) } };
    },
  );
  mount(
    door,
    {
      ...shared,
      method: 'delete',
      path: `${path}/{id}`,
      id: 'deleteSubscription',
      summary: 'Delete a subscription',
      description: 'For good. What is queued for it is cancelled.',
      params,
      answers: { 204: { description: 'Gone.' } },
      errors: ['forbidden'],
    },
    async ({ ctx, params: { id } }) => {
      await deleteSubscription(ctx, id);
      return { status: 204 };
    },
  );
}
