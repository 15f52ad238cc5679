import {
  bigint,
  bigserial,
  boolean,
  customType,
  index,
  pgTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { Columns } from './sqlite.ts';

/** Milliseconds in a bigint, as in SQLite: one arithmetic for raw SQL on every database. */
const instant = customType<{ data: Date; driverData: number | string }>({
  dataType: () => 'bigint',
  toDriver: (value) => value.getTime(),
  fromDriver: (value) => new Date(Number(value)),
});

/** The driver gives values, parsed once: drizzle's own json parses a stored string a second time ("12" becomes 12). */
const json = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'json',
  toDriver: (value) => JSON.stringify(value),
  fromDriver: (value) => value,
});

const postgresSpelling = {
  position: (name: string) => bigserial(name, { mode: 'number' }).primaryKey(),
  text: (name: string) => text(name),
  count: (name: string) => bigint(name, { mode: 'number' }),
  flag: (name: string) => boolean(name),
  instant: (name: string) => instant(name),
  // json, not jsonb: a body that was stored must come back with its keys in the same order.
  json: (name: string) => json(name),
  table: pgTable,
  index,
  uniqueIndex,
};

/**
 * The same words for Postgres. The cast makes SQLite's types the canonical ones: every kind maps to the same
 * TypeScript type on both (number, string, boolean, Date, T), which tests/columns/parity.test.ts proves by
 * comparing both schemas column by column.
 */
export const postgresColumns = postgresSpelling as unknown as Columns;
