import * as z from 'zod';
import { idPattern } from '#src/columns';
import { afterParameter, type Door, limitParameter, mount } from '#src/wire';
import { shownRecall } from './recall-shape.ts';
import { shownCall, shownObject } from './show.ts';

const verbs = () => import('./verbs.ts');

const path = '/v1/connections/{id}';
const params = z.strictObject({ id: z.string().regex(idPattern('con')) });
const shared = { tag: 'Connections', scope: 'connections:manage' } as const;
const page = z.strictObject({ limit: limitParameter, cursor: afterParameter });

/** What a connection does, has done, and can take back. */
export function useRoutes(door: Door): void {
  mount(
    door,
    {
      ...shared,
      method: 'post',
      path: `${path}/preview`,
      id: 'previewConnection',
      summary: 'Say what the last real events would do there',
      description:
        'Nothing is sent. Where no event of these types has happened yet, it is samples of the catalogue that are planned.',
      params,
      body: z.strictObject({
        options: z.record(z.string(), z.unknown()).default({}),
        event_types: z.array(z.string().min(1).max(100)).min(1).max(100),
        last: z.int().min(1).max(20).default(5),
      }),
      answers: {
        200: {
          description: 'Newest first.',
          schema: z.strictObject({
            data: z.array(
              z.strictObject({
                event: z.record(z.string(), z.unknown()),
                ops: z.array(z.record(z.string(), z.unknown())),
                is_sample: z.boolean().describe('Of the catalogue; no event of yours.'),
              }),
            ),
          }),
        },
      },
      errors: ['forbidden'],
    },
    async ({ ctx, params: { id }, body }) => ({
      status: 200,
      body: { data: await (await verbs()).previewConnection(ctx, id, body) },
    }),
  );
  mount(
    door,
    {
      ...shared,
      method: 'get',
      path: `${path}/choices/{field}`,
      id: 'listConnectionChoices',
      summary: 'List what the vendor has for a field of the form',
      params: params.extend({ field: z.string().max(60) }),
      answers: {
        200: {
          description: 'Channels, pipelines, stages.',
          schema: z.strictObject({ data: z.array(z.strictObject({ id: z.string(), label: z.string() })) }),
        },
      },
      errors: ['forbidden', 'vendor_unavailable'],
    },
    async ({ ctx, params: { id, field } }) => ({
      status: 200,
      body: { data: await (await verbs()).listChoices(ctx, id, field) },
    }),
  );
  mount(
    door,
    {
      ...shared,
      method: 'get',
      path: `${path}/calls`,
      id: 'listConnectionCalls',
      summary: 'List the calls that were made to the vendor',
      params,
      query: page,
      answers: {
        200: {
          description: 'Newest first.',
          schema: z.strictObject({ data: z.array(shownCall), next_cursor: z.string().nullable() }),
        },
      },
      errors: ['forbidden', 'invalid_cursor'],
    },
    async ({ ctx, params: { id }, query }) => ({
      status: 200,
      body: await (await verbs()).listCalls(ctx, id, query),
    }),
  );
  mount(
    door,
    {
      ...shared,
      method: 'get',
      path: `${path}/objects`,
      id: 'listConnectionObjects',
      summary: 'List what was made at the vendor',
      params,
      query: page,
      answers: {
        200: {
          description: 'By key.',
          schema: z.strictObject({ data: z.array(shownObject), next_cursor: z.string().nullable() }),
        },
      },
      errors: ['forbidden', 'invalid_cursor'],
    },
    async ({ ctx, params: { id }, query }) => ({
      status: 200,
      body: await (await verbs()).listObjects(ctx, id, query),
    }),
  );
}

export function recallRoutes(door: Door): void {
  mount(
    door,
    {
      ...shared,
      method: 'post',
      path: `${path}/recalls`,
      id: 'recallConnection',
      summary: 'Take back what was made at the vendor',
      description:
        'All of it, or what begins with a key: `booking:bkg_…`. What the vendor keeps is in the report.',
      params,
      body: z.strictObject({ key: z.string().max(200).optional() }),
      isBodyOptional: true,
      answers: { 202: { description: 'Begun.', schema: shownRecall } },
      errors: ['forbidden', 'state_conflict'],
    },
    async ({ ctx, params: { id }, body }) => ({
      status: 202,
      body: await (await verbs()).recall(ctx, id, body.key),
    }),
  );
  mount(
    door,
    {
      ...shared,
      method: 'get',
      path: `${path}/recalls/{recall}`,
      id: 'getConnectionRecall',
      summary: 'Say what was taken back, and what is left',
      params: params.extend({ recall: z.string().regex(idPattern('tsk')) }),
      answers: { 200: { description: 'As it is now.', schema: shownRecall } },
      errors: ['forbidden'],
    },
    async ({ ctx, params: { id, recall } }) => ({
      status: 200,
      body: await (await verbs()).findRecall(ctx, id, recall),
    }),
  );
}
