import { and, eq, isNull } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { authenticatedAt } from '#src/sessions';
import { type Elevation, staffActor } from './enter.ts';
import type { Permission } from './permissions.ts';
import type { StaffCtx } from './route.ts';
import { findOwnToken } from './tokens.ts';

type Wish = { permissions: readonly Permission[]; reason: string; token: string | null };

/**
 * Sensitive permissions for a quarter of an hour, by who has proved within the last ten minutes who they are: there is no
 * password to ask for once more, so the sign-in itself must be fresh. For the session that asks, or for a staff token of the same
 * person. A new one takes the place of the one before. Throws 403 for what no role gives, and `sign_in_again`.
 */
export async function elevate(ctx: StaffCtx, { permissions, reason, token }: Wish): Promise<Elevation> {
  const { staff } = ctx;
  await requireFreshSession(ctx);
  const missing = permissions.filter((permission) => !staff.permissions.has(permission));
  if (missing.length > 0)
    throw new PatchbayError('forbidden', { public: `None of your roles gives ${missing.join(', ')}.` });
  const holder = token === null ? staff.via.id : (await findOwnToken(ctx, token)).id;
  return elevateHolder(ctx, {
    by: staffActor(staff),
    userId: staff.userId,
    holder,
    permissions,
    reason,
    requestId: ctx.requestId,
  });
}

type NewElevation = {
  by: string;
  userId: string;
  /** `ses_…` or `tok_…`. */
  holder: string;
  permissions: readonly Permission[];
  reason: string;
  requestId?: string;
};

/** What `elevate` does once it is decided; also for the operator's shell. */
export async function elevateHolder(
  ports: Pick<Ports, 'store' | 'clock' | 'ids' | 'settings'>,
  { by, userId, holder, permissions, reason, requestId }: NewElevation,
): Promise<Elevation> {
  const { store, clock, ids, settings } = ports;
  const { elevations } = store.tables;
  const now = clock.now();
  const until = new Date(now.getTime() + settings.elevationMs);
  const id = ids.newId('elv');
  await store.write((db) => [
    db
      .update(elevations)
      .set({ endedAt: now })
      .where(and(eq(elevations.holder, holder), isNull(elevations.endedAt))),
    db.insert(elevations).values({
      id,
      userId,
      holder,
      permissions: [...permissions],
      reason,
      createdAt: now,
      expiresAt: until,
    }),
    recordAudit(db, ports, {
      actor: by,
      action: 'staff.elevate',
      subject: userId,
      requestId: requestId ?? null,
      detail: { elevation: id, holder, permissions, reason, until: until.toISOString() },
    }),
  ]);
  return { id, permissions, reason, until };
}

/** Before its time; 404 where there is none of one's own. */
export async function endElevation(ctx: StaffCtx, id: string): Promise<void> {
  const { staff, store, clock } = ctx;
  const { elevations } = store.tables;
  const isOwn = and(eq(elevations.id, id), eq(elevations.userId, staff.userId), isNull(elevations.endedAt));
  const [found] = await store.db.select({ id: elevations.id }).from(elevations).where(isOwn).limit(1);
  if (!found) throw new PatchbayError('not_found');
  await store.write((db) => [
    db.update(elevations).set({ endedAt: clock.now() }).where(isOwn),
    recordAudit(db, ctx, {
      actor: staffActor(staff),
      action: 'staff.elevation_end',
      subject: staff.userId,
      requestId: ctx.requestId,
      detail: { elevation: id },
    }),
  ]);
}

async function requireFreshSession({ staff, store, clock, settings }: StaffCtx): Promise<void> {
  const { kind, id, since } = staff.via;
  if (kind === 'token' || since === null)
    throw new PatchbayError('forbidden', {
      public: 'A token cannot elevate itself. Elevate it from a session: name it as `token`.',
    });
  // A session may come from an issuer that has asked for nothing since yesterday: what counts is when it did.
  const at = await authenticatedAt({ store }, { id, createdAt: since });
  if (clock.ms() - at.getTime() <= settings.elevationSignInMs) return;
  const minutes = Math.round(settings.elevationSignInMs / 60_000);
  throw new PatchbayError('sign_in_again', {
    public: `An elevation takes a sign-in of the last ${minutes} minutes. Sign in again, then ask once more.`,
  });
}
