import { and, desc, eq, gt, inArray, isNull, lt } from 'drizzle-orm';
import { revoke } from '#src/access';
import { decodeCursor, encodeCursor, idPattern } from '#src/columns';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { requirePermission, staffActor } from './enter.ts';
import type { StaffCtx } from './route.ts';
import { createStaffToken, type MadeStaffToken, type StaffTokenWish } from './tokens.ts';

/**
 * For oneself, of what one may: nobody hands on what they lack, not even for the day when they get it. Throws 403 for that,
 * else as `createStaffToken`.
 */
export async function createOwnStaffToken(ctx: StaffCtx, wish: StaffTokenWish): Promise<MadeStaffToken> {
  const { staff } = ctx;
  const missing = wish.permissions.filter((permission) => !staff.permissions.has(permission));
  if (missing.length > 0)
    throw new PatchbayError('forbidden', { public: `None of your roles gives ${missing.join(', ')}.` });
  return createStaffToken(ctx, staffActor(staff), staff.userId, wish);
}

export type ListedStaffToken = {
  id: string;
  label: string;
  user: string;
  /** Of a colleague, as of oneself: staff see each other by name. */
  name: string;
  permissions: string[];
  state: 'active' | 'expired' | 'revoked';
  /** Until then what is sensitive of it is open; null: closed. */
  elevated_until: string | null;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
};

/** One's own, or everybody's (takes `staff:read`), newest first. Neither a token nor its hash is in it. */
export async function listStaffTokens(
  ctx: StaffCtx,
  { of, limit, after }: { of: 'own' | 'all'; limit: number; after?: string | undefined },
): Promise<{ data: ListedStaffToken[]; next_cursor: string | null }> {
  const { staff, store, clock } = ctx;
  if (of === 'all') requirePermission(staff, 'staff:read');
  const { tokens, users, staffRoles } = store.tables;
  // Whoever had a role once: by their index, and not through all tokens that there are.
  const everybody = store.db.select({ id: staffRoles.userId }).from(staffRoles);
  const rows = await store.db
    .select({ token: tokens, name: users.name })
    .from(tokens)
    .innerJoin(users, eq(users.id, tokens.userId))
    .where(
      and(
        of === 'own' ? eq(tokens.userId, staff.userId) : inArray(tokens.userId, everybody),
        eq(tokens.kind, 'k'),
        isNull(tokens.accountId),
        after ? lt(tokens.id, placeIn(after)) : undefined,
      ),
    )
    .orderBy(desc(tokens.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const elevated = await elevatedUntil(
    ctx,
    page.map(({ token }) => token.id),
  );
  const last = page.at(-1);
  return {
    data: page.map(({ token, name }) => ({
      id: token.id,
      label: token.label,
      user: token.userId ?? '',
      name,
      permissions: token.scopes,
      state: token.revokedAt
        ? 'revoked'
        : token.expiresAt !== null && token.expiresAt <= clock.now()
          ? 'expired'
          : 'active',
      elevated_until: elevated.get(token.id)?.toISOString() ?? null,
      created_at: token.createdAt.toISOString(),
      expires_at: token.expiresAt?.toISOString() ?? null,
      last_used_at: token.lastUsedAt?.toISOString() ?? null,
      revoked_at: token.revokedAt?.toISOString() ?? null,
    })),
    next_cursor: rows.length > limit && last ? encodeCursor('staff_tokens', [last.token.id]) : null,
  };
}

/** From a cursor that anybody may have made up: it must not reach the database as it is. */
function placeIn(after: string): string {
  const [id] = decodeCursor('staff_tokens', after, ['string']);
  if (idPattern('tok').test(id)) return id;
  throw new PatchbayError('invalid_cursor', {
    public: 'The cursor is not one that this list gave. Start again without it.',
  });
}

async function elevatedUntil({ store, clock }: Pick<Ports, 'store' | 'clock'>, ids: string[]) {
  if (ids.length === 0) return new Map<string, Date>();
  const { elevations } = store.tables;
  const rows = await store.db
    .select({ holder: elevations.holder, until: elevations.expiresAt })
    .from(elevations)
    .where(
      and(inArray(elevations.holder, ids), isNull(elevations.endedAt), gt(elevations.expiresAt, clock.now())),
    );
  return new Map(rows.map(({ holder, until }) => [holder, until]));
}

export type LivingStaffToken = { id: string; label: string; user: string; name: string; isOwn: boolean };

/** A living one: one's own, or of anybody for who may read staff. 404 for any other. */
export async function findStaffToken(
  { staff, store, clock }: StaffCtx,
  id: string,
): Promise<LivingStaffToken> {
  const { tokens, users } = store.tables;
  const [row] = await store.db
    .select({ id: tokens.id, label: tokens.label, user: users.id, name: users.name })
    .from(tokens)
    .innerJoin(users, eq(users.id, tokens.userId))
    .where(
      and(
        eq(tokens.id, id),
        eq(tokens.kind, 'k'),
        isNull(tokens.accountId),
        isNull(tokens.revokedAt),
        gt(tokens.expiresAt, clock.now()),
      ),
    )
    .limit(1);
  const isOwn = row?.user === staff.userId;
  if (row && (isOwn || staff.permissions.has('staff:read'))) return { ...row, isOwn };
  throw new PatchbayError('not_found', { public: 'There is no living staff token with this id.' });
}

/** One's own at any moment; a colleague's takes `staff:manage`. 404 for none that lives. */
export async function endStaffToken(ctx: StaffCtx, id: string): Promise<void> {
  const { isOwn } = await findStaffToken(ctx, id);
  if (!isOwn) requirePermission(ctx.staff, 'staff:manage');
  await revoke(ctx, {
    level: 'token',
    id,
    reason: isOwn ? 'requested' : 'ended',
    actor: staffActor(ctx.staff),
    requestId: ctx.requestId,
  });
}
