import * as z from 'zod';
import { idPattern } from '#src/columns';
import { PatchbayError } from '#src/errors';
import { staffActor } from './enter.ts';
import { staffRoles } from './permissions.ts';
import { endRole, grantRole, listStaff } from './roles.ts';
import { type StaffCtx, type StaffDoor, staffRoute } from './route.ts';

const tag = 'Staff';
const held = z.strictObject({ user: z.string().regex(idPattern('usr')), role: z.enum(staffRoles) });

/** Who has which role. The first officer is made from the operator's shell. */
export function roleRoutes(door: StaffDoor): void {
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/staff',
      id: 'listStaff',
      tag,
      summary: 'List who has which role, by name',
      permission: 'staff:read',
      answers: {
        200: {
          description: 'Everyone with a role.',
          schema: z.strictObject({
            data: z.array(
              z.strictObject({
                user: z.string(),
                name: z.string(),
                role: z.string(),
                granted_by: z.string(),
                since: z.string(),
              }),
            ),
          }),
        },
      },
    },
    async ({ ctx }) => {
      const rows = await listStaff(ctx);
      const data = rows.map(({ userId, name, role, grantedBy, since }) => ({
        user: userId,
        name,
        role,
        granted_by: grantedBy,
        since: since.toISOString(),
      }));
      return { status: 200, body: { data } };
    },
  );
  staffRoute(
    door,
    {
      method: 'post',
      path: '/admin/v1/staff',
      id: 'grantStaffRole',
      tag,
      summary: 'Give somebody a role; never oneself',
      permission: 'staff:manage',
      body: held,
      answers: { 201: { description: 'It counts from the next call on.', schema: held } },
      errors: ['not_found', 'state_conflict'],
    },
    async ({ ctx, body }) => {
      refuseOneself(ctx, body.user);
      const { user: userId, role } = body;
      await grantRole(ctx, { by: staffActor(ctx.staff), userId, role, requestId: ctx.requestId });
      return { status: 201, body };
    },
  );
  staffRoute(
    door,
    {
      method: 'delete',
      path: '/admin/v1/staff/{user}/roles/{role}',
      id: 'endStaffRole',
      tag,
      summary: 'Take a role from somebody; never from oneself',
      permission: 'staff:manage',
      params: held,
      answers: { 204: { description: 'It is gone from the next call on.' } },
    },
    async ({ ctx, params }) => {
      refuseOneself(ctx, params.user);
      const { user: userId, role } = params;
      await endRole(ctx, { by: staffActor(ctx.staff), userId, role, requestId: ctx.requestId });
      return { status: 204 };
    },
  );
}

/** Who gives roles must not be able to give themselves all of them, nor to leave nobody who could. */
export function refuseOneself({ staff }: StaffCtx, userId: string): void {
  if (staff.userId === userId)
    throw new PatchbayError('forbidden', { public: 'Nobody changes their own roles: ask a colleague.' });
}
