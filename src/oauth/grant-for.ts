import { and, desc, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Db } from '#src/ports';
import { type EpochSnapshot, insertIf, type Schema } from '#src/store';
import type { Client } from './clients.ts';
import { proofReasons } from './replayed.ts';

type GrantRow = Schema['grants']['$inferSelect'];
/** `ends`: a grant that this consent takes the place of. */
export type Chosen = { known: GrantRow | null; ends: string | null };
export type Consent = {
  userId: string;
  accountId: string;
  scopes: string[];
  history: boolean;
  epochs: EpochSnapshot;
};

/**
 * One grant an account, app and environment: another consent adds to it. One that our own proof of theft suspended is
 * begun anew, and ends; what staff suspended is for staff to lift (403).
 */
export async function grantFor(
  { store, gate }: Pick<Ports, 'store' | 'gate'>,
  client: Client,
  accountId: string,
): Promise<Chosen> {
  const { grants, epochs } = store.tables;
  const [found] = await store.db
    .select({ grant: grants, reason: epochs.reason })
    .from(grants)
    .leftJoin(epochs, eq(epochs.id, sql`'grant:' || ${grants.id}`))
    .where(
      and(
        eq(grants.accountId, accountId),
        eq(grants.appId, client.appId),
        eq(grants.env, client.env),
        isNull(grants.endedAt),
      ),
    )
    .orderBy(desc(grants.id))
    .limit(1);
  const standing = found ? gate.standing(found.grant.epochs) : 'revoked';
  if (!found || standing === 'revoked') return { known: null, ends: null };
  if (standing === 'valid') return { known: found.grant, ends: null };
  if (proofReasons.some((reason) => reason === found.reason)) return { known: null, ends: found.grant.id };
  throw new PatchbayError('forbidden', { public: 'This access is suspended. Support can say why.' });
}

export function makeGrant(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  db: Db,
  client: Client,
  consent: Consent & { id: string },
  isDecided: SQL,
) {
  const { grants, events } = store.tables;
  return insertIf(
    db,
    grants,
    {
      ...consent,
      env: client.env,
      appId: client.appId,
      partnerId: client.partnerId,
      sinceEvent: sql`(select coalesce(max(${events.position}), 0) from ${events})`,
      createdAt: clock.now(),
    },
    isDecided,
  );
}

/** Who consented last answers for it; the rest of its epochs stays, so nothing that was revoked comes back. */
export function extendGrant(
  { store }: Pick<Ports, 'store'>,
  db: Db,
  known: GrantRow,
  { userId, scopes, history, epochs }: Consent,
  isDecided: SQL,
) {
  const { grants } = store.tables;
  return db
    .update(grants)
    .set({
      userId,
      epochs,
      scopes: [...new Set([...known.scopes, ...scopes])],
      history: known.history || history,
    })
    .where(and(eq(grants.id, known.id), isNull(grants.endedAt), isDecided));
}
