import * as z from 'zod';
import { idPattern } from '#src/columns';
import { afterParameter, limitParameter, pageOf } from '#src/wire';
import { createOwnStaffToken, endStaffToken, listStaffTokens } from './own-tokens.ts';
import { permissionNames } from './permissions.ts';
import { type StaffDoor, staffRoute } from './route.ts';

const tag = 'Staff';

/** Tokens for scripts of staff. */
export function tokenRoutes(door: StaffDoor): void {
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/staff-tokens',
      id: 'listStaffTokens',
      tag,
      summary: 'List one’s own staff tokens, newest first; everybody’s with staff:read',
      permission: null,
      query: z.strictObject({
        of: z.enum(['own', 'all']).default('own'),
        limit: limitParameter,
        after: afterParameter,
      }),
      answers: {
        200: {
          description: 'A page, without the tokens themselves.',
          schema: pageOf(
            z.strictObject({
              id: z.string(),
              label: z.string(),
              user: z.string(),
              name: z.string(),
              permissions: z.array(z.string()),
              state: z.enum(['active', 'expired', 'revoked']),
              elevated_until: z.string().nullable(),
              created_at: z.string(),
              expires_at: z.string().nullable(),
              last_used_at: z.string().nullable(),
              revoked_at: z.string().nullable(),
            }),
          ),
        },
      },
      errors: ['invalid_cursor', 'invalid_parameter'],
    },
    async ({ ctx, query }) => ({ status: 200, body: await listStaffTokens(ctx, query) }),
  );
  staffRoute(
    door,
    {
      method: 'post',
      path: '/admin/v1/staff-tokens',
      id: 'createStaffToken',
      tag,
      summary: 'Make a token for a script of one’s own, for 8 hours at most',
      description:
        'It may do what is named here and what one’s roles allow at each call; what they do not allow now is refused with 403. What is sensitive takes an elevation for the token besides.',
      permission: 'staff:script',
      body: z.strictObject({
        label: z.string().trim().min(1).max(100),
        permissions: z.array(z.enum(permissionNames)).min(1).max(permissionNames.length),
        minutes: z.int().min(1).max(480).default(60).describe('How long it lives.'),
      }),
      answers: {
        201: {
          description: 'Made. The token is in this answer and in no other.',
          schema: z.strictObject({
            id: z.string(),
            token: z.string(),
            permissions: z.array(z.enum(permissionNames)),
            expires_at: z.string(),
          }),
        },
      },
    },
    async ({ ctx, body }) => {
      const { label, permissions, minutes } = body;
      const made = await createOwnStaffToken(ctx, { label, permissions, lifeMs: minutes * 60_000 });
      const { id, token, expiresAt } = made;
      return {
        status: 201,
        body: { id, token, permissions: made.permissions, expires_at: expiresAt.toISOString() },
      };
    },
  );
  staffRoute(
    door,
    {
      method: 'delete',
      path: '/admin/v1/staff-tokens/{id}',
      id: 'endStaffToken',
      tag,
      summary: 'Revoke a staff token of one’s own; a colleague’s takes staff:manage',
      permission: null,
      params: z.strictObject({ id: z.string().regex(idPattern('tok')) }),
      answers: { 204: { description: 'Every call with it is refused from now on.' } },
      errors: ['elevation_needed'],
    },
    async ({ ctx, params }) => {
      await endStaffToken(ctx, params.id);
      return { status: 204 };
    },
  );
}
