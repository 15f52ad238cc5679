import { existsSync } from 'node:fs';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from './describe.ts';
import { freshDatabase, type PostgresServer, startPostgres } from './postgres.ts';

await describeWith('postgres', 'the PostgreSQL of a run', (postgres) => {
  test('two suites on one server do not meet', async () => {
    const [first, second] = await Promise.all([freshDatabase(postgres.url), freshDatabase(postgres.url)]);
    await ask(first, 'CREATE TABLE mark (n int)');
    expect(await ask(first, `SELECT to_regclass('mark') IS NOT NULL AS here`)).toEqual([{ here: true }]);
    expect(await ask(second, `SELECT to_regclass('mark') IS NOT NULL AS here`)).toEqual([{ here: false }]);
  });

  test('the shared server gives up durability for speed', async () => {
    expect(await ask(postgres.url, 'SHOW fsync')).toEqual([{ fsync: 'off' }]);
  });
});

await describeWith('postgres', 'a PostgreSQL of its own', () => {
  const own: { server?: PostgresServer } = {};
  beforeAll(async () => {
    own.server = await startPostgres({
      durable: true,
      settings: { wal_level: 'minimal', max_wal_senders: 0 },
    });
  });
  afterAll(async () => own.server?.stop());

  test('keeps fsync on when durability is the question, and takes further settings', async () => {
    expect(await ask(own.server!.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    expect(await ask(own.server!.url, 'SHOW wal_level')).toEqual([{ wal_level: 'minimal' }]);
  });

  test('comes back with what was committed, after kill -9 and after a shutdown', async () => {
    const { url, kill, shutDown, start } = own.server!;
    await ask(url, 'CREATE TABLE mark AS SELECT 1 AS n');
    await kill();
    await expect(ask(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await start();
    expect(await ask(url, 'SELECT n FROM mark')).toEqual([{ n: 1 }]);
    await shutDown();
    await expect(ask(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await start();
    expect(await ask(url, 'SELECT n FROM mark')).toEqual([{ n: 1 }]);
  });

  test('is gone with its folder after stop', async () => {
    const [row] = await ask(own.server!.url, 'SHOW data_directory');
    const folder = row!['data_directory'] as string;
    expect(existsSync(folder)).toBe(true);
    await own.server!.stop();
    const url = own.server!.url;
    delete own.server;
    expect(existsSync(folder)).toBe(false);
    await expect(ask(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
  });
});

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
