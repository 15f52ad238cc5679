import * as z from 'zod';
import { idPattern } from '#src/columns';
import type { Door } from '#src/wire';
import { mount } from '#src/wire';
import { dryRun, dryRunWish } from './dry-run.ts';
import { etagOf } from './etag.ts';
import { pauseSubscription, resumeSubscription } from './pause.ts';
import { replayRoutes } from './replay-routes.ts';
import { rotateSecret } from './rotate.ts';
import { sendTest } from './send-test.ts';
import { showSubscription, shownSubscription } from './show.ts';
import { dryRunSpec, rotateSpec, wishSpec } from './spec.ts';

const path = '/v1/subscriptions/{id}';
const id = z.string().regex(idPattern('sub'));
const params = z.strictObject({ id });
const shared = { tag: 'Subscriptions', scope: 'webhooks:manage' } as const;
const asItIs = { 200: { description: 'As it is now.', schema: shownSubscription } };
const tried = {
  200: {
    description: 'What would have been sent, of what the caller may see.',
    schema: z
      .strictObject({
        examined: z.int(),
        matched: z.int(),
        not_sent: z.record(z.string(), z.int()),
        samples: z.strictObject({
          matched: z.array(z.record(z.string(), z.unknown())),
          not_matched: z.array(
            z.strictObject({
              event_id: z.string(),
              type: z.string(),
              timestamp: z.string(),
              code: z.string(),
              why: z.string(),
            }),
          ),
        }),
      })
      .meta({ id: 'DryRun' }),
  },
};

/** What can be done with a subscription besides changing it. */
export function actionRoutes(door: Door): void {
  stateRoutes(door);
  secretRoutes(door);
  tryRoutes(door);
  replayRoutes(door);
}

function stateRoutes(door: Door): void {
  mount(
    door,
    {
      ...shared,
      method: 'post',
      path: `${path}/pause`,
      id: 'pauseSubscription',
      summary: 'Pause: events are held',
      params,
      answers: asItIs,
      errors: ['state_conflict', 'forbidden'],
    },
    async ({ ctx, params: { id: one } }) => {
      const row = await pauseSubscription(ctx, one);
      return { status: 200, body: showSubscription(row), headers: { etag: etagOf(row) } };
    },
  );
  mount(
    door,
    {
      ...shared,
      method: 'post',
      path: `${path}/resume`,
      id: 'resumeSubscription',
      summary: 'Resume: what was held is sent',
      params,
      answers: asItIs,
      errors: ['state_conflict', 'forbidden'],
    },
    async ({ ctx, params: { id: one } }) => {
      const row = await resumeSubscription(ctx, one);
      return { status: 200, body: showSubscription(row), headers: { etag: etagOf(row) } };
    },
  );
}

function secretRoutes(door: Door): void {
  mount(
    door,
    {
      ...shared,
      method: 'post',
      path: `${path}/secret/rotate`,
      id: 'rotateSecret',
      summary: 'Rotate the signing secret',
      description:
        'The new and the old sign together for a while: 24 hours, or what `overlap_seconds` says, up to 7 days.',
      params,
      body: rotateSpec,
      isBodyOptional: true,
      answers: {
        200: {
          description: 'The new secret is in this answer and in no other.',
          schema: shownSubscription.extend({ secret: z.string().optional(), old_secrets_until: z.string() }),
        },
      },
      errors: ['state_conflict', 'forbidden'],
    },
    async ({ ctx, params: { id: one }, body }) => {
      const overlapMs =
        body.overlap_seconds === undefined ? ctx.settings.rotateOverlapMs : body.overlap_seconds * 1_000;
      const { row, shown, oldUntil } = await rotateSecret(ctx, one, overlapMs);
      const answer = { ...showSubscription(row), ...shown, old_secrets_until: oldUntil.toISOString() };
      return { status: 200, body: answer, headers: { etag: etagOf(row) } };
    },
  );
}

function tryRoutes(door: Door): void {
  mount(
    door,
    {
      ...shared,
      method: 'post',
      path: `${path}/test`,
      id: 'testSubscription',
      summary: 'Send a test event',
      params,
      answers: {
        202: {
          description: 'On its way.',
          schema: z.strictObject({ delivery_id: z.string(), event_id: z.string() }),
        },
      },
      errors: ['state_conflict', 'overloaded', 'forbidden'],
    },
    async ({ ctx, params: { id: one } }) => ({ status: 202, body: await sendTest(ctx, one) }),
  );
  mount(
    door,
    {
      ...shared,
      method: 'post',
      path: `${path}/dry-run`,
      id: 'dryRunSubscription',
      summary: 'Try it against the last events',
      params,
      body: dryRunSpec,
      isBodyOptional: true,
      answers: tried,
      errors: ['filter_invalid', 'forbidden'],
    },
    async ({ ctx, params: { id: one }, body }) => ({ status: 200, body: await dryRun(ctx, one, body) }),
  );
  mount(
    door,
    {
      ...shared,
      method: 'post',
      path: '/v1/subscriptions/dry-run',
      id: 'dryRunWish',
      summary: 'Try a subscription that is not made yet',
      body: wishSpec,
      answers: tried,
      errors: ['filter_invalid', 'forbidden'],
    },
    async ({ ctx, body }) => ({ status: 200, body: await dryRunWish(ctx, body) }),
  );
}
