import * as z from 'zod';
import { idPattern } from '#src/columns';
import { type StaffDoor, staffRoute } from '#src/staff';
import { afterParameter, limitParameter, pageOf } from '#src/wire';
import { caseList, closeOneCase, oneCase } from './cases.ts';

const tag = 'Staff';
const oneId = z.strictObject({ id: z.string().regex(idPattern('cas')) });
const shownCase = z.strictObject({
  id: z.string(),
  kind: z.string(),
  subject: z.string().describe('`grant:grt_…`'),
  state: z.enum(['open', 'closed']),
  evidence: z.record(z.string(), z.unknown()),
  created_at: z.string(),
});

/** What asks for a person's judgement. */
export function caseRoutes(door: StaffDoor): void {
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/cases',
      id: 'listCases',
      tag,
      summary: 'List what asks for a judgement, newest first',
      permission: 'cases:read',
      query: z.strictObject({
        state: z.enum(['open', 'closed', 'all']).default('open'),
        limit: limitParameter,
        after: afterParameter,
      }),
      answers: { 200: { description: 'A page.', schema: pageOf(shownCase) } },
      errors: ['invalid_cursor', 'invalid_parameter'],
    },
    async ({ ctx, query }) => ({ status: 200, body: await caseList(ctx, query) }),
  );
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/cases/{id}',
      id: 'getCase',
      tag,
      summary: 'Read a case with its evidence',
      permission: 'cases:read',
      params: oneId,
      answers: { 200: { description: 'The case.', schema: shownCase } },
    },
    async ({ ctx, params }) => ({ status: 200, body: await oneCase(ctx, params.id) }),
  );
  staffRoute(
    door,
    {
      method: 'post',
      path: '/admin/v1/cases/{id}/close',
      id: 'closeCase',
      tag,
      summary: 'Close a case with what was found',
      description: 'What it suspended stays so: lift the suspension, or revoke.',
      permission: 'cases:close',
      params: oneId,
      body: z.strictObject({
        note: z.string().trim().min(1).max(1_000).describe('Kept in the audit trail.'),
      }),
      answers: { 200: { description: 'Closed.', schema: shownCase } },
    },
    async ({ ctx, params, body }) => ({ status: 200, body: await closeOneCase(ctx, params.id, body.note) }),
  );
}
