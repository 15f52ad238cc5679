import { type SQL, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Db, NewDelivery } from '#src/ports';
import { selectList } from './insert-rows.ts';

/** Where a delivery is made only beside another row `p`: which one, and what it changes. */
export type Beside = { join: SQL; dueAt: (due: SQL) => SQL; reason: (reason: SQL, due: SQL) => SQL };

/** One statement and one parameter a chunk, read beside the event: where that was purged, nothing is made. */
export function insertDeliveries(
  { store }: Pick<Ports, 'store'>,
  db: Db,
  position: number,
  rows: readonly NewDelivery[],
  beside?: Beside,
) {
  const { deliveries } = store.tables;
  const json = JSON.stringify(
    rows.map((d) => [
      d.id,
      d.subscriptionId,
      d.grantId,
      d.accountId,
      d.state,
      d.reason,
      d.dueAtMs === null ? null : String(d.dueAtMs),
      d.line,
    ]),
  );
  const isSqlite = store.dialect === 'sqlite';
  const each = isSqlite ? sql`json_each(${json}) d` : sql`json_array_elements(${json}::json) d(value)`;
  const part = (place: number): SQL => sql`(d.value ->> ${sql.raw(String(place))})`;
  const due = sql`cast(${part(6)} as bigint)`;
  const list = selectList(store, deliveries, {
    id: part(0),
    env: sql`e.env`,
    eventPosition: sql`e.position`,
    subscriptionId: part(1),
    grantId: part(2),
    accountId: part(3),
    state: part(4),
    reason: beside ? beside.reason(part(5), due) : part(5),
    dueAt: beside ? beside.dueAt(due) : due,
    attempts: sql`0`,
    tries: sql`0`,
    critical: sql`e.critical`,
    line: part(7),
    sequence: sql`e.sequence`,
    createdAt: sql`e.accepted_at`,
    updatedAt: sql`e.accepted_at`,
  });
  return db
    .insert(deliveries)
    .select(
      sql`${list} from ${each} cross join events e ${beside?.join ?? sql``} where e.position = ${position}`,
    )
    .onConflictDoNothing();
}
