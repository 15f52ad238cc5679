import { and, asc, eq, like, or } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { mayNow, type StaffCtx } from '#src/staff';
import { factsOf } from './facts.ts';
import { requireForm, type Subject } from './levels.ts';
import { recordLook } from './look.ts';
import { maskFor } from './mask.ts';
import type { ShownRecord } from './shown.ts';
import { type Standing, standingOf } from './standing.ts';

/**
 * Everything that staff may see of one thing: its state and what makes it so, who made it, what hangs below. People are
 * masked where that is not elevated. The look is on record. 404 for what is not there.
 */
export async function lookAt(ctx: StaffCtx, subject: Subject): Promise<ShownRecord> {
  requireForm(subject);
  const { staff } = ctx;
  const facts = await factsOf(ctx, subject, maskFor(staff));
  if (!facts) throw new PatchbayError('not_found', { public: `There is no ${subject.level} ${subject.id}.` });
  const [standing, made] = await Promise.all([
    standingOf(ctx, facts.epochs, subject.level === 'token' ? null : subject),
    makerOf(ctx, subject),
  ]);
  const { level, id } = subject;
  await recordLook(ctx, { action: `look.${level}`, subject: id, accountId: facts.accountId });
  return {
    level,
    id,
    title: facts.title,
    masked: !mayNow(staff, 'people:unmask'),
    standing: showStanding(standing, facts.ended),
    made,
    created_at: facts.createdAt.toISOString(),
    facts: facts.more,
    below: facts.below,
  };
}

/** What ended by itself (expired, closed) is that, whatever its epochs say; a grant that was revoked is no more than ended. */
function showStanding(standing: Standing, itself: Ended | null): ShownRecord['standing'] {
  const ended = itself?.state === 'ended' && standing.state === 'revoked' ? null : itself;
  const { because } = standing;
  const own = because && {
    of: because.of,
    reason: because.reason,
    since: because.suspendedAt?.toISOString() ?? null,
  };
  return {
    state: ended?.state ?? standing.state,
    because: ended ? { of: 'itself', reason: ended.reason, since: ended.at?.toISOString() ?? null } : own,
    epochs: standing.epochs.map(({ of, carried, now, suspendedAt, reason }) => ({
      of,
      carried,
      now,
      suspended_at: suspendedAt?.toISOString() ?? null,
      reason,
    })),
  };
}

export type Ended = {
  state: Exclude<ShownRecord['standing']['state'], 'active'>;
  reason: string | null;
  at: Date | null;
};

async function makerOf({ store }: Pick<Ports, 'store'>, { id }: Subject): Promise<ShownRecord['made']> {
  const { audit } = store.tables;
  const [row] = await store.db
    .select({ by: audit.actor, at: audit.at })
    .from(audit)
    .where(
      and(eq(audit.subject, id), or(like(audit.action, '%.create'), eq(audit.action, 'account.member_add'))),
    )
    .orderBy(asc(audit.position))
    .limit(1);
  return row ? { by: row.by, at: row.at.toISOString() } : null;
}
