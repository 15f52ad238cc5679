import { type SQL, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Db } from '#src/ports';
import { postgresFeedTx } from '#src/store';

/**
 * Puts what this write has opened into the core's feed: its place is that of this commit, so a cursor that has passed
 * the making of an intent has not passed its approval.
 */
export function openMarked({ store }: Pick<Ports, 'store'>, db: Db, mark: string) {
  const { intents, intentFeed } = store.tables;
  const isPostgres = store.dialect === 'postgres';
  const position: SQL = isPostgres
    ? sql`nextval(pg_get_serial_sequence('intent_feed', 'position'))`
    : sql`null`;
  const tx: SQL = isPostgres ? sql.raw(postgresFeedTx) : sql`0`;
  return db
    .insert(intentFeed)
    .select(
      sql`select ${position}, ${tx}, i.id from ${intents} i where i.mark = ${mark} and i.state = 'open' order by i.id`,
    )
    .onConflictDoNothing();
}
