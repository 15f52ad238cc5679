import { and, eq, isNull, lt, or } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Authenticator } from './authenticate.ts';

/**
 * Writes down which tokens were used since the last call; every minute or so, never per request. An unused token ends
 * after a while, so a use may be late here but must not be forgotten.
 */
export async function recordTokenUse(
  { store }: Pick<Ports, 'store'>,
  authenticator: Authenticator,
): Promise<void> {
  const { tokens } = store.tables;
  const used = [...authenticator.used()];
  if (used.length === 0) return;
  await store.write((db) =>
    used.map(([id, atMs]) => {
      const lastUsedAt = new Date(atMs);
      const isLater = or(isNull(tokens.lastUsedAt), lt(tokens.lastUsedAt, lastUsedAt));
      return db
        .update(tokens)
        .set({ lastUsedAt })
        .where(and(eq(tokens.id, id), isLater));
    }),
  );
}
