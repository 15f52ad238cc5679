import { count, desc, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Ports } from '#src/context';
import type { Schema } from '#src/store';

/** Counting stops here: "more than ten thousand" at once is worth more than the number later. */
const mostCounted = 10_000;
const mostNamed = 10;

/** `at_least`: there are more, and then none is named. */
export type Below = { count: number; at_least: boolean; newest: { id: string; title: string }[] };

type Listed = Schema['tokens' | 'grants' | 'subscriptions' | 'apps' | 'sessions' | 'users' | 'accounts'];

/** What hangs below by one index: how many, and the newest by name. At most `mostCounted` rows are touched. */
export async function below(
  { db }: Ports['store'],
  table: Listed,
  where: SQL | undefined,
  title: SQLiteColumn | SQL<string>,
): Promise<Below> {
  const some = db
    .select({ one: sql<number>`1`.as('one') })
    .from(table)
    .where(where)
    .limit(mostCounted + 1)
    .as('some');
  const [row] = await db.select({ n: count() }).from(some);
  const n = row?.n ?? 0;
  if (n > mostCounted) return { count: mostCounted, at_least: true, newest: [] };
  const newest = await db
    .select({ id: table.id, title: sql<string | null>`${title}` })
    .from(table)
    .where(where)
    .orderBy(desc(table.id))
    .limit(mostNamed);
  return {
    count: n,
    at_least: false,
    newest: newest.map(({ id, title: text }) => ({ id, title: text ?? '' })),
  };
}
