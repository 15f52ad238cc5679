import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Db } from '#src/ports';
import { epochVersion } from './epochs.ts';

type Store = Pick<Ports, 'store'>;
/** `which` tokens; it must read nothing that this changes. */
export type Ending = { which: SQL | undefined; reason: string; now: Date };

/**
 * Ends tokens with their marks, by a WHERE and not by a list that was read before: what is minted at the same moment is
 * either found here, or finds the token that it came of revoked and is taken back. After `countEpochWrite`.
 */
export function endTokens(db: Db, { store }: Store, { which, reason, now }: Ending) {
  const { tokens, epochs } = store.tables;
  return [
    db
      .update(tokens)
      .set({ revokedAt: now, revokedReason: reason })
      .where(and(which, isNull(tokens.revokedAt))),
    db
      .insert(epochs)
      .select(
        sql`select 'token:' || ${tokens.id}, 'token', ${tokens.id}, 1, cast(null as bigint), cast(${reason} as text), ${tokens.revokedAt}, ${epochVersion} from ${tokens} where ${and(which, eq(tokens.revokedAt, now))}`,
      )
      .onConflictDoNothing(),
  ] as const;
}

/** The ids that `endTokens` has ended. */
export async function endedTokens({ store }: Store, { which, now }: Ending): Promise<string[]> {
  const { tokens } = store.tables;
  const rows = await store.db
    .select({ id: tokens.id })
    .from(tokens)
    .where(and(which, eq(tokens.revokedAt, now)));
  return rows.map(({ id }) => id);
}
