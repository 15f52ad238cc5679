import { and, desc, eq, gt, isNull, lte, ne, or, sql } from 'drizzle-orm';
import { recordAuditIf } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { newSecret, sealedFor } from '#src/signatures';
import { holdRow, insertIf } from '#src/store';

type Needs = Pick<Ports, 'store' | 'clock' | 'chance' | 'ids' | 'vault'>;

/** During a rotation both are right; each one more is one more to try. */
const maxOldSecrets = 2;

/** `secret` is what the sender signs with, to be shown once; `row` has it sealed. */
export async function newSenderSecret({ ids, chance, vault, clock }: Needs, senderId: string) {
  const id = ids.newId('key');
  const secret = newSecret(chance);
  const sealed = await vault.seal(new TextEncoder().encode(secret), sealedFor(senderId, id));
  return {
    row: { id, subscriptionId: senderId, sealed, createdAt: clock.now(), expiresAt: null },
    secret,
  };
}

/** Those that are right at this moment, newest first. Secrets: for checking a signature alone. */
export async function senderSecrets(ports: Pick<Needs, 'store' | 'clock' | 'vault'>, senderId: string) {
  const rows = await livingRows(ports, senderId);
  return Promise.all(
    rows.map(async ({ id, sealed }) =>
      new TextDecoder().decode(await ports.vault.open(sealed, sealedFor(senderId, id))),
    ),
  );
}

/**
 * A new secret; those before it are right until the overlap ends, or sooner, where an earlier rotation said so. 0 is for
 * one that has leaked. 409 where it has ended meanwhile, or too many are right already.
 */
export async function rotateSenderSecret(
  ports: Needs,
  by: { actor: string; requestId: string | null; accountId: string | null },
  { senderId, overlapMs }: { senderId: string; overlapMs: number },
): Promise<{ secret: string; oldUntil: Date }> {
  const { store, clock } = ports;
  const { secrets, tokens } = store.tables;
  if (overlapMs > 0) await refuseTooMany(ports, senderId);
  const { row, secret } = await newSenderSecret(ports, senderId);
  const now = clock.now();
  const oldUntil = new Date(now.getTime() + overlapMs);
  const isOfSender = eq(secrets.subscriptionId, senderId);
  const isAlive = sql`exists (select 1 from ${tokens} where ${and(eq(tokens.id, senderId), isNull(tokens.revokedAt))})`;
  const isRoom = sql`(select count(*) from ${secrets} where ${isLiving(ports, senderId)}) <= ${maxOldSecrets}`;
  const isMade = sql`exists (select 1 from ${secrets} where ${eq(secrets.id, row.id)})`;
  const [, , , , , made] = await store.write((db) => [
    holdRow(db, tokens, senderId),
    insertIf(db, secrets, row, overlapMs > 0 ? sql`${isAlive} and ${isRoom}` : isAlive),
    db
      .update(secrets)
      .set({ expiresAt: oldUntil })
      .where(
        and(
          isOfSender,
          ne(secrets.id, row.id),
          or(isNull(secrets.expiresAt), gt(secrets.expiresAt, oldUntil)),
          isMade,
        ),
      ),
    db.delete(secrets).where(and(isOfSender, lte(secrets.expiresAt, now))),
    recordAuditIf(
      db,
      ports,
      {
        ...by,
        action: 'token.rotate_secret',
        subject: senderId,
        detail: { overlap_seconds: overlapMs / 1_000 },
      },
      isMade,
    ),
    db.select({ id: secrets.id }).from(secrets).where(eq(secrets.id, row.id)),
  ]);
  if (made.length > 0) return { secret, oldUntil };
  if (overlapMs > 0) await refuseTooMany(ports, senderId);
  throw new PatchbayError('state_conflict', { public: 'This sender has ended.' });
}

async function refuseTooMany(ports: Pick<Needs, 'store' | 'clock'>, senderId: string): Promise<void> {
  const living = await livingRows(ports, senderId);
  if (living.length <= maxOldSecrets) return;
  throw new PatchbayError('state_conflict', {
    public: `${living.length} secrets are right already. Wait for one to end, or rotate with "overlap_seconds": 0, which ends them all.`,
  });
}

function isLiving({ store, clock }: Pick<Needs, 'store' | 'clock'>, senderId: string) {
  const { secrets } = store.tables;
  return and(
    eq(secrets.subscriptionId, senderId),
    or(isNull(secrets.expiresAt), gt(secrets.expiresAt, clock.now())),
  );
}

function livingRows(ports: Pick<Needs, 'store' | 'clock'>, senderId: string) {
  const { secrets } = ports.store.tables;
  return ports.store.db
    .select()
    .from(secrets)
    .where(isLiving(ports, senderId))
    .orderBy(desc(secrets.createdAt), desc(secrets.id));
}
