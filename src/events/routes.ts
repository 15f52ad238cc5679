import * as z from 'zod';
import type { Ctx } from '#src/context';
import { readBody, requireJson } from '#src/wire';
import { eventEnvelope } from './envelope.ts';
import { publish, type PublishOutcome } from './publish.ts';

/** The hot route: no middleware between the socket and the store. Its OpenAPI entry is made by `publishDocument`. */
export async function publishRoute(ctx: Ctx, request: Request): Promise<{ status: number; body: unknown }> {
  const bytes = await readBody(request, ctx.settings.maxBatchBytes);
  return answerOf(await publish(ctx, bytes, request.headers.get('idempotency-key')));
}

/** The same for a host that has read the body already. */
export async function publishBytes(
  ctx: Ctx,
  bytes: Uint8Array,
  fields: { type: string | undefined; encoding: string | undefined; idempotencyKey: string | null },
): Promise<{ status: number; body: unknown }> {
  requireJson(fields.type, fields.encoding);
  return answerOf(await publish(ctx, bytes, fields.idempotencyKey));
}

const answerOf = ({ isBatch, results }: PublishOutcome) => ({
  status: 202,
  body: isBatch ? { results } : results[0],
});

const reason = z.strictObject({ code: z.string(), pointer: z.string(), detail: z.string() });
export const eventResult = z.discriminatedUnion('status', [
  z.strictObject({ id: z.string(), status: z.enum(['accepted', 'duplicate']), sequence: z.int() }),
  z.strictObject({
    id: z.string(),
    status: z.literal('quarantined'),
    sequence: z.int(),
    reasons: z.array(reason),
  }),
  z.strictObject({ id: z.string(), status: z.literal('conflict') }),
  z.strictObject({
    id: z.null(),
    status: z.literal('invalid'),
    errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })),
  }),
]);
export const publishBody = z.union([
  eventEnvelope,
  z.strictObject({ events: z.array(eventEnvelope).min(1).max(500) }),
]);
