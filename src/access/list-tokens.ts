import { and, desc, eq, isNull, lt } from 'drizzle-orm';
import { decodeCursor, encodeCursor } from '#src/columns';
import type { Caller, Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Schema } from '#src/store';
import { tokenEndsAt } from './disuse.ts';
import { requireGrant } from './require.ts';

type Asking = Pick<Ctx, 'store' | 'caller' | 'settings'>;
export type Page = { limit: number; after?: string | undefined };
type TokenRow = Schema['tokens']['$inferSelect'];

/** A token as its owner sees it; neither it nor its hash is in it. */
export const showToken = (row: TokenRow, settings: Ctx['settings']) => ({
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
  ends_unused_at: tokenEndsAt(row, settings)?.toISOString() ?? null,
  revoked_at: row.revokedAt?.toISOString() ?? null,
  revoked_reason: row.revokedReason,
});

/**
 * An account's tokens, newest first, dead ones included; `personal`: without those of apps. A token of an app sees those
 * of its own grant.
 */
export async function listTokens({ store, caller, settings }: Asking, page: Page & { personal?: boolean }) {
  const { tokens } = store.tables;
  const rows = await store.db
    .select()
    .from(tokens)
    .where(
      and(
        ownTokens(store.tables, caller),
        page.personal ? eq(tokens.kind, 'k') : undefined,
        page.after ? lt(tokens.id, decodeCursor('tokens', page.after, ['string'])[0]) : undefined,
      ),
    )
    .orderBy(desc(tokens.id))
    .limit(page.limit + 1);
  return pageOfRows('tokens', rows, page, (row) => showToken(row, settings));
}

/** 404 where it is another's. */
export async function findToken(
  { store, caller }: Pick<Asking, 'store' | 'caller'>,
  id: string,
): Promise<TokenRow> {
  const { tokens } = store.tables;
  const [row] = await store.db
    .select()
    .from(tokens)
    .where(and(eq(tokens.id, id), ownTokens(store.tables, caller)))
    .limit(1);
  if (!row) throw new PatchbayError('not_found');
  return row;
}

/** What of its own account a token made that ends with it, whatever the reason: calendar feeds, senders of RFPs. */
export async function endingWith({ store, caller }: Pick<Asking, 'store' | 'caller'>, id: string) {
  const { tokens } = store.tables;
  return store.db
    .select({ kind: tokens.kind, label: tokens.label })
    .from(tokens)
    .where(and(eq(tokens.makerId, id), isNull(tokens.revokedAt), ownTokens(store.tables, caller)))
    .orderBy(desc(tokens.id))
    .limit(100);
}

function ownTokens({ tokens }: Schema, caller: Caller) {
  const { accountId, grantId } = requireGrant(caller);
  const isOfAccount = and(eq(tokens.accountId, accountId), eq(tokens.env, caller.env));
  return caller.appId ? and(isOfAccount, eq(tokens.grantId, grantId)) : isOfAccount;
}

/** Rows by falling id, one more than the page has where there is a next. */
export function pageOfRows<Row extends { id: string }, Shown>(
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
