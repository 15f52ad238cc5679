import * as z from 'zod';
import { actorOf } from '#src/context';
import { idPattern } from '#src/columns';
import { intentKinds } from '#src/intents';
import { type Door, mount } from '#src/wire';
import { showConnection, shownConnection, shownConnector } from './show.ts';
import { recallRoutes, useRoutes } from './use-routes.ts';

/** What the routes do, in a module of its own: an isolate that is never asked of connections does not load it. */
const verbs = () => import('./verbs.ts');

const path = '/v1/connections/{id}';
const params = z.strictObject({ id: z.string().regex(idPattern('con')) });
const shared = { tag: 'Connections', scope: 'connections:manage' } as const;
const begun = shownConnection.extend({
  authorize_url: z
    .string()
    .nullable()
    .describe(
      'Where its person goes, in the browser in which they are signed in to the portal; null: it is linked.',
    ),
});

export function connectionRoutes(door: Door): void {
  galleryRoutes(door);
  lifeRoutes(door);
  useRoutes(door);
  recallRoutes(door);
}

function galleryRoutes(door: Door): void {
  mount(
    door,
    {
      ...shared,
      method: 'get',
      path: '/v1/connectors',
      id: 'listConnectors',
      summary: 'List what accounts can be linked to',
      answers: {
        200: {
          description: 'Those that the operator has switched on.',
          schema: z.strictObject({ data: z.array(shownConnector) }),
        },
      },
      errors: ['forbidden'],
    },
    async ({ ctx }) => ({ status: 200, body: { data: await (await verbs()).listConnectors(ctx) } }),
  );
  mount(
    door,
    {
      ...shared,
      method: 'get',
      path: '/v1/connections',
      id: 'listConnections',
      summary: 'List the linked accounts of vendors',
      answers: {
        200: { description: 'Newest first.', schema: z.strictObject({ data: z.array(shownConnection) }) },
      },
      errors: ['forbidden'],
    },
    async ({ ctx }) => ({
      status: 200,
      body: { data: (await (await verbs()).listConnections(ctx)).map(showConnection) },
    }),
  );
  mount(
    door,
    {
      ...shared,
      method: 'post',
      path: '/v1/connections',
      id: 'createConnection',
      summary: 'Begin to link an account of a vendor',
      description:
        'The person goes to `authorize_url` within half an hour, and comes back to the portal. A connector of the kind ' +
        '`secret-url` takes the address that the vendor gave, and is linked at once.',
      body: z.strictObject({
        connector: z.string().max(40),
        tier: z.string().max(60).optional(),
        url: z.string().max(2_048).optional().describe('Of `secret-url`.'),
      }),
      answers: { 201: { description: 'Begun.', schema: begun } },
      errors: ['forbidden', 'policy_refused', 'state_conflict'],
    },
    async ({ ctx, body }) => {
      const { row, authorizeUrl } = await (await verbs()).createConnection(ctx, body);
      return { status: 201, body: { ...showConnection(row), authorize_url: authorizeUrl } };
    },
  );
}

function lifeRoutes(door: Door): void {
  mount(
    door,
    {
      ...shared,
      method: 'get',
      path,
      id: 'getConnection',
      summary: 'Look at one',
      params,
      answers: { 200: { description: 'As it is now.', schema: shownConnection } },
      errors: ['forbidden'],
    },
    async ({ ctx, params: { id } }) => ({
      status: 200,
      body: showConnection(await (await verbs()).findConnection(ctx, id)),
    }),
  );
  mount(
    door,
    {
      ...shared,
      method: 'patch',
      path,
      id: 'changeConnection',
      summary: 'Switch on what may come in through it',
      params,
      body: z.strictObject({ intents: z.array(z.enum(intentKinds)).max(intentKinds.length) }),
      answers: { 200: { description: 'As it is now.', schema: shownConnection } },
      errors: ['forbidden', 'state_conflict'],
    },
    async ({ ctx, params: { id }, body }) => ({
      status: 200,
      body: showConnection(await (await verbs()).switchIntents(ctx, id, body.intents)),
    }),
  );
  mount(
    door,
    {
      ...shared,
      method: 'delete',
      path,
      id: 'deleteConnection',
      summary: 'End it: nothing is sent by it any more, and its credential is taken back and destroyed',
      params,
      answers: { 204: { description: 'Ended.' } },
      errors: ['forbidden'],
    },
    async ({ ctx, params: { id } }) => {
      const { disconnect, findConnection } = await verbs();
      await disconnect(ctx, await findConnection(ctx, id), {
        actor: actorOf(ctx.caller),
        reason: 'user',
        requestId: ctx.requestId,
      });
      return { status: 204 };
    },
  );
  mount(
    door,
    {
      ...shared,
      method: 'post',
      path: `${path}/reconnect`,
      id: 'reconnectConnection',
      summary: 'Link the same account anew, or with another tier',
      params,
      body: z.strictObject({
        tier: z.string().max(60).optional(),
        url: z.string().max(2_048).optional().describe('Of `secret-url`: the new address.'),
      }),
      isBodyOptional: true,
      answers: { 200: { description: 'Begun.', schema: begun } },
      errors: ['forbidden', 'policy_refused', 'state_conflict'],
    },
    async ({ ctx, params: { id }, body }) => {
      const { row, authorizeUrl } = await (await verbs()).reconnect(ctx, id, body);
      return { status: 200, body: { ...showConnection(row), authorize_url: authorizeUrl } };
    },
  );
  mount(
    door,
    {
      ...shared,
      method: 'post',
      path: `${path}/check`,
      id: 'checkConnection',
      summary: 'Ask the vendor now whether all is well',
      params,
      answers: {
        200: {
          description: 'As it is now, and what the vendor said.',
          schema: shownConnection.extend({
            is_well: z.boolean(),
            missing_scopes: z.array(z.string()),
            detail: z.string(),
          }),
        },
      },
      errors: ['forbidden', 'state_conflict'],
    },
    async ({ ctx, params: { id } }) => ({ status: 200, body: await (await verbs()).checkNow(ctx, id) }),
  );
}
