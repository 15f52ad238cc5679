import * as z from 'zod';
import { idPattern, publisherEventId } from '#src/columns';
import { countQuarantined, findRedrive } from '#src/events';
import { type StaffDoor, staffRoute } from '#src/staff';
import { afterParameter, limitParameter, pageOf } from '#src/wire';
import { recordLook } from './look.ts';
import { oneKept, quarantineList, redriveKept, redriveMany, redriveReach } from './quarantine.ts';
import { shownCounts, shownKept, shownKeptWhole, shownPreview, shownRedrive } from './quarantine-shown.ts';

const tag = 'Staff';
const env = z.enum(['live', 'test']);
const oneEvent = z.strictObject({ id: z.string().regex(publisherEventId) });
const filter = {
  type: z.string().min(1).max(100).nullable().default(null),
  reason: z
    .string()
    .min(1)
    .max(300)
    .nullable()
    .default(null)
    .describe('A code, or with where in the data: `schema`, `schema:/confirmed_at`.'),
  publisher: z
    .string()
    .regex(idPattern('tok'))
    .nullable()
    .default(null)
    .describe('The token that it was published by.'),
};

/** Events that were kept back: looked at, and driven on once the catalogue was mended. */
export function quarantineRoutes(door: StaffDoor): void {
  listRoutes(door);
  // Before what reads one event: these are no ids.
  manyRoutes(door);
  oneRoutes(door);
}

function listRoutes(door: StaffDoor): void {
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/quarantine',
      id: 'listQuarantineForStaff',
      tag,
      summary: 'List events that were kept and not delivered, newest first',
      permission: 'quarantine:read',
      query: z.strictObject({
        env: env.default('live'),
        ...filter,
        limit: limitParameter,
        after: afterParameter,
      }),
      answers: { 200: { description: 'A page, without data.', schema: pageOf(shownKept) } },
      errors: ['invalid_cursor', 'invalid_parameter'],
    },
    async ({ ctx, query }) => ({ status: 200, body: (await quarantineList(ctx, query)).page }),
  );
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/quarantine/counts',
      id: 'countQuarantineForStaff',
      tag,
      summary: 'Count what was kept and not delivered, by type, reason and publisher',
      permission: 'quarantine:read',
      query: z.strictObject({ env: env.default('live') }),
      answers: { 200: { description: 'Of the newest 10,000.', schema: shownCounts } },
      errors: ['invalid_parameter'],
    },
    async ({ ctx, query }) => {
      const counts = await countQuarantined(ctx, query.env);
      await recordLook(ctx, { action: 'look.quarantine', subject: 'quarantine', detail: { env: query.env } });
      return { status: 200, body: counts };
    },
  );
}

function manyRoutes(door: StaffDoor): void {
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/quarantine/redrives/preview',
      id: 'previewRedriveForStaff',
      tag,
      summary: 'Say how many events a re-drive would take, and how many of them would be accepted now',
      permission: 'quarantine:read',
      query: z.strictObject({ env, ...filter }),
      answers: {
        200: {
          description: 'Nothing is done. Counting stops at 10,000; the oldest 100 are tried.',
          schema: shownPreview,
        },
      },
      errors: ['invalid_parameter'],
    },
    async ({ ctx, query }) => ({ status: 200, body: await redriveReach(ctx, query) }),
  );
  staffRoute(
    door,
    {
      method: 'post',
      path: '/admin/v1/quarantine/redrives',
      id: 'startRedriveForStaff',
      tag,
      summary: 'Re-drive every event in quarantine that fits, as it is, oldest first',
      description:
        'Goes on by itself. What is still wrong stays, with the reasons of that moment; what comes into quarantine meanwhile is left alone.',
      permission: 'quarantine:redrive',
      body: z.strictObject({
        env,
        ...filter,
        through: z
          .int()
          .min(0)
          .nullable()
          .default(null)
          .describe('As the preview said it, so that no more is taken than was previewed.'),
      }),
      answers: { 202: { description: 'Begun.', schema: shownRedrive } },
      errors: ['state_conflict'],
    },
    async ({ ctx, body }) => {
      const { through, ...asked } = body;
      return { status: 202, body: await findRedrive(ctx, await redriveMany(ctx, asked, through)) };
    },
  );
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/quarantine/redrives/{id}',
      id: 'getRedriveForStaff',
      tag,
      summary: 'Say how far a re-drive is, and what it has brought',
      permission: 'quarantine:read',
      params: z.strictObject({ id: z.string().regex(idPattern('tsk')) }),
      answers: { 200: { description: 'At this moment.', schema: shownRedrive } },
    },
    async ({ ctx, params }) => ({ status: 200, body: await findRedrive(ctx, params.id) }),
  );
}

function oneRoutes(door: StaffDoor): void {
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/quarantine/{id}',
      id: 'getQuarantineForStaff',
      tag,
      summary: 'Read one event that is or was in quarantine; its data only with people:unmask',
      permission: 'quarantine:read',
      params: oneEvent,
      query: z.strictObject({ env: env.default('live') }),
      answers: {
        200: {
          description: 'The event and why it is here; once accepted, what that has brought.',
          schema: shownKeptWhole,
        },
      },
      errors: ['invalid_parameter'],
    },
    async ({ ctx, params, query }) => ({ status: 200, body: await oneKept(ctx, query.env, params.id) }),
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
      query: z.strictObject({ env: env.default('live') }),
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
      body: await redriveKept(ctx, query.env, params.id),
    }),
  );
}
