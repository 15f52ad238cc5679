import * as z from 'zod';
import { idPattern } from '#src/columns';
import { afterParameter, type Door, limitParameter, mount, pageOf } from '#src/wire';
import { senderScope } from './sender-make.ts';
import { createSender, listSenders, revokeSender, rotateSender, senderSpec, shownSender } from './senders.ts';

const shared = { tag: 'RFPs', scope: senderScope } as const;
const path = '/v1/rfps/senders';
const params = z.strictObject({ id: z.string().regex(idPattern('tok')) });
const sevenDaysInSeconds = 7 * 86_400;
const rotateSpec = z.strictObject({
  overlap_seconds: z
    .int()
    .min(0)
    .max(sevenDaysInSeconds)
    .optional()
    .describe('How long the secret of before is right, too. 0 where it has leaked.'),
});
const shownSecret = { ...shownSender.shape, secret: z.string().describe('`whsec_…`') };

/** Who may ask for RFPs by a signature (Standard Webhooks) in place of a token. */
export function senderRoutes(door: Door): void {
  mount(
    door,
    {
      ...shared,
      method: 'post',
      path,
      id: 'createRfpSender',
      summary: 'Let a tool that signs its webhooks ask for RFPs',
      description:
        'Its secret signs `POST` to its `url` as Standard Webhooks 1.0 say; it opens nothing else. It acts for the account or the app that made it, and ends with the token that made it, by its own revocation, and where an account’s is unused for 90 days. Not for an app that acts for an account: it has its token.',
      body: senderSpec,
      answers: {
        201: {
          description: 'Made. The secret is in this answer and in no other.',
          schema: z.strictObject(shownSecret),
        },
      },
      errors: ['forbidden', 'limit_reached'],
    },
    async ({ ctx, body }) => ({ status: 201, body: await createSender(ctx, body) }),
  );
  mount(
    door,
    {
      ...shared,
      method: 'get',
      path,
      id: 'listRfpSenders',
      summary: 'List your senders, newest first',
      query: z.strictObject({ limit: limitParameter, after: afterParameter }),
      answers: { 200: { description: 'A page.', schema: pageOf(shownSender) } },
      errors: ['forbidden', 'invalid_cursor', 'invalid_parameter'],
    },
    async ({ ctx, query }) => ({ status: 200, body: await listSenders(ctx, query) }),
  );
  endingRoutes(door);
}

function endingRoutes(door: Door): void {
  mount(
    door,
    {
      ...shared,
      method: 'post',
      path: `${path}/{id}/secret/rotate`,
      id: 'rotateRfpSenderSecret',
      summary: 'Give a sender a new secret',
      description:
        'The new and the old are both right for a while: 24 hours, or what `overlap_seconds` says, up to 7 days.',
      params,
      body: rotateSpec,
      isBodyOptional: true,
      answers: {
        200: {
          description: 'The new secret is in this answer and in no other.',
          schema: z.strictObject({ ...shownSecret, old_secrets_until: z.string() }),
        },
      },
      errors: ['forbidden', 'state_conflict'],
    },
    async ({ ctx, params: { id }, body }) => {
      const overlapMs =
        body.overlap_seconds === undefined ? ctx.settings.rotateOverlapMs : body.overlap_seconds * 1_000;
      return { status: 200, body: await rotateSender(ctx, id, overlapMs) };
    },
  );
  mount(
    door,
    {
      ...shared,
      method: 'delete',
      path: `${path}/{id}`,
      id: 'revokeRfpSender',
      summary: 'End a sender: its signature is nobody’s from now on',
      params,
      query: z.strictObject({ reason: z.enum(['user', 'leaked', 'rotated']).default('user') }),
      answers: {
        202: {
          description: 'Ended; the receipt completes later.',
          schema: z.strictObject({ id: z.string() }),
        },
      },
      errors: ['forbidden', 'invalid_parameter'],
    },
    async ({ ctx, params: { id }, query }) => {
      const receipt = await revokeSender(ctx, id, query.reason);
      return { status: 202, body: { id: receipt }, headers: { location: `/v1/revocations/${receipt}` } };
    },
  );
}
