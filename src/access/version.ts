import { eq, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Db } from '#src/ports';

/**
 * Belongs in every write that changes what may match: subscriptions, grants, accounts. A publish that was matched
 * against the version before finds out in its own write, and matches again. `accountId` null: more than one account's.
 */
export const raiseVersion = (
  db: Db,
  { store }: Pick<Ports, 'store'>,
  about: { accountId: string | null; subscriptionId?: string },
) => {
  const { marks, changes } = store.tables;
  return [
    db
      .update(marks)
      .set({ value: sql`${marks.value} + 1` })
      .where(eq(marks.name, 'subscriptions')),
    db.insert(changes).values({
      version: sql`(select value from marks where name = 'subscriptions')`,
      accountId: about.accountId,
      subscriptionId: about.subscriptionId ?? null,
    }),
  ] as const;
};
