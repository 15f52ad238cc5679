import { is, SQL } from 'drizzle-orm';
import { type PgTable, getTableConfig as postgresConfig, PgDialect } from 'drizzle-orm/pg-core';
import { getTableConfig as sqliteConfig, SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import { describe, expect, test } from 'vitest';
import { postgresColumns, sqliteColumns } from '#src/columns';
import { schema } from '#src/store';

/**
 * `postgresColumns` is cast to SQLite's types. This is why that may be: both schemas are one, column by column.
 */
const sqlite = schema(sqliteColumns);
const postgres = schema(postgresColumns);
const names = Object.keys(sqlite) as (keyof typeof sqlite)[];

describe('the schema on SQLite and on PostgreSQL', () => {
  test('has the same tables', () => {
    expect(Object.keys(postgres)).toEqual(names);
    expect(names.length).toBeGreaterThan(20);
  });

  test.each(names)('%s has the same columns: name, kind, whether it may be null, key', (name) => {
    expect(postgresOf(name).columns).toEqual(sqliteOf(name).columns);
  });

  test.each(names)('%s has the same indexes: name, columns, condition, uniqueness', (name) => {
    expect(postgresOf(name).indexes).toEqual(sqliteOf(name).indexes);
  });

  test.each(names)('%s has no default of the database’s and refers to no other table', (name) => {
    // What the cast in columns/postgres.ts hides.
    const [ours, theirs] = [sqliteConfig(sqlite[name]), postgresConfig(postgres[name] as unknown as PgTable)];
    // Only a growing key is given by the database.
    const given = [...ours.columns, ...theirs.columns]
      .filter((column) => column.hasDefault)
      .map((column) => column.name);
    expect(given.filter((column) => column !== 'position')).toEqual([]);
    expect([...ours.foreignKeys, ...theirs.foreignKeys]).toEqual([]);
  });

  test('a value comes back the same through either spelling', () => {
    const at = new Date(1_795_000_000_123);
    for (const tables of [sqlite, postgres]) {
      const { createdAt, history, sinceEvent, scopes } = tables.grants;
      expect(createdAt.mapFromDriverValue(Number(createdAt.mapToDriverValue(at)))).toEqual(at);
      expect(history.mapFromDriverValue(history.mapToDriverValue(true) as number)).toBe(true);
      expect(sinceEvent.mapFromDriverValue(5)).toBe(5);
      expect(scopes.mapToDriverValue(['b', 'a'])).toBe('["b","a"]');
    }
  });
});

/** What each kind of `columns/` is on either side: a column that is none of these has no kind. */
const kinds: Record<string, string> = {
  'SQLiteText text': 'text',
  'PgText text': 'text',
  'SQLiteInteger integer': 'count',
  'PgBigInt53 bigint': 'count',
  'SQLiteBoolean integer': 'flag',
  'PgBoolean boolean': 'flag',
  'SQLiteTimestamp integer': 'instant',
  'PgCustomColumn bigint': 'instant',
  'SQLiteTextJson text': 'json',
  'PgCustomColumn json': 'json',
  'PgBigSerial53 bigserial': 'position',
};

function kindOf(column: { columnType: string; getSQLType(): string }): string {
  if ('autoIncrement' in column && column.autoIncrement === true) return 'position';
  return (
    kinds[`${column.columnType} ${column.getSQLType()}`] ??
    `no kind: ${column.columnType} ${column.getSQLType()}`
  );
}

type Column = { name: string; columnType: string; getSQLType(): string; notNull: boolean; primary: boolean };
const shapeOf = (column: Column) => ({
  name: column.name,
  kind: kindOf(column),
  notNull: column.notNull,
  primary: column.primary,
});
const nameOf = (column: unknown): string =>
  is(column, SQL) ? 'an expression' : (column as { name: string }).name;

function sqliteOf(name: keyof typeof sqlite) {
  const { name: table, columns, indexes } = sqliteConfig(sqlite[name]);
  const text = (where: SQL | undefined) => where && new SQLiteSyncDialect().sqlToQuery(where).sql;
  return {
    columns: { table, columns: columns.map(shapeOf) },
    indexes: indexes.map(({ config }) => ({
      name: config.name,
      unique: config.unique,
      columns: config.columns.map(nameOf),
      where: text(config.where),
    })),
  };
}

function postgresOf(name: keyof typeof sqlite) {
  const { name: table, columns, indexes } = postgresConfig(postgres[name] as unknown as PgTable); // What the cast in columns/postgres.ts hides.
  const text = (where: SQL | undefined) => where && new PgDialect().sqlToQuery(where).sql;
  return {
    columns: { table, columns: columns.map(shapeOf) },
    indexes: indexes.map(({ config }) => ({
      name: config.name,
      unique: config.unique,
      columns: config.columns.map(nameOf),
      where: text(config.where),
    })),
  };
}
