import { eq } from 'drizzle-orm';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Schema } from '#src/store';

export const showRevocation = (row: Schema['revocations']['$inferSelect']) => ({
  id: row.id,
  level: row.level,
  subject: row.subjectId,
  reason: row.reason,
  created_at: row.createdAt.toISOString(),
  /** Null while deliveries are still being cancelled. Nothing leaves meanwhile: each attempt asks first. */
  completed_at: row.completedAt?.toISOString() ?? null,
  cancelled: row.cancelled,
  last_sent_at: row.lastSentAt?.toISOString() ?? null,
});

/** The receipt of a revocation, for who asked for it and for the account whose token or grant it was. */
export async function findRevocation({ store, caller }: Pick<Ctx, 'store' | 'caller'>, id: string) {
  const { revocations } = store.tables;
  const [row] = await store.db.select().from(revocations).where(eq(revocations.id, id)).limit(1);
  if (!row) throw new PatchbayError('not_found');
  if (row.actor === actorOf(caller)) return showRevocation(row);
  const owner = await ownerOf(store, row);
  if (!caller.accountId || owner !== caller.accountId) throw new PatchbayError('not_found');
  return showRevocation(row);
}

async function ownerOf(
  store: Ctx['store'],
  { level, subjectId }: { level: string; subjectId: string },
): Promise<string | null> {
  const { tokens, grants } = store.tables;
  if (level === 'account') return subjectId;
  if (level !== 'token' && level !== 'grant') return null;
  const table = level === 'token' ? tokens : grants;
  const [row] = await store.db
    .select({ accountId: table.accountId })
    .from(table)
    .where(eq(table.id, subjectId))
    .limit(1);
  return row?.accountId ?? null;
}
