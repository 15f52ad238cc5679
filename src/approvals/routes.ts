import * as z from 'zod';
import { idPattern } from '#src/columns';
import { staffActor, type StaffCtx, type StaffDoor, staffRoute } from '#src/staff';
import { afterParameter, limitParameter, pageOf } from '#src/wire';
import { decideApproval } from './decide.ts';
import { approvalStates, listApprovals, shownApproval } from './list.ts';
import { addRule, type By, endRule, livingRules, newRule, type Rule } from './rules.ts';

const tag = 'Approvals';
const byOf = ({ staff, requestId }: StaffCtx): By => ({ actor: staffActor(staff), requestId });

/** What waits for approval, and what has to wait. */
export function approvalRoutes(door: StaffDoor): void {
  staffRoute(
    door,
    {
      method: 'get',
      path: '/admin/v1/approvals',
      id: 'listApprovals',
      tag,
      summary: 'List subscriptions that wait for approval, or were decided about, oldest first',
      permission: 'approvals:read',
      query: z.strictObject({
        state: z.enum(approvalStates).default('pending'),
        after: afterParameter,
        limit: limitParameter,
      }),
      answers: { 200: { description: 'A page.', schema: pageOf(shownApproval) } },
      errors: ['invalid_parameter', 'invalid_cursor'],
    },
    async ({ ctx, query }) => ({ status: 200, body: await listApprovals(ctx, query) }),
  );
  decisionRoute(door, 'approve', 'approved', 'Approve: from now on it is sent what it matches');
  decisionRoute(door, 'refuse', 'refused', 'Refuse: it stays inert; a change of it asks again');
  ruleRoutes(door);
}

function decisionRoute(
  door: StaffDoor,
  verb: 'approve' | 'refuse',
  outcome: 'approved' | 'refused',
  summary: string,
): void {
  staffRoute(
    door,
    {
      method: 'post',
      path: `/admin/v1/approvals/{subscription}/${verb}`,
      id: `${verb}Subscription`,
      tag,
      summary,
      permission: 'approvals:decide',
      params: z.strictObject({ subscription: z.string().regex(idPattern('sub')) }),
      body: z.strictObject({
        version: z.int().min(1).describe('As listed: what has changed since is not decided about.'),
        note: z.string().trim().min(1).max(500).describe('Why. Kept in the audit trail.'),
      }),
      answers: { 204: { description: 'Decided.' } },
      errors: ['not_found', 'state_conflict'],
    },
    async ({ ctx, params: { subscription: id }, body }) => {
      await decideApproval(ctx, byOf(ctx), { id, outcome, ...body });
      return { status: 204 };
    },
  );
}

const shownRule = z
  .strictObject({
    id: z.string(),
    app: z.string().nullable(),
    scopes: z.array(z.string()),
    event_types: z.array(z.string()),
    note: z.string(),
    created_by: z.string(),
    created_at: z.string(),
  })
  .meta({ id: 'ApprovalRule' });

const showRule = (rule: Rule): z.output<typeof shownRule> => ({
  id: rule.id,
  app: rule.appId,
  scopes: rule.scopes,
  event_types: rule.eventTypes,
  note: rule.note,
  created_by: rule.createdBy,
  created_at: rule.createdAt.toISOString(),
});

function ruleRoutes(door: StaffDoor): void {
  const path = '/admin/v1/approval-rules';
  staffRoute(
    door,
    {
      method: 'get',
      path,
      id: 'listApprovalRules',
      tag,
      summary: 'List what needs approval',
      permission: 'approvals:read',
      answers: {
        200: { description: 'All that hold.', schema: z.strictObject({ data: z.array(shownRule) }) },
      },
    },
    async ({ ctx }) => ({ status: 200, body: { data: (await livingRules(ctx)).map(showRule) } }),
  );
  staffRoute(
    door,
    {
      method: 'post',
      path,
      id: 'createApprovalRule',
      tag,
      summary: 'Say what needs approval from now on',
      description:
        'An app, scopes, event types: what is named must all fit. It holds for subscriptions that are made or changed later; what sends already goes on.',
      permission: 'approvals:manage',
      body: newRule,
      answers: { 201: { description: 'It holds.', schema: shownRule } },
      errors: ['validation_failed', 'limit_reached'],
    },
    async ({ ctx, body }) => ({ status: 201, body: showRule(await addRule(ctx, byOf(ctx), body)) }),
  );
  staffRoute(
    door,
    {
      method: 'delete',
      path: `${path}/{rule}`,
      id: 'endApprovalRule',
      tag,
      summary: 'End a rule; what waits because of it goes on waiting',
      permission: 'approvals:manage',
      params: z.strictObject({ rule: z.string().regex(idPattern('apr')) }),
      answers: { 204: { description: 'It holds no more.' } },
      errors: ['not_found'],
    },
    async ({ ctx, params: { rule } }) => {
      await endRule(ctx, byOf(ctx), rule);
      return { status: 204 };
    },
  );
}
