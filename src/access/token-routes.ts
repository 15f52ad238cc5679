import * as z from 'zod';
import { idPattern } from '#src/columns';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { afterParameter, type Door, limitParameter, mount, pageOf } from '#src/wire';
import { findGrant, findToken, listGrants, listTokens } from './list-tokens.ts';
import { mintToken } from './mint-token.ts';
import { findRevocation } from './receipts.ts';
import { requireScope } from './require.ts';
import { revoke } from './revoke.ts';

const shownToken = z.strictObject({
  id: z.string(),
  label: z.string(),
  kind: z.enum(['a', 'r', 'c', 'k', 's']),
  env: z.enum(['live', 'test']),
  account: z.string().nullable(),
  grant: z.string().nullable(),
  app: z.string().nullable(),
  scopes: z.array(z.string()),
  created_at: z.string(),
  expires_at: z.string().nullable(),
  last_used_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
  revoked_reason: z.string().nullable(),
});
const shownGrant = z.strictObject({
  id: z.string(),
  app: z.string().nullable().describe('Null: the account’s own automation.'),
  partner: z.string().nullable(),
  env: z.enum(['live', 'test']),
  scopes: z.array(z.string()),
  history: z.boolean(),
  created_at: z.string(),
  ended_at: z.string().nullable(),
});
const tokenSpec = z.strictObject({
  label: z.string().trim().min(1).max(100),
  scopes: z.array(z.string().max(100)).min(1).max(50),
  expires_at: z.iso.datetime({ offset: true }).nullable().default(null),
});
const reason = z.strictObject({
  reason: z
    .enum(['user', 'leaked', 'rotated'])
    .default('user')
    .describe('`leaked` also stops all that the token made.'),
});
const page = z.strictObject({ limit: limitParameter, after: afterParameter });
const receiptId = z.strictObject({ id: z.string() });
const tag = 'Access';

export function tokenRoutes(door: Door): void {
  mount(
    door,
    {
      method: 'get',
      path: '/v1/tokens',
      id: 'listTokens',
      tag,
      summary: 'List the tokens of the account, newest first',
      scope: 'tokens:manage',
      query: page,
      answers: { 200: { description: 'A page.', schema: pageOf(shownToken) } },
      errors: ['forbidden', 'invalid_cursor', 'invalid_parameter'],
    },
    async ({ ctx, query }) => ({ status: 200, body: await listTokens(ctx, query) }),
  );
  mount(
    door,
    {
      method: 'post',
      path: '/v1/tokens',
      id: 'createToken',
      tag,
      summary: 'Make a personal token with no more scopes and no longer life than this one',
      scope: 'tokens:manage',
      body: tokenSpec,
      answers: {
        201: {
          description: 'Made. The token is in this answer and in no other.',
          schema: z.strictObject({
            id: z.string(),
            token: z.string(),
            label: z.string(),
            scopes: z.array(z.string()),
            expires_at: z.string().nullable(),
          }),
        },
      },
      errors: ['forbidden'],
    },
    async ({ ctx, body }) => {
      const expiresAt = body.expires_at === null ? null : new Date(body.expires_at);
      const made = await mintToken(ctx, { label: body.label, scopes: body.scopes, expiresAt });
      const { id, token, scopes } = made;
      const expires_at = made.expiresAt?.toISOString() ?? null;
      return { status: 201, body: { id, token, label: body.label, scopes, expires_at } };
    },
  );
  mount(
    door,
    {
      method: 'delete',
      path: '/v1/tokens/{id}',
      id: 'revokeToken',
      tag,
      summary: 'Revoke a token, this one included',
      scope: 'tokens:manage',
      params: z.strictObject({ id: z.string().regex(idPattern('tok')) }),
      query: reason,
      answers: { 202: { description: 'Revoked; the receipt completes later.', schema: receiptId } },
      errors: ['forbidden', 'invalid_parameter'],
    },
    async ({ ctx, params, query }) => {
      await findToken(ctx, params.id);
      return revoked(ctx, 'token', params.id, query.reason);
    },
  );
}

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
      query: page,
      answers: { 200: { description: 'A page.', schema: pageOf(shownGrant) } },
      errors: ['forbidden', 'invalid_cursor', 'invalid_parameter'],
    },
    async ({ ctx, query }) => ({ status: 200, body: await listGrants(ctx, query) }),
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
      params: z.strictObject({ id: z.string().regex(idPattern('grt')) }),
      query: reason,
      answers: { 202: { description: 'Revoked; the receipt completes later.', schema: receiptId } },
      errors: ['forbidden', 'invalid_parameter', 'state_conflict'],
    },
    async ({ ctx, params, query }) => {
      const isGivenBack = ctx.caller.appId !== null && ctx.caller.grantId === params.id;
      if (!isGivenBack) requireScope(ctx.caller, 'tokens:manage');
      const grant = await findGrant(ctx, params.id);
      if (grant.endedAt) {
        throw new PatchbayError('state_conflict', { public: 'This grant has ended before.' });
      }
      return revoked(ctx, 'grant', params.id, query.reason);
    },
  );
  mount(
    door,
    {
      method: 'get',
      path: '/v1/revocations/{id}',
      id: 'getRevocation',
      tag,
      summary: 'Read the receipt of a revocation',
      scope: null,
      params: z.strictObject({ id: z.string().regex(idPattern('rvk')) }),
      answers: {
        200: {
          description: 'Complete once `completed_at` is set.',
          schema: z.strictObject({
            id: z.string(),
            level: z.string(),
            subject: z.string(),
            reason: z.string(),
            created_at: z.string(),
            completed_at: z.string().nullable(),
            cancelled: z.int().describe('Deliveries that were queued and will never leave.'),
            last_sent_at: z.string().nullable().describe('When the last delivery left.'),
          }),
        },
      },
    },
    async ({ ctx, params }) => ({ status: 200, body: await findRevocation(ctx, params.id) }),
  );
}

async function revoked(ctx: Ctx, level: 'token' | 'grant', id: string, why: string) {
  const actor = actorOf(ctx.caller);
  const { id: receipt } = await revoke(ctx, { level, id, reason: why, actor, requestId: ctx.requestId });
  return { status: 202, body: { id: receipt }, headers: { location: `/v1/revocations/${receipt}` } };
}
