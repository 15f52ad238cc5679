import { and, eq, gt, isNull } from 'drizzle-orm';
import { hashToken, newToken } from '#src/access';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Permission } from './permissions.ts';
import type { StaffCtx } from './route.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'chance' | 'ids' | 'digest' | 'peppers' | 'gate' | 'settings'>;
export type StaffTokenWish = { label: string; permissions: readonly Permission[]; lifeMs: number };
export type MadeStaffToken = { id: string; token: string; permissions: Permission[]; expiresAt: Date };

/**
 * For a script of a member of staff: a personal token with a person and no account, whose scopes are permissions. What it
 * may do is asked of the person's roles at every call; what is sensitive takes an elevation of its own. Ends with the
 * person, and after eight hours at most. 422 for a life that is longer.
 */
export async function createStaffToken(
  ports: Needs,
  by: string,
  userId: string,
  { label, permissions, lifeMs }: StaffTokenWish,
): Promise<MadeStaffToken> {
  const { store, clock, chance, ids, peppers, gate, settings } = ports;
  if (lifeMs > settings.staffTokenMs)
    throw new PatchbayError('validation_failed', {
      public: `A staff token lives ${Math.round(settings.staffTokenMs / 3_600_000)} hours at most.`,
    });
  await gate.freshen();
  const { token, locator } = newToken('k', 'live', chance);
  const id = ids.newId('tok');
  const expiresAt = new Date(clock.ms() + lifeMs);
  const scopes = [...new Set(permissions)];
  await store.write((db) => [
    db.insert(store.tables.tokens).values({
      id,
      kind: 'k',
      env: 'live',
      hash: hashToken(ports, token),
      pepperVersion: peppers.current,
      locator,
      label,
      accountId: null,
      userId,
      grantId: null,
      appId: null,
      partnerId: null,
      scopes,
      epochs: gate.snapshot({ user: userId }),
      createdAt: clock.now(),
      expiresAt,
    }),
    recordAudit(db, ports, {
      actor: by,
      action: 'token.create',
      subject: id,
      detail: { kind: 'staff', user: userId, permissions: scopes },
    }),
  ]);
  return { id, token, permissions: scopes, expiresAt };
}

/** 404 for what is no living staff token of the same person. */
export async function findOwnToken({ store, clock, staff }: StaffCtx, id: string): Promise<{ id: string }> {
  const { tokens } = store.tables;
  const [row] = await store.db
    .select({ id: tokens.id })
    .from(tokens)
    .where(
      and(
        eq(tokens.id, id),
        eq(tokens.userId, staff.userId),
        isNull(tokens.accountId),
        isNull(tokens.revokedAt),
        gt(tokens.expiresAt, clock.now()),
      ),
    )
    .limit(1);
  if (row) return row;
  throw new PatchbayError('not_found', { public: 'There is no living staff token of yours with this id.' });
}
