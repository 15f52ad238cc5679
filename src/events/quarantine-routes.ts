import * as z from 'zod';
import { publisherEventId } from '#src/columns';
import { defaultSettings } from '#src/context';
import { afterParameter, type Door, limitParameter, mount, pageOf } from '#src/wire';
import { findQuarantined, listQuarantined } from './quarantine.ts';
import { redrive } from './redrive.ts';

const shown = {
  id: z.string(),
  type: z.string(),
  schema_version: z.int(),
  subject: z.string(),
  sequence: z.int(),
  city: z.string().nullable(),
  occurred_at: z.string(),
  accepted_at: z.string(),
  reasons: z.array(z.strictObject({ code: z.string(), pointer: z.string(), detail: z.string() })),
};
const shownWhole = z.strictObject({
  ...shown,
  audience: z.array(z.string()),
  data: z.record(z.string(), z.unknown()),
  publisher: z.string().nullable().describe('The token that it was published by.'),
  receipt: z.strictObject({
    id: z.string(),
    received_at: z.string().nullable(),
    body: z.string().nullable().describe('The request as it came, while it is kept.'),
  }),
});
const mended = z.strictObject({
  data: z.record(z.string(), z.unknown()).optional().describe('Takes the place of the data in quarantine.'),
  schema_version: z.int().min(1).max(1_000).optional(),
});
const oneEvent = z.strictObject({ id: z.string().regex(publisherEventId) });
const tag = 'Quarantine';

export function quarantineRoutes(door: Door): void {
  mount(
    door,
    {
      method: 'get',
      path: '/v1/quarantine',
      id: 'listQuarantinedEvents',
      tag,
      summary: 'List events that were kept and not delivered, newest first',
      scope: 'events:publish',
      query: z.strictObject({ limit: limitParameter, after: afterParameter }),
      answers: {
        200: { description: 'A page, without data.', schema: pageOf(z.strictObject(shown)) },
      },
      errors: ['invalid_cursor', 'invalid_parameter'],
    },
    async ({ ctx, query }) => ({ status: 200, body: await listQuarantined(ctx, query) }),
  );
  mount(
    door,
    {
      method: 'get',
      path: '/v1/quarantine/{id}',
      id: 'getQuarantinedEvent',
      tag,
      summary: 'Read one event in quarantine, with its data as received',
      scope: 'events:publish',
      params: oneEvent,
      answers: { 200: { description: 'The event and why it is here.', schema: shownWhole } },
    },
    async ({ ctx, params }) => ({ status: 200, body: await findQuarantined(ctx, params.id) }),
  );
  mount(
    door,
    {
      method: 'post',
      path: '/v1/quarantine/{id}/redrive',
      id: 'redriveEvent',
      tag,
      summary: 'Accept an event out of quarantine, as it is or mended',
      description:
        'Validated again, then accepted and delivered once. It keeps its id and sequence number: a consumer ignores it where it has a newer one.',
      scope: 'events:publish',
      params: oneEvent,
      body: mended,
      isBodyOptional: true,
      maxBytes: defaultSettings.maxEventBytes,
      answers: {
        200: {
          description: 'Accepted.',
          schema: z.strictObject({ id: z.string(), status: z.literal('accepted'), sequence: z.int() }),
        },
      },
      errors: ['state_conflict'],
    },
    async ({ ctx, params, body }) => ({
      status: 200,
      body: await redrive(ctx, params.id, { data: body.data, schemaVersion: body.schema_version }),
    }),
  );
}
