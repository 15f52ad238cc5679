import * as z from 'zod';
import { idPattern } from '#src/columns';
import { elevate, endElevation } from './elevations.ts';
import type { Elevation } from './enter.ts';
import { permissionNames, sensitivePermissions, staffRoles } from './permissions.ts';
import { type StaffDoor, staffRoute } from './route.ts';

const tag = 'Staff';
const reason = z.string().trim().min(10, 'Ten characters at least: it is what the trail will say.').max(500);
const shownElevation = z.strictObject({
  id: z.string(),
  permissions: z.array(z.enum(permissionNames)),
  reason: z.string(),
  until: z.string(),
});

const showElevation = ({ id, permissions, reason: why, until }: Elevation) => ({
  id,
  permissions: [...permissions],
  reason: why,
  until: until.toISOString(),
});

/** What each member of staff does about their own powers. */
export function ownRoutes(door: StaffDoor): void {
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/me',
      id: 'getStaffMe',
      tag,
      summary: 'Say which roles one has, and what they allow',
      permission: null,
      answers: {
        200: {
          description: 'Who calls.',
          schema: z.strictObject({
            id: z.string(),
            name: z.string(),
            roles: z.array(z.enum(staffRoles)),
            permissions: z.array(z.enum(permissionNames)),
            elevation: shownElevation.nullable(),
          }),
        },
      },
    },
    async ({ ctx: { staff } }) => ({
      status: 200,
      body: {
        id: staff.userId,
        name: staff.name,
        roles: staff.roles,
        permissions: [...staff.permissions].sort(),
        elevation: staff.elevation && showElevation(staff.elevation),
      },
    }),
  );
  staffRoute(
    door,
    {
      method: 'post',
      path: '/admin/v1/elevations',
      id: 'createElevation',
      tag,
      summary: 'Ask for sensitive permissions for 15 minutes, with a reason',
      description:
        'By a session whose sign-in is not older than 10 minutes (else 403 `sign_in_again`). For that session, or for a staff token of one’s own. It takes the place of the one before, and ends by itself.',
      permission: null,
      body: z.strictObject({
        permissions: z.array(z.enum(sensitivePermissions)).min(1).max(sensitivePermissions.length),
        reason,
        token: z
          .string()
          .regex(idPattern('tok'))
          .nullable()
          .default(null)
          .describe('A staff token of one’s own; null: this session.'),
      }),
      answers: { 201: { description: 'It holds from now on.', schema: shownElevation } },
      errors: ['sign_in_again', 'not_found'],
    },
    async ({ ctx, body }) => ({ status: 201, body: showElevation(await elevate(ctx, body)) }),
  );
  staffRoute(
    door,
    {
      method: 'delete',
      path: '/admin/v1/elevations/{id}',
      id: 'endElevation',
      tag,
      summary: 'End an elevation of one’s own before its time',
      permission: null,
      params: z.strictObject({ id: z.string().regex(idPattern('elv')) }),
      answers: { 204: { description: 'Ended.' } },
    },
    async ({ ctx, params }) => {
      await endElevation(ctx, params.id);
      return { status: 204 };
    },
  );
}
