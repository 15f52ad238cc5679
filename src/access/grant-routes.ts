import * as z from 'zod';
import { idPattern } from '#src/columns';
import type { Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { afterParameter, type Door, limitParameter, mount, pageOf } from '#src/wire';
import { findGrant, listGrants, narrowOwnGrant, showGrant } from './grants.ts';
import { requireScope } from './require.ts';
import { receiptId, revocationReason, revoked } from './revocation-answer.ts';

const shownGrant = z.strictObject({
  id: z.string(),
  app: z.string().nullable().describe('Null: the account’s own automation.'),
  app_name: z.string().nullable(),
  partner: z.string().nullable(),
  partner_name: z.string().nullable(),
  partner_verified: z
    .boolean()
    .nullable()
    .describe('Whether the partner’s abuse and privacy review has passed; null where there is no partner.'),
  env: z.enum(['live', 'test']),
  scopes: z.array(z.string()),
  history: z.boolean().describe('Whether it sees what happened before it was given.'),
  state: z.enum(['active', 'suspended', 'ended']),
  created_at: z.string(),
  last_used_at: z.string().nullable().describe('The last call with a token of it; a minute late, or so.'),
  ends_unused_at: z
    .string()
    .nullable()
    .describe(
      'When it ends where nobody uses it before: no call, and no delivery that was taken. Counted once a day. Consents of apps alone end so.',
    ),
  ended_at: z.string().nullable(),
});
const oneGrant = z.strictObject({ id: z.string().regex(idPattern('grt')) });
const tag = 'Access';

export function grantRoutes(door: Door): void {
  mount(
    door,
    {
      method: 'get',
      path: '/v1/grants',
      id: 'listGrants',
      tag,
      summary: 'List the consents of the account, newest first',
      scope: 'tokens:manage',
      query: z.strictObject({ limit: limitParameter, after: afterParameter }),
      answers: { 200: { description: 'A page.', schema: pageOf(shownGrant) } },
      errors: ['forbidden', 'invalid_cursor', 'invalid_parameter'],
    },
    async ({ ctx, query }) => ({ status: 200, body: await listGrants(ctx, query) }),
  );
  mount(
    door,
    {
      method: 'get',
      path: '/v1/grants/{id}',
      id: 'getGrant',
      tag,
      summary: 'Read a consent: whose app, which scopes, since when, last used',
      description: 'Needs `tokens:manage`; an app reads its own grant without it.',
      scope: null,
      params: oneGrant,
      answers: { 200: { description: 'The consent.', schema: shownGrant } },
      errors: ['forbidden'],
    },
    async ({ ctx, params }) => {
      requireManager(ctx, params.id);
      return { status: 200, body: await showGrant(ctx, params.id) };
    },
  );
  mount(
    door,
    {
      method: 'patch',
      path: '/v1/grants/{id}',
      id: 'narrowGrant',
      tag,
      summary: 'Take scopes away from a consent, without linking again',
      description:
        'What is left out ends at once: access tokens that have more end, the next refresh gives what is left, and deliveries and reads go by it. More than the grant has is refused: only a new consent adds. Needs `tokens:manage`; an app gives back scopes of its own grant without it.',
      scope: null,
      params: oneGrant,
      body: z.strictObject({
        scopes: z.array(z.string().max(100)).min(1).max(50).describe('Those that stay.'),
      }),
      answers: { 200: { description: 'As it is now.', schema: shownGrant } },
      errors: ['forbidden', 'state_conflict'],
    },
    async ({ ctx, params, body }) => {
      requireManager(ctx, params.id);
      return { status: 200, body: await narrowOwnGrant(ctx, params.id, body.scopes) };
    },
  );
  mount(
    door,
    {
      method: 'delete',
      path: '/v1/grants/{id}',
      id: 'revokeGrant',
      tag,
      summary: 'Take back a consent, with all that hangs on it',
      description: 'Needs `tokens:manage`; an app gives back its own grant without it.',
      scope: null,
      params: oneGrant,
      query: revocationReason,
      answers: { 202: { description: 'Revoked; the receipt completes later.', schema: receiptId } },
      errors: ['forbidden', 'invalid_parameter', 'state_conflict'],
    },
    async ({ ctx, params, query }) => {
      requireManager(ctx, params.id);
      const grant = await findGrant(ctx, params.id);
      if (grant.endedAt) {
        throw new PatchbayError('state_conflict', { public: 'This grant has ended before.' });
      }
      return revoked(ctx, 'grant', params.id, query.reason);
    },
  );
}

/** An app needs no scope for what is its own. */
function requireManager({ caller }: Ctx, grantId: string): void {
  const isOwn = caller.appId !== null && caller.grantId === grantId;
  if (!isOwn) requireScope(caller, 'tokens:manage');
}
