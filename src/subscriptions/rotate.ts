import { and, eq, gt, isNull, lte, ne, or, type SQL, sql } from 'drizzle-orm';
import { raiseVersion } from '#src/access';
import { recordAuditIf } from '#src/audit';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { insertIf } from '#src/store';
import { changedMeanwhile, findSubscription, ownedByCaller, type SubscriptionRow } from './find.ts';
import { isLiving, livingSecrets, makeSigningSecret, type NewSigningSecret } from './secrets.ts';

/** Each secret in force adds a signature to every request: this many old ones at most. */
const maxOldSecrets = 4;

/**
 * A new secret signs at once; the ones before it sign beside it until the overlap ends (or sooner, where an earlier
 * rotation said so), so that a receiver changes over whenever it likes between. 0 is for a secret that has leaked.
 */
export async function rotateSecret(
  ctx: Ctx,
  id: string,
  overlapMs: number,
): Promise<{ row: SubscriptionRow; shown: NewSigningSecret['shown']; oldUntil: Date }> {
  const row = await findSubscription(ctx, id);
  if (overlapMs > 0) await refuseTooMany(ctx, id);
  const secret = await makeSigningSecret(ctx, id, row.signature);
  const { subscriptions, secrets } = ctx.store.tables;
  const now = ctx.clock.now();
  const oldUntil = new Date(now.getTime() + overlapMs);
  const isOwn = and(eq(subscriptions.id, id), ownedByCaller(ctx));
  const isThere = sql`exists (select 1 from ${subscriptions} where ${isOwn})`;
  const isMade = sql`exists (select 1 from ${secrets} where ${eq(secrets.id, secret.row.id)})`;
  const [, , , [changed]] = await ctx.store.write((db) => [
    // Signers are kept by the subscription's version: the next attempt of any process signs with both.
    ...raiseVersion(db, ctx, { accountId: row.accountId, subscriptionId: id }),
    insertIf(db, secrets, secret.row, overlapMs > 0 ? sql`${isThere} and ${isRoom(ctx, id)}` : isThere),
    db
      .update(subscriptions)
      .set({ publicKey: secret.publicKey, updatedAt: now, version: sql`${subscriptions.version} + 1` })
      .where(and(isOwn, isMade))
      .returning(),
    db
      .update(secrets)
      .set({ expiresAt: oldUntil })
      .where(
        and(
          eq(secrets.subscriptionId, id),
          ne(secrets.id, secret.row.id),
          or(isNull(secrets.expiresAt), gt(secrets.expiresAt, oldUntil)),
          isMade,
        ),
      ),
    db.delete(secrets).where(and(eq(secrets.subscriptionId, id), lte(secrets.expiresAt, now))),
    recordAuditIf(
      db,
      ctx,
      {
        actor: actorOf(ctx.caller),
        action: 'subscription.rotate_secret',
        subject: id,
        accountId: row.accountId,
        requestId: ctx.requestId,
        detail: { overlap_seconds: overlapMs / 1_000 },
      },
      isMade,
    ),
  ]);
  if (!changed) {
    if (overlapMs > 0) await refuseTooMany(ctx, id);
    throw changedMeanwhile();
  }
  await ctx.directory.freshen();
  return { row: changed, shown: secret.shown, oldUntil };
}

/** Asked again where the write decides: two that rotate at once must not both find the last place. */
const isRoom = ({ store, clock }: Ctx, id: string): SQL => {
  const { secrets } = store.tables;
  return sql`(select count(*) from ${secrets} where ${isLiving({ store, clock }, id)}) <= ${maxOldSecrets}`;
};

async function refuseTooMany(ctx: Ctx, id: string): Promise<void> {
  const living = await livingSecrets(ctx, id);
  if (living.length <= maxOldSecrets) return;
  throw new PatchbayError('state_conflict', {
    public: `${living.length} secrets sign already. Wait for one to end, or rotate with "overlap_seconds": 0, which ends them all.`,
  });
}
