import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  generateDrizzleJson,
  generateMigration,
  generateSQLiteDrizzleJson,
  generateSQLiteMigration,
} from 'drizzle-kit/api';
import { describe, expect, test } from 'vitest';
import { postgresColumns, sqliteColumns } from '#src/columns';
import { schema } from '#src/store';

const folders = ['migrations/sqlite', 'migrations/postgres'] as const;

describe('migrations', () => {
  test('lead to the schema on SQLite: drizzle-kit has nothing to add', async () => {
    const now = await generateSQLiteDrizzleJson(schema(sqliteColumns));
    const last = (await lastSnapshot('migrations/sqlite')) as typeof now;
    expect(await generateSQLiteMigration(last, now)).toEqual([]);
  });

  test('lead to the schema on PostgreSQL: drizzle-kit has nothing to add', async () => {
    const now = generateDrizzleJson(schema(postgresColumns));
    const last = (await lastSnapshot('migrations/postgres')) as typeof now;
    expect(await generateMigration(last, now)).toEqual([]);
  });

  test('would be told of a column that is missing', async () => {
    const now = await generateSQLiteDrizzleJson(schema(sqliteColumns));
    const last = (await lastSnapshot('migrations/sqlite')) as typeof now;
    delete last.tables['accounts']?.columns['actor'];
    expect(await generateSQLiteMigration(last, now)).toEqual(['ALTER TABLE `accounts` ADD `actor` text;']);
  });

  test.each(folders)('every file of %s is in its journal, and every entry has its file', async (folder) => {
    const files = (await readdir(folder))
      .filter((file) => file.endsWith('.sql'))
      .map((file) => file.slice(0, -4));
    const { entries } = await journalOf(folder);
    expect(entries.map((entry) => entry.tag)).toEqual(files.sort());
    // drizzle applies what is younger than the last that was applied: an older one would be left out for ever.
    expect(entries.map((entry) => entry.when)).toEqual(
      entries.map((entry) => entry.when).toSorted((a, b) => a - b),
    );
  });

  test('the databases migrate in step', async () => {
    const [sqlite, postgres] = await Promise.all(folders.map(journalOf));
    expect(postgres!.entries.map((entry) => entry.tag.slice(5))).toEqual(
      sqlite!.entries.map((entry) => entry.tag.slice(5)),
    );
  });

  // A rebuilt table on SQLite is DROP TABLE and a copy; with a cascade every child row is lost in silence.
  test.each(folders)('%s drop no table, cascade nothing and give no default', async (folder) => {
    const text = await sqlOf(folder);
    expect(text.match(/CREATE TABLE/g)?.length).toBeGreaterThan(20);
    expect(text).not.toMatch(/DROP\s+TABLE/i);
    expect(text).not.toMatch(/ON\s+(DELETE|UPDATE)\s+CASCADE/i);
    expect(text).not.toMatch(/\bDEFAULT\b/i);
  });

  test.each(folders)('after the first, those of %s only add', async (folder) => {
    const [, ...later] = (await journalOf(folder)).entries;
    for (const { tag } of later) {
      const text = await readFile(join(folder, `${tag}.sql`), 'utf8');
      const statements = text
        .split('--> statement-breakpoint')
        .map((one) => one.replace(/^--.*$/gm, '').trim());
      expect(statements.filter((one) => !additive.test(one))).toEqual([]);
    }
  });
});

/**
 * A version that was before goes on working on the schema of the next: nothing that it reads or writes is changed. An
 * index holds nothing of its own: without the one that it knows it is slower.
 */
const additive =
  /^(?:CREATE (?:UNLOGGED )?TABLE|CREATE (?:UNIQUE )?INDEX|DROP INDEX|CREATE FUNCTION|ALTER TABLE \S+ ADD(?: COLUMN)? (?!.*NOT NULL))/;

type Journal = { entries: { idx: number; when: number; tag: string }[] };

async function journalOf(folder: string): Promise<Journal> {
  return JSON.parse(await readFile(join(folder, 'meta/_journal.json'), 'utf8')) as Journal;
}

async function lastSnapshot(folder: string): Promise<unknown> {
  const last = (await journalOf(folder)).entries.at(-1)!;
  return JSON.parse(
    await readFile(join(folder, 'meta', `${String(last.idx).padStart(4, '0')}_snapshot.json`), 'utf8'),
  );
}

async function sqlOf(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql'));
  return (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).join('\n');
}
