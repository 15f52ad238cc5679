import { integer, index, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/**
 * The column kinds that tables are spelled in. Eight words, so that one schema serves three databases:
 * `position` is a growing key given by the database, `instant` is whole milliseconds since the epoch
 * (a Date in code), `json` is text that keeps its key order.
 *
 * There are no defaults and no cascades here on purpose: drizzle-kit rebuilds a SQLite table for as little
 * as a changed default, and a rebuild with ON DELETE CASCADE silently drops every child row.
 */
export const sqliteColumns = {
  position: (name: string) => integer(name).primaryKey({ autoIncrement: true }),
  text: (name: string) => text(name),
  count: (name: string) => integer(name),
  flag: (name: string) => integer(name, { mode: 'boolean' }),
  instant: (name: string) => integer(name, { mode: 'timestamp_ms' }),
  json: <T>(name: string) => text(name, { mode: 'json' }).$type<T>(),
  table: sqliteTable,
  index,
  uniqueIndex,
};

export type Columns = typeof sqliteColumns;
