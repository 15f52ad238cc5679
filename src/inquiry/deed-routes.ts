import * as z from 'zod';
import { idPattern, publisherEventId } from '#src/columns';
import type { Ctx } from '#src/context';
import { findQuarantined, hubCaller, listQuarantined, redrive } from '#src/events';
import { reviewPartner } from '#src/oauth';
import { mayNow, staffActor, type StaffCtx, type StaffDoor, staffRoute } from '#src/staff';
import { afterParameter, limitParameter, pageOf } from '#src/wire';
import { recordLook } from './look.ts';

const tag = 'Staff';
const env = z.enum(['live', 'test']).default('live');
const oneEvent = z.strictObject({ id: z.string().regex(publisherEventId) });
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

/** What the marketplace's own token may do with what was kept back, as the member of staff who does it. */
const publishing = (ctx: StaffCtx, of: 'live' | 'test'): Ctx => ({
  ...ctx,
  caller: { ...hubCaller(of), tokenId: ctx.staff.via.id, userId: staffActor(ctx.staff) },
});

/** Events that were kept back, and the reviews that partners need. */
export function deedRoutes(door: StaffDoor): void {
  quarantineRoutes(door);
  staffRoute(
    door,
    {
      method: 'post',
      path: '/admin/v1/partners/{id}/reviews',
      id: 'reviewPartner',
      tag,
      summary: 'Put an abuse and privacy review on record; the latest counts',
      description: 'Before one has passed, the partner’s apps get no restricted and no writing scope.',
      permission: 'partners:review',
      params: z.strictObject({ id: z.string().regex(idPattern('ptr')) }),
      body: z.strictObject({
        outcome: z.enum(['passed', 'refused']),
        note: z
          .string()
          .trim()
          .min(1)
          .max(1_000)
          .describe('What was looked at, and where it is written down.'),
      }),
      answers: {
        201: {
          description: 'On record.',
          schema: z.strictObject({ partner: z.string(), outcome: z.enum(['passed', 'refused']) }),
        },
      },
    },
    async ({ ctx, params, body }) => {
      await reviewPartner(ctx, staffActor(ctx.staff), { partnerId: params.id, ...body });
      return { status: 201, body: { partner: params.id, outcome: body.outcome } };
    },
  );
}

function quarantineRoutes(door: StaffDoor): void {
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/quarantine',
      id: 'listQuarantineForStaff',
      tag,
      summary: 'List events that were kept and not delivered, newest first',
      permission: 'quarantine:read',
      query: z.strictObject({ env, limit: limitParameter, after: afterParameter }),
      answers: { 200: { description: 'A page, without data.', schema: pageOf(z.strictObject(shown)) } },
      errors: ['invalid_cursor', 'invalid_parameter'],
    },
    async ({ ctx, query }) => {
      const page = await listQuarantined(publishing(ctx, query.env), query);
      await recordLook(ctx, { action: 'look.quarantine', subject: 'quarantine', detail: { env: query.env } });
      return { status: 200, body: page };
    },
  );
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/quarantine/{id}',
      id: 'getQuarantineForStaff',
      tag,
      summary: 'Read one event in quarantine; its data only with people:unmask',
      permission: 'quarantine:read',
      params: oneEvent,
      query: z.strictObject({ env }),
      answers: {
        200: {
          description: 'The event and why it is here.',
          schema: z.strictObject({
            ...shown,
            audience: z.array(z.string()),
            data: z
              .record(z.string(), z.unknown())
              .nullable()
              .describe('As received. Null where people are masked: nobody has looked at what is in it.'),
          }),
        },
      },
      errors: ['invalid_parameter'],
    },
    async ({ ctx, params, query }) => {
      const {
        receipt: _receipt,
        data,
        ...found
      } = await findQuarantined(publishing(ctx, query.env), params.id);
      await recordLook(ctx, { action: 'look.quarantined', subject: params.id });
      return { status: 200, body: { ...found, data: mayNow(ctx.staff, 'people:unmask') ? data : null } };
    },
  );
  staffRoute(
    door,
    {
      method: 'post',
      path: '/admin/v1/quarantine/{id}/redrive',
      id: 'redriveForStaff',
      tag,
      summary: 'Accept an event out of quarantine as it is, once the catalogue was mended',
      permission: 'quarantine:redrive',
      params: oneEvent,
      query: z.strictObject({ env }),
      answers: {
        200: {
          description: 'Accepted.',
          schema: z.strictObject({ id: z.string(), status: z.literal('accepted'), sequence: z.int() }),
        },
      },
      errors: ['validation_failed', 'state_conflict', 'invalid_parameter'],
    },
    async ({ ctx, params, query }) => ({
      status: 200,
      body: await redrive(publishing(ctx, query.env), params.id),
    }),
  );
}
