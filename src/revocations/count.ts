import { count, type SQL, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Schema } from '#src/store';

/** Counting stops here: whoever reads a preview wants "more than ten thousand" at once, not the number later. */
export const mostCounted = 10_000;
/** How many rows are looked at where most of them may not be meant. */
export const mostLooked = 50_000;

/** `at_least`: there are more. */
export type Count = { count: number; at_least: boolean };

export const exactly = (n: number): Count => ({ count: n, at_least: false });
export const bounded = (n: number, isMore = n > mostCounted): Count => ({
  count: Math.min(n, mostCounted),
  at_least: isMore,
});

type Counted = Schema['tokens' | 'grants' | 'subscriptions' | 'sessions' | 'connections'];

/** At most `mostCounted` rows are touched. */
export async function countOf(
  { db }: Ports['store'],
  table: Counted,
  where: SQL | undefined,
): Promise<Count> {
  const some = db
    .select({ one: sql<number>`1`.as('one') })
    .from(table)
    .where(where)
    .limit(mostCounted + 1)
    .as('some');
  const [row] = await db.select({ n: count() }).from(some);
  return bounded(row?.n ?? 0);
}
