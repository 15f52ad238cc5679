import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Db } from '#src/ports';
import { epochVersion } from './epochs.ts';

type Store = Pick<Ports, 'store'>;
type Ending = { chainId: string; reason: string; now: Date };

/**
 * Every token of a chain, by a WHERE and not by a list that was read before: a refresh of the same moment adds to the
 * chain, and then either is found here, or finds its own token revoked and takes back what it made.
 */
export function endChain(db: Db, { store }: Store, { chainId, reason, now }: Ending) {
  const { tokens, epochs } = store.tables;
  const isEnded = and(eq(tokens.chainId, chainId), eq(tokens.revokedAt, now));
  return [
    db
      .update(tokens)
      .set({ revokedAt: now, revokedReason: reason })
      .where(and(eq(tokens.chainId, chainId), isNull(tokens.revokedAt))),
    db
      .insert(epochs)
      .select(
        sql`select 'token:' || ${tokens.id}, 'token', ${tokens.id}, 1, cast(null as bigint), cast(${reason} as text), ${tokens.revokedAt}, ${epochVersion} from ${tokens} where ${isEnded}`,
      )
      .onConflictDoNothing(),
  ] as const;
}

/** The tokens that `endChain` has ended. */
export async function endedWith({ store }: Store, { chainId, now }: Ending): Promise<string[]> {
  const { tokens } = store.tables;
  const rows = await store.db
    .select({ id: tokens.id })
    .from(tokens)
    .where(and(eq(tokens.chainId, chainId), eq(tokens.revokedAt, now)));
  return rows.map(({ id }) => id);
}
