import * as z from 'zod';
import { idPattern } from '#src/columns';
import { staffActor, type StaffCtx, type StaffDoor, staffRoute } from '#src/staff';
import { afterParameter, limitParameter, pageOf } from '#src/wire';
import { intentKinds } from './kinds.ts';
import { listSources, type SourceRow } from './list.ts';
import { decideSource, reviewIntent } from './review.ts';
import { sourcePattern } from './sources.ts';

const tag = 'Staff';
const shownSource = z.strictObject({
  source: z.string().describe('`app:app_…`, `account:acc_…` or `connector:slack`.'),
  kind: z.enum(intentKinds),
  state: z
    .enum(['pending', 'approved', 'blocked'])
    .describe('`pending`: each intent of it waits for a review.'),
  note: z.string(),
  decided_by: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});

/** Who may ask the marketplace for what without a look, and the decision about what waits for one. */
export function intentReviewRoutes(door: StaffDoor): void {
  sourceRoutes(door);
  staffRoute(
    door,
    {
      method: 'post',
      path: '/admin/v1/intents/{id}/review',
      id: 'reviewIntent',
      tag,
      summary: 'Let one intent through to the marketplace, or refuse it',
      permission: 'intents:review',
      params: z.strictObject({ id: z.string().regex(idPattern('int')) }),
      body: z.strictObject({
        decision: z.enum(['approve', 'refuse']),
        reason: z
          .string()
          .trim()
          .min(1)
          .max(500)
          .describe('Of a refusal, who asked reads it. On record in any case.'),
      }),
      answers: { 204: { description: 'Decided.' } },
      errors: ['not_found', 'state_conflict'],
    },
    async ({ ctx, params: { id }, body }) => {
      await reviewIntent(ctx, byOf(ctx), { id, ...body });
      return { status: 204 };
    },
  );
}

function sourceRoutes(door: StaffDoor): void {
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/intent-sources',
      id: 'listIntentSources',
      tag,
      summary: 'List the origins of intents, and what was decided about them',
      permission: 'intents:review',
      query: z.strictObject({
        state: z.enum(['pending', 'approved', 'blocked']).optional(),
        after: afterParameter,
        limit: limitParameter,
      }),
      answers: { 200: { description: 'A page.', schema: pageOf(shownSource) } },
      errors: ['invalid_parameter', 'invalid_cursor'],
    },
    async ({ ctx, query }) => {
      const { rows, cursor } = await listSources(ctx, query);
      return { status: 200, body: { data: rows.map(showSource), next_cursor: cursor } };
    },
  );
  staffRoute(
    door,
    {
      method: 'put',
      path: '/admin/v1/intent-sources/{source}/{kind}',
      id: 'decideIntentSource',
      tag,
      summary: 'Approve or block an origin for one kind of intent',
      description:
        'Approved: what waits from it goes to the marketplace, and so does what comes. Blocked: what waits is refused, and nothing more is taken.',
      permission: 'intents:review',
      params: z.strictObject({ source: z.string().regex(sourcePattern), kind: z.enum(intentKinds) }),
      body: z.strictObject({
        state: z.enum(['approved', 'blocked']),
        note: z.string().trim().min(1).max(500).describe('Why. Staff alone read it.'),
      }),
      answers: {
        200: {
          description: 'Decided.',
          schema: z.strictObject({ decided: z.int().describe('How many that waited were decided with it.') }),
        },
      },
    },
    async ({ ctx, params, body }) => ({
      status: 200,
      body: await decideSource(ctx, byOf(ctx), { ...params, ...body }),
    }),
  );
}

const byOf = ({ staff, requestId }: StaffCtx) => ({ actor: staffActor(staff), requestId });

const showSource = (row: SourceRow): z.output<typeof shownSource> => ({
  source: row.source,
  kind: row.kind,
  state: row.state,
  note: row.note,
  decided_by: row.decidedBy,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
});
