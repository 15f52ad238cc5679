import * as z from 'zod';
import { idPattern } from '#src/columns';
import {
  afterParameter,
  conditional,
  type Door,
  limitParameter,
  mount,
  mountAt,
  notModified,
  pageOf,
} from '#src/wire';
import { answerIntent, intentResult } from './answer.ts';
import { readIntentFeed } from './feed.ts';
import { rfpWish } from './kinds.ts';
import { messageKeyOf, rfpEntrance, type SignedDoor } from './signed.ts';
import { senderRoutes } from './sender-routes.ts';
import { findRequest, idempotencyKeyOf, listRequests, requestRfp } from './requests.ts';
import { showIntent, shownIntent, shownRequest, showRequest } from './show.ts';

const params = z.strictObject({ id: z.string().regex(idPattern('int')) });
const page = z.strictObject({ after: afterParameter, limit: limitParameter });

/** What partners and accounts ask for, and what becomes of it. */
export function intentRoutes(door: SignedDoor): void {
  askRoute(door);
  senderRoutes(door);
  requestRoutes(door);
  coreRoutes(door);
}

function askRoute(door: SignedDoor): void {
  mountAt(
    rfpEntrance(door),
    {
      method: 'post',
      path: '/v1/rfps',
      id: 'requestRfp',
      tag: 'RFPs',
      summary: 'Ask the marketplace to create an RFP',
      description:
        'Recorded at once, whether the marketplace can be reached or not. Where the app or the account is not approved yet, staff look first (`pending_review`). An accepted one comes back as `rfp.created`, with `external_ref` and `intent_id`. The same `external_ref`, or the same `Idempotency-Key`, with the same body is answered with the same intent; with another body it is 409. In place of a token it takes the signature of a sender (Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp`, `webhook-signature`, over the bytes as they are sent); its `webhook-id` is then the Idempotency-Key, where none is given.',
      query: z.strictObject({
        sender: z
          .string()
          .optional()
          .describe('Who has signed, where no token is sent: a part of the `url` of a sender.'),
      }),
      body: rfpWish.extend({
        external_ref: z
          .string()
          .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,118}[\x21-\x7e])?$/, '1 to 120 printable ASCII characters.')
          .describe('Your own id of it: it stands for one RFP, whatever is sent again.'),
      }),
      answers: { 202: { description: 'Recorded, or known from before.', schema: shownRequest } },
      errors: ['invalid_parameter', 'conflict', 'idempotency_conflict', 'forbidden', 'signature_invalid'],
    },
    async ({ ctx, request, body: { external_ref: externalRef, ...body } }) => {
      const idempotencyKey = idempotencyKeyOf(request) ?? messageKeyOf(ctx, request);
      const row = await requestRfp(ctx, { externalRef, body, idempotencyKey });
      return {
        status: 202,
        body: showRequest(row),
        headers: { location: new URL(`/v1/rfps/requests/${row.id}`, ctx.settings.publicUrl).href },
      };
    },
  );
}

function requestRoutes(door: Door): void {
  mount(
    door,
    {
      method: 'get',
      path: '/v1/rfps/requests',
      id: 'listRfpRequests',
      tag: 'RFPs',
      summary: 'List what you have asked for, newest first',
      scope: 'rfps:create',
      query: page,
      answers: { 200: { description: 'A page.', schema: pageOf(shownRequest) } },
      errors: ['invalid_parameter', 'invalid_cursor', 'forbidden'],
    },
    async ({ ctx, query }) => {
      const { rows, cursor } = await listRequests(ctx, query);
      return { status: 200, body: { data: rows.map(showRequest), next_cursor: cursor } };
    },
  );
  mount(
    door,
    {
      method: 'get',
      path: '/v1/rfps/requests/{id}',
      id: 'getRfpRequest',
      tag: 'RFPs',
      summary: 'See what became of one',
      scope: 'rfps:create',
      params,
      answers: { 200: { description: 'As it stands.', schema: shownRequest }, 304: notModified },
      errors: ['not_found', 'forbidden'],
    },
    async ({ ctx, request, params: { id } }) =>
      conditional(ctx, request, showRequest(await findRequest(ctx, id))),
  );
}

function coreRoutes(door: Door): void {
  mount(
    door,
    {
      method: 'get',
      path: '/v1/intents',
      id: 'listIntents',
      tag: 'Intents',
      summary: 'Read what is asked of the marketplace, in the order in which it became open',
      description:
        'For the marketplace’s core. Nothing is skipped and nothing comes twice after a cursor; each stands there as it is now, those answered already too.',
      scope: 'intents:read',
      query: page,
      answers: {
        200: { description: 'A page; its cursor is never null.', schema: pageOf(shownIntent, z.string()) },
      },
      errors: ['invalid_parameter', 'invalid_cursor'],
    },
    async ({ ctx, query }) => {
      const { rows, cursor } = await readIntentFeed(ctx, query);
      return { status: 200, body: { data: rows.map(showIntent), next_cursor: cursor } };
    },
  );
  mount(
    door,
    {
      method: 'post',
      path: '/v1/intents/{id}/result',
      id: 'answerIntent',
      tag: 'Intents',
      summary: 'Say what became of one',
      description: 'For the marketplace’s core. The same answer again is answered the same; another is 409.',
      scope: 'intents:read',
      params,
      body: intentResult,
      answers: { 200: { description: 'Answered.', schema: shownIntent } },
      errors: ['not_found', 'state_conflict'],
    },
    async ({ ctx, params: { id }, body }) => ({
      status: 200,
      body: showIntent(await answerIntent(ctx, id, body)),
    }),
  );
}
