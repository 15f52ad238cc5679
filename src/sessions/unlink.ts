import { and, eq, inArray } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';

/**
 * Takes from a person who they are at an issuer, and ends the sessions that they began by it, at once. Whoever signs in
 * there next is a stranger, until an invitation or the operator's rule links them again; that this user acts for accounts
 * stays. `issuer` null: at every one. 404 where there is nothing to take.
 */
export async function unlinkIdentity(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  by: string,
  { userId, issuer }: { userId: string; issuer: string | null },
): Promise<{ issuers: string[]; sessions: number }> {
  const { identities, sessionOrigins, sessions } = store.tables;
  const isMeant = and(
    eq(identities.userId, userId),
    issuer === null ? undefined : eq(identities.issuer, issuer),
  );
  const linked = await store.db.select().from(identities).where(isMeant).limit(mostIssuers);
  if (linked.length === 0)
    throw new PatchbayError('not_found', {
      public:
        issuer === null
          ? `${userId} is linked to no issuer.`
          : `${userId} is not linked to ${issuer}: its name must be letter for letter as in PATCHBAY_OIDC_ISSUER.`,
    });
  const ids = linked.map(({ id }) => id);
  const [ended] = await store.write((db) => [
    db
      .delete(sessions)
      .where(
        and(
          eq(sessions.userId, userId),
          inArray(
            sessions.id,
            db
              .select({ id: sessionOrigins.id })
              .from(sessionOrigins)
              .where(inArray(sessionOrigins.identityId, ids)),
          ),
        ),
      )
      .returning({ id: sessions.id }),
    db.delete(identities).where(and(isMeant, inArray(identities.id, ids))),
    ...linked.map((one) =>
      recordAudit(
        db,
        { store, clock },
        {
          actor: by,
          action: 'user.unlink',
          subject: userId,
          detail: { issuer: one.issuer },
        },
      ),
    ),
  ]);
  return { issuers: linked.map((one) => one.issuer), sessions: ended.length };
}

/** A hub has one issuer at a time, and its database remembers those of before. */
const mostIssuers = 20;
