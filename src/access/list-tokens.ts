import { and, desc, eq, lt } from 'drizzle-orm';
import { decodeCursor, encodeCursor } from '#src/columns';
import type { Caller, Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Schema } from '#src/store';
import { requireGrant } from './require.ts';

type Asking = Pick<Ctx, 'store' | 'caller'>;
type Page = { limit: number; after?: string | undefined };
type TokenRow = Schema['tokens']['$inferSelect'];
type GrantRow = Schema['grants']['$inferSelect'];

/** A token as its owner sees it; neither it nor its hash is in it. */
export const showToken = (row: TokenRow) => ({
  id: row.id,
  label: row.label,
  kind: row.kind,
  env: row.env,
  account: row.accountId,
  grant: row.grantId,
  app: row.appId,
  scopes: row.scopes,
  created_at: row.createdAt.toISOString(),
  expires_at: row.expiresAt?.toISOString() ?? null,
  last_used_at: row.lastUsedAt?.toISOString() ?? null,
  revoked_at: row.revokedAt?.toISOString() ?? null,
  revoked_reason: row.revokedReason,
});

export const showGrant = (row: GrantRow) => ({
  id: row.id,
  /** Null: the account's own automation. */
  app: row.appId,
  partner: row.partnerId,
  env: row.env,
  scopes: row.scopes,
  history: row.history,
  created_at: row.createdAt.toISOString(),
  ended_at: row.endedAt?.toISOString() ?? null,
});

/** An account's tokens, newest first, dead ones included. A token of an app sees those of its own grant. */
export async function listTokens({ store, caller }: Asking, page: Page) {
  const { tokens } = store.tables;
  const rows = await store.db
    .select()
    .from(tokens)
    .where(and(ownTokens(store.tables, caller), before(tokens.id, 'tokens', page)))
    .orderBy(desc(tokens.id))
    .limit(page.limit + 1);
  return pageOfRows('tokens', rows, page, showToken);
}

/** 404 where it is another's. */
export async function findToken({ store, caller }: Asking, id: string): Promise<TokenRow> {
  const { tokens } = store.tables;
  const [row] = await store.db
    .select()
    .from(tokens)
    .where(and(eq(tokens.id, id), ownTokens(store.tables, caller)))
    .limit(1);
  if (!row) throw new PatchbayError('not_found');
  return row;
}

export async function listGrants({ store, caller }: Asking, page: Page) {
  const { grants } = store.tables;
  const rows = await store.db
    .select()
    .from(grants)
    .where(and(ownGrants(store.tables, caller), before(grants.id, 'grants', page)))
    .orderBy(desc(grants.id))
    .limit(page.limit + 1);
  return pageOfRows('grants', rows, page, showGrant);
}

/** 404 where it is another's. */
export async function findGrant({ store, caller }: Asking, id: string): Promise<GrantRow> {
  const { grants } = store.tables;
  const [row] = await store.db
    .select()
    .from(grants)
    .where(and(eq(grants.id, id), ownGrants(store.tables, caller)))
    .limit(1);
  if (!row) throw new PatchbayError('not_found');
  return row;
}

function ownTokens({ tokens }: Schema, caller: Caller) {
  const { accountId, grantId } = requireGrant(caller);
  const isOfAccount = and(eq(tokens.accountId, accountId), eq(tokens.env, caller.env));
  return caller.appId ? and(isOfAccount, eq(tokens.grantId, grantId)) : isOfAccount;
}

function ownGrants({ grants }: Schema, caller: Caller) {
  const { accountId, grantId } = requireGrant(caller);
  const isOfAccount = and(eq(grants.accountId, accountId), eq(grants.env, caller.env));
  return caller.appId ? and(isOfAccount, eq(grants.id, grantId)) : isOfAccount;
}

type IdColumn = Schema['tokens']['id'] | Schema['grants']['id'];
const before = (id: IdColumn, kind: string, { after }: Page) =>
  after ? lt(id, decodeCursor(kind, after, ['string'])[0]) : undefined;

function pageOfRows<Row extends { id: string }, Shown>(
  kind: string,
  rows: Row[],
  { limit }: Page,
  show: (row: Row) => Shown,
): { data: Shown[]; next_cursor: string | null } {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return {
    data: data.map(show),
    next_cursor: rows.length > limit && last ? encodeCursor(kind, [last.id]) : null,
  };
}
