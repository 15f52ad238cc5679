import * as z from 'zod';
import { idPattern } from '#src/columns';
import { actorOf, type Ctx } from '#src/context';
import { type Door, mount } from '#src/wire';
import { findRevocation, shownRevocation } from './receipts.ts';
import { revoke } from './revoke.ts';

/** What a revocation is asked with and answers with, whatever is revoked. */
export const revocationReason = z.strictObject({
  reason: z
    .enum(['user', 'leaked', 'rotated'])
    .default('user')
    .describe('`leaked` also stops all that the token made.'),
});
export const receiptId = z.strictObject({ id: z.string() });

export function receiptRoutes(door: Door): void {
  mount(
    door,
    {
      method: 'get',
      path: '/v1/revocations/{id}',
      id: 'getRevocation',
      tag: 'Access',
      summary: 'Read the receipt of a revocation',
      scope: null,
      params: z.strictObject({ id: z.string().regex(idPattern('rvk')) }),
      answers: {
        200: {
          description: 'Complete once `completed_at` is set.',
          schema: shownRevocation,
        },
      },
    },
    async ({ ctx, params }) => ({ status: 200, body: await findRevocation(ctx, params.id) }),
  );
}

export async function revoked(ctx: Ctx, level: 'token' | 'grant', id: string, why: string) {
  const actor = actorOf(ctx.caller);
  const { id: receipt } = await revoke(ctx, { level, id, reason: why, actor, requestId: ctx.requestId });
  return { status: 202, body: { id: receipt }, headers: { location: `/v1/revocations/${receipt}` } };
}
