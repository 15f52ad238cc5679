import { eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Caller, Ctx } from '#src/context';
import { conditional, type Door, mount, notModified } from '#src/wire';

const shownMe = z.strictObject({
  token: z.string(),
  kind: z.enum(['personal', 'access', 'refresh', 'client', 'service', 'calendar_feed', 'rfp_sender']),
  env: z.enum(['live', 'test']),
  account: z
    .strictObject({
      id: z.string(),
      name: z.string(),
      status: z.enum(['active', 'suspended', 'closed', 'erased']),
    })
    .nullable(),
  grant: z.strictObject({ id: z.string(), history: z.boolean(), created_at: z.string() }).nullable(),
  app: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
  partner: z.string().nullable(),
  scopes: z.array(z.string()),
  expires_at: z.string().nullable(),
});

export type ShownMe = z.output<typeof shownMe>;

export function meRoutes(door: Door): void {
  mount(
    door,
    {
      method: 'get',
      path: '/v1/me',
      id: 'getMe',
      tag: 'Access',
      summary: 'Say who this token is and what it may do',
      scope: null,
      answers: { 200: { description: 'Who calls.', schema: shownMe }, 304: notModified },
    },
    async ({ ctx, request }) => conditional(ctx, request, await showMe(ctx)),
  );
}

/** `scopes` are what counts at this moment: the token's, less what its grant has lost since. */
export async function showMe({ store, caller }: Pick<Ctx, 'store' | 'caller'>): Promise<ShownMe> {
  const { tokens, accounts, grants, apps } = store.tables;
  const [row] = await store.db
    .select({ expiresAt: tokens.expiresAt, account: accounts, grant: grants, app: apps })
    .from(tokens)
    .leftJoin(accounts, eq(accounts.id, tokens.accountId))
    .leftJoin(grants, eq(grants.id, tokens.grantId))
    .leftJoin(apps, eq(apps.id, tokens.appId))
    .where(eq(tokens.id, caller.tokenId))
    .limit(1);
  const account = row?.account;
  const grant = row?.grant;
  return {
    token: caller.tokenId,
    kind: kindNames[caller.kind],
    env: caller.env,
    account: account ? { id: account.id, name: account.name, status: account.status } : null,
    grant: grant ? { id: grant.id, history: grant.history, created_at: grant.createdAt.toISOString() } : null,
    app: row?.app ? { id: row.app.id, name: row.app.name } : null,
    partner: caller.partnerId,
    scopes: [...caller.scopes].filter((scope) => !grant || grant.scopes.includes(scope)).sort(),
    expires_at: row?.expiresAt?.toISOString() ?? null,
  };
}

const kindNames: Record<Caller['kind'], ShownMe['kind']> = {
  a: 'access',
  r: 'refresh',
  c: 'client',
  k: 'personal',
  s: 'service',
  f: 'calendar_feed',
  w: 'rfp_sender',
};
