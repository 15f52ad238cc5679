import * as z from 'zod';
import { staffActor, type StaffDoor, staffRoute } from '#src/staff';
import { afterParameter, limitParameter, pageOf } from '#src/wire';
import {
  liftSuspension,
  listSuspensions,
  suspendAccess,
  suspensionLevels,
  suspensionReasons,
} from './suspend.ts';

const tag = 'Suspensions';
const level = z.enum(suspensionLevels);
const id = z.string().min(1).max(100);
const shownSuspension = z.strictObject({
  level: z.string(),
  id: z.string(),
  reason: z.string().nullable().describe('Of staff, or of the hub itself, such as `refresh_reuse`.'),
  note: z.string().nullable(),
  actor: z.string().nullable(),
  suspended_at: z.string(),
});

/** The reversible form; the preview is that of a revocation. */
export function suspensionRoutes(door: StaffDoor): void {
  staffRoute(
    door,
    {
      method: 'post',
      path: '/admin/v1/suspensions',
      id: 'createSuspension',
      tag,
      summary: 'Suspend access: calls answer 403, deliveries wait',
      permission: 'suspensions:create',
      body: z.strictObject({
        level,
        id,
        reason: z.enum(suspensionReasons),
        note: z.string().trim().max(1_000).nullable().default(null).describe('For staff alone.'),
      }),
      answers: {
        200: { description: 'It was suspended for this reason before.', schema: shownSuspension },
        201: { description: 'Suspended.', schema: shownSuspension },
      },
      errors: ['not_found'],
    },
    async ({ ctx, body }) => {
      const wish = { ...body, requestId: ctx.requestId };
      const { suspension, already } = await suspendAccess(ctx, staffActor(ctx.staff), wish);
      return { status: already ? 200 : 201, body: suspension };
    },
  );
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/suspensions',
      id: 'listSuspensions',
      tag,
      summary: 'List what is suspended, the latest first',
      permission: 'revocations:read',
      query: z.strictObject({ level: level.optional(), limit: limitParameter, after: afterParameter }),
      answers: { 200: { description: 'A page.', schema: pageOf(shownSuspension) } },
      errors: ['invalid_cursor', 'invalid_parameter'],
    },
    async ({ ctx, query }) => ({ status: 200, body: await listSuspensions(ctx, query) }),
  );
  staffRoute(
    door,
    {
      method: 'delete',
      path: '/admin/v1/suspensions/{level}/{id}',
      id: 'liftSuspension',
      tag,
      summary: 'Lift a suspension: what waited goes out, what was revoked stays revoked',
      permission: 'suspensions:create',
      params: z.strictObject({ level, id }),
      answers: { 204: { description: 'Lifted.' } },
      errors: ['state_conflict'],
    },
    async ({ ctx, params }) => {
      await liftSuspension(ctx, staffActor(ctx.staff), { ...params, requestId: ctx.requestId });
      return { status: 204 };
    },
  );
}
