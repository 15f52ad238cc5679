import { getTableColumns, getTableName, type SQL, sql } from 'drizzle-orm';
import type { Store } from '#src/ports';

type AnyTable = Parameters<typeof getTableColumns>[0];

/**
 * The list of an `insert into … select`: rows that are made only where a marked row is found. What is not named is
 * null, and a growing position is the database's own; drizzle wants every column, in the table's order.
 */
export function selectList(store: Pick<Store, 'dialect'>, table: AnyTable, values: Record<string, SQL>): SQL {
  const columns = Object.keys(getTableColumns(table));
  const stranger = Object.keys(values).find((name) => !columns.includes(name));
  if (stranger) throw new Error(`the table has no column ${stranger}`);
  const parts = columns.map((name) => {
    const value = values[name];
    if (value) return value;
    return name === 'position' ? nextPosition(store, table) : sql`null`;
  });
  return sql`select ${sql.join(parts, sql`, `)}`;
}

/** SQLite fills a null key by itself; Postgres has to be asked for the next number. */
function nextPosition({ dialect }: Pick<Store, 'dialect'>, table: AnyTable): SQL {
  return dialect === 'sqlite' ? sql`null` : nextOfSequence(table);
}

export const nextOfSequence = (table: AnyTable): SQL =>
  sql`nextval(pg_get_serial_sequence(${sql.raw(`'${getTableName(table)}'`)}, 'position'))`;

/** The elements of a JSON array of words, as rows `one(value)`. */
export const eachWord = ({ dialect }: Pick<Store, 'dialect'>, list: SQL): SQL =>
  dialect === 'sqlite' ? sql`json_each(${list}) one` : sql`json_array_elements_text(${list}) one(value)`;
