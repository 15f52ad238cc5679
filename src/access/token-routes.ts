import * as z from 'zod';
import { idPattern } from '#src/columns';
import { afterParameter, type Door, limitParameter, mount, pageOf } from '#src/wire';
import { findToken, listTokens } from './list-tokens.ts';
import { mintToken } from './mint-token.ts';
import { receiptId, revocationReason, revoked } from './revocation-answer.ts';

const shownToken = z.strictObject({
  id: z.string(),
  label: z.string(),
  kind: z.enum(['a', 'r', 'c', 'k', 's', 'f', 'w']),
  env: z.enum(['live', 'test']),
  account: z.string().nullable(),
  grant: z.string().nullable(),
  app: z.string().nullable(),
  scopes: z.array(z.string()),
  created_at: z.string(),
  expires_at: z.string().nullable(),
  last_used_at: z.string().nullable(),
  ends_unused_at: z
    .string()
    .nullable()
    .describe('When it ends where nobody uses it before. Personal tokens alone end so.'),
  revoked_at: z.string().nullable(),
  revoked_reason: z.string().nullable(),
});
const tokenSpec = z.strictObject({
  label: z.string().trim().min(1).max(100),
  scopes: z.array(z.string().max(100)).min(1).max(50),
  expires_at: z.iso.datetime({ offset: true }).nullable().default(null),
});
const page = z.strictObject({ limit: limitParameter, after: afterParameter });
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
      query: revocationReason,
      answers: { 202: { description: 'Revoked; the receipt completes later.', schema: receiptId } },
      errors: ['forbidden', 'invalid_parameter'],
    },
    async ({ ctx, params, query }) => {
      await findToken(ctx, params.id);
      return revoked(ctx, 'token', params.id, query.reason);
    },
  );
}
