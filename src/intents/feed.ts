import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { encodeCursor } from '#src/columns';
import type { Ctx } from '#src/context';
import { postgresFeedEnd } from '#src/store';
import { decodePlace } from '#src/wire';
import type { IntentRow } from './record.ts';

/**
 * What the core reads, in the order in which intents became open. As the feed of events: a cursor is a place in commit
 * order, so what another transaction commits late, or staff approve late, comes after it and is never passed over.
 * Always with a cursor, also on an empty page.
 */
export async function readIntentFeed(
  { store, caller }: Ctx,
  query: { after?: string | undefined; limit: number },
): Promise<{ rows: IntentRow[]; cursor: string }> {
  const { intentFeed, intents } = store.tables;
  const [tx = 0, position = 0] = query.after ? decodePlace('intents', query.after, 2) : [];
  const isPostgres = store.dialect === 'postgres';
  // One writer on SQLite: `tx` is 0 in every row there, and said so, the index leads straight to the place.
  const isLater = isPostgres
    ? sql`(${intentFeed.tx}, ${intentFeed.position}) > (${sql.param(tx, intentFeed.tx)}, ${sql.param(position, intentFeed.position)})`
    : and(eq(intentFeed.tx, 0), gt(intentFeed.position, position));
  const isSettled = isPostgres ? sql`${intentFeed.tx} < ${sql.raw(postgresFeedEnd)}` : undefined;
  const found = await store.db
    .select({ place: intentFeed, intent: intents })
    .from(intentFeed)
    .innerJoin(intents, eq(intents.id, intentFeed.intentId))
    .where(and(isLater, isSettled, eq(intents.env, caller.env)))
    .orderBy(asc(intentFeed.tx), asc(intentFeed.position))
    .limit(query.limit);
  const last = found.at(-1)?.place ?? { tx, position };
  return {
    rows: found.map(({ intent }) => intent),
    cursor: encodeCursor('intents', [last.tx, last.position]),
  };
}
