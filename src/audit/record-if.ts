import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Db } from '#src/ports';
import type { AuditRow } from './record.ts';

/**
 * For a deed whose own statement may find nothing to do: the row is written only where `isDone` holds, which reads what
 * the statement before it has left. An audit trail that tells of what did not happen proves nothing.
 */
export function recordAuditIf(
  db: Db,
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  row: AuditRow,
  isDone: SQL,
) {
  const { audit } = store.tables;
  const values: Record<string, SQL> = {
    at: sql`cast(${clock.ms()} as bigint)`,
    actor: words(row.actor),
    action: words(row.action),
    subject: words(row.subject),
    accountId: words(row.accountId ?? null),
    requestId: words(row.requestId ?? null),
    detail: sql`${sql.param(row.detail ?? {}, audit.detail)}`,
  };
  if (store.dialect === 'postgres')
    values['position'] = sql`nextval(pg_get_serial_sequence('audit', 'position'))`;
  const list = Object.keys(getTableColumns(audit)).map((name) => values[name] ?? sql`null`);
  return db.insert(audit).select(sql`select ${sql.join(list, sql`, `)} where ${isDone}`);
}

/** Postgres does not guess the type of a bare parameter in a select list. */
const words = (text: string | null): SQL => sql`cast(${text} as text)`;
