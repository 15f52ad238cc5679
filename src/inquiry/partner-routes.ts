import * as z from 'zod';
import { idPattern } from '#src/columns';
import { reviewPartner, withdrawReview } from '#src/oauth';
import { staffActor, type StaffDoor, staffRoute } from '#src/staff';
import { afterParameter, limitParameter, pageOf } from '#src/wire';
import { partnerList, partnerStates } from './partner-list.ts';
import { partnerReviews } from './partner-reviews.ts';

const tag = 'Staff';
const onePartner = z.strictObject({ id: z.string().regex(idPattern('ptr')) });
const outcome = z.enum(['passed', 'refused']);
const note = z
  .string()
  .trim()
  .min(1)
  .max(1_000)
  .describe('What was looked at. For staff alone; no personal data.');
const shownReview = z.strictObject({
  outcome: z.enum(['passed', 'refused', 'withdrawn']),
  stands: z.boolean().describe('Whether it counts now.'),
  scopes: z.array(z.string()).nullable().describe('What it covers; null: every scope that takes a review.'),
  until: z.string().nullable(),
  reference: z.string().nullable(),
  note: z.string(),
  by: z.string(),
  at: z.string(),
});
const shownPartner = z.strictObject({
  id: z.string(),
  name: z.string(),
  apps: z.int(),
  review: shownReview.nullable().describe('The latest, whatever it says.'),
  uncovered: z.array(z.string()).describe('What its apps are registered for and get only after a review.'),
  suspended_at: z.string().nullable(),
  created_at: z.string(),
});
const shownReviews = z.strictObject({
  id: z.string(),
  name: z.string(),
  suspended_at: z.string().nullable(),
  created_at: z.string(),
  reviews: z.array(shownReview).describe('The latest first; it alone counts.'),
  wanted: z.array(z.strictObject({ scope: z.string(), covered: z.boolean() })),
  apps: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      env: z.enum(['live', 'test']),
      kind: z.enum(['public', 'confidential']),
      scopes: z.array(
        z.strictObject({
          scope: z.string(),
          takes_review: z.boolean(),
          open: z.boolean().describe('Whether it may ask for it now.'),
        }),
      ),
    }),
  ),
  more_apps: z.boolean(),
  grants: z
    .strictObject({ count: z.int(), at_least: z.boolean() })
    .describe('Living consents with a scope that takes a review. They go on, whatever a new review says.'),
});

/** Partners, and the reviews that they need. */
export function partnerRoutes(door: StaffDoor): void {
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/partners',
      id: 'listPartners',
      tag,
      summary: 'List partners with their latest review, newest first',
      permission: 'access:read',
      query: z.strictObject({
        state: z
          .enum(partnerStates)
          .default('all')
          .describe('`waiting`: an app is registered for what no review covers, and nobody refused it.'),
        limit: limitParameter,
        after: afterParameter,
      }),
      answers: { 200: { description: 'A page.', schema: pageOf(shownPartner) } },
      errors: ['invalid_cursor', 'invalid_parameter'],
    },
    async ({ ctx, query }) => ({ status: 200, body: await partnerList(ctx, query) }),
  );
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/partners/{id}/reviews',
      id: 'listPartnerReviews',
      tag,
      summary: 'Read a partner’s reviews, and what its apps are registered for beside what they cover',
      permission: 'access:read',
      params: onePartner,
      answers: { 200: { description: 'At most 50 reviews and 100 apps.', schema: shownReviews } },
    },
    async ({ ctx, params }) => ({ status: 200, body: await partnerReviews(ctx, params.id) }),
  );
  reviewRoutes(door);
}

function reviewRoutes(door: StaffDoor): void {
  staffRoute(
    door,
    {
      method: 'post',
      path: '/admin/v1/partners/{id}/reviews',
      id: 'reviewPartner',
      tag,
      summary: 'Put an abuse and privacy review on record; the latest counts',
      description:
        'Before one has passed, the partner’s apps get no restricted and no writing scope; nor those that it does not cover, nor any from its end on. What was granted before goes on.',
      permission: 'partners:review',
      params: onePartner,
      body: z.strictObject({
        outcome,
        note,
        scopes: z
          .array(z.string().max(100))
          .max(100)
          .nullable()
          .default(null)
          .describe('What it covers; null: every scope that takes a review.'),
        expires_at: z.iso
          .datetime({ offset: true })
          .nullable()
          .default(null)
          .describe('From then on it counts as none; null: it has no end.'),
        reference: z
          .string()
          .trim()
          .min(1)
          .max(200)
          .nullable()
          .default(null)
          .describe('Where it is written down.'),
      }),
      answers: {
        201: {
          description: 'On record.',
          schema: z.strictObject({ partner: z.string(), outcome }),
        },
      },
    },
    async ({ ctx, params, body }) => {
      const { expires_at: end, ...said } = body;
      await reviewPartner(ctx, staffActor(ctx.staff), {
        partnerId: params.id,
        ...said,
        expiresAt: end === null ? null : new Date(end),
        requestId: ctx.requestId,
      });
      return { status: 201, body: { partner: params.id, outcome: body.outcome } };
    },
  );
  staffRoute(
    door,
    {
      method: 'post',
      path: '/admin/v1/partners/{id}/reviews/withdraw',
      id: 'withdrawPartnerReview',
      tag,
      summary: 'Withdraw the review that counts: the partner is unverified from now on',
      permission: 'partners:review',
      params: onePartner,
      body: z.strictObject({ note }),
      answers: { 204: { description: 'Withdrawn. What was granted before goes on.' } },
      errors: ['state_conflict'],
    },
    async ({ ctx, params, body }) => {
      const { note: why } = body;
      await withdrawReview(ctx, staffActor(ctx.staff), {
        partnerId: params.id,
        note: why,
        requestId: ctx.requestId,
      });
      return { status: 204 };
    },
  );
}
