import * as z from 'zod';
import { idPattern } from '#src/columns';
import { intentKinds, intentStates, sourcePattern } from '#src/intents';
import { type StaffDoor, staffRoute } from '#src/staff';
import { afterParameter, limitParameter, pageOf } from '#src/wire';
import { oneApproval, staffApproval } from './approvals.ts';
import { staffIntent } from './intent-mask.ts';
import { intentList, oneIntent } from './intents.ts';
import { subjectPatterns } from './levels.ts';

/** What waits for a decision, one by one; the decisions themselves are the rooms' own. */
export function waitingRoutes(door: StaffDoor): void {
  intentRoutes(door);
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/approvals/{subscription}',
      id: 'getApproval',
      tag: 'Approvals',
      summary: 'Look at one: what it would receive, why it waits, who decided',
      permission: 'approvals:read',
      params: z.strictObject({ subscription: z.string().regex(idPattern('sub')) }),
      answers: { 200: { description: 'As it stands.', schema: staffApproval } },
      errors: ['not_found'],
    },
    async ({ ctx, params }) => ({ status: 200, body: await oneApproval(ctx, params.subscription) }),
  );
}

function intentRoutes(door: StaffDoor): void {
  const tag = 'Staff';
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/intents',
      id: 'listStaffIntents',
      tag,
      summary: 'List intents: what waits oldest first, everything else newest first',
      permission: 'intents:review',
      query: z.strictObject({
        state: z.enum([...intentStates, 'all']).default('pending_review'),
        kind: z.enum(intentKinds).optional(),
        source: z.string().regex(sourcePattern).optional(),
        account: z.string().regex(subjectPatterns.account).optional(),
        after: afterParameter,
        limit: limitParameter,
      }),
      answers: { 200: { description: 'A page.', schema: pageOf(staffIntent) } },
      errors: ['invalid_parameter', 'invalid_cursor'],
    },
    async ({ ctx, query }) => ({ status: 200, body: await intentList(ctx, query) }),
  );
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/intents/{id}',
      id: 'getStaffIntent',
      tag,
      summary: 'Look at one, and at what became of it',
      permission: 'intents:review',
      params: z.strictObject({ id: z.string().regex(idPattern('int')) }),
      answers: {
        200: {
          description: 'As it stands.',
          schema: staffIntent
            .extend({
              steps: z
                .array(z.strictObject({ at: z.string(), what: z.string(), by: z.string() }))
                .describe('From the audit trail, oldest first.'),
            })
            .meta({ id: 'StaffIntentRecord' }),
        },
      },
      errors: ['not_found'],
    },
    async ({ ctx, params }) => ({ status: 200, body: await oneIntent(ctx, params.id) }),
  );
}
