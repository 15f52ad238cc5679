import * as z from 'zod';
import { idPattern } from '#src/columns';
import { staffActor, type StaffDoor, staffRoute } from '#src/staff';
import { afterParameter, limitParameter, pageOf } from '#src/wire';
import { findReceipt, listReceipts, shownStaffReceipt } from './list.ts';
import { previewRevocation } from './preview.ts';
import { revocationReasons, revokeAccess } from './revoke.ts';
import { shownPreview } from './shown-preview.ts';
import { levels } from './subject.ts';
import { suspensionRoutes } from './suspension-routes.ts';

const tag = 'Revocations';
const id = z.string().min(1).max(100);
const note = z.string().trim().max(1_000).nullable().default(null).describe('For staff alone.');
const why = z
  .enum(revocationReasons)
  .describe('With `leaked` or `abuse` the revocation of a token also holds all that it made.');
const answer = shownStaffReceipt.extend({
  already: z
    .boolean()
    .describe('It had been revoked, nothing was made since, and this is the receipt of that.'),
});

export function revocationRoutes(door: StaffDoor): void {
  staffRoute(
    door,
    {
      method: 'post',
      path: '/admin/v1/revocations/preview',
      id: 'previewRevocation',
      tag,
      summary: 'See what a revocation or a suspension would stop, without stopping anything',
      permission: 'revocations:preview',
      body: z.strictObject({ level: z.enum(levels), id, reason: why.optional() }),
      answers: { 200: { description: 'What would stop at this moment.', schema: shownPreview } },
      errors: ['not_found'],
    },
    async ({ ctx, body }) => ({ status: 200, body: await previewRevocation(ctx, body) }),
  );
  staffRoute(
    door,
    {
      method: 'post',
      path: '/admin/v1/revocations',
      id: 'createRevocation',
      tag,
      summary: 'Revoke access in one step, with all that hangs below; there is no way back',
      description:
        'From the answer on nothing gets in and nothing leaves; the receipt fills by itself. Asking again is harmless.',
      permission: 'revocations:create',
      body: z.strictObject({ level: z.enum(levels), id, reason: why, note }),
      answers: {
        200: { description: 'It had been revoked before: its receipt.', schema: answer },
        202: { description: 'Revoked; the receipt completes later.', schema: answer },
      },
      errors: ['not_found'],
    },
    async ({ ctx, body }) => {
      const wish = { ...body, requestId: ctx.requestId };
      const { receipt, already } = await revokeAccess(ctx, staffActor(ctx.staff), wish);
      return {
        status: already ? 200 : 202,
        body: { ...receipt, already },
        headers: { location: `/admin/v1/revocations/${receipt.id}` },
      };
    },
  );
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/revocations',
      id: 'listRevocations',
      tag,
      summary: 'List receipts, newest first',
      permission: 'revocations:read',
      query: z.strictObject({
        level: z.enum(['installation', ...levels]).optional(),
        subject: id.optional().describe('The id of what was revoked.'),
        account: id.optional(),
        reason: z.string().max(100).optional(),
        completed: z.stringbool({ error: 'true or false.' }).optional(),
        limit: limitParameter,
        after: afterParameter,
      }),
      answers: { 200: { description: 'A page.', schema: pageOf(shownStaffReceipt) } },
      errors: ['invalid_cursor', 'invalid_parameter'],
    },
    async ({ ctx, query }) => ({ status: 200, body: await listReceipts(ctx, query) }),
  );
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/revocations/{id}',
      id: 'readRevocation',
      tag,
      summary: 'Read one receipt',
      permission: 'revocations:read',
      params: z.strictObject({ id: z.string().regex(idPattern('rvk')) }),
      answers: { 200: { description: 'Complete once `completed_at` is set.', schema: shownStaffReceipt } },
    },
    async ({ ctx, params }) => ({ status: 200, body: await findReceipt(ctx, params.id) }),
  );
  suspensionRoutes(door);
}
