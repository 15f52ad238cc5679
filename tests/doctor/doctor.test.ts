import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { patchbay } from '../cli/spawn.ts';
import { eventFor, startTestHub } from '../harness/hub.ts';
import { startSink, until } from '../harness/sink.ts';
import { describeWith } from '../services/describe.ts';
import { freshDatabase } from '../services/postgres.ts';
import { startRedis } from '../services/redis.ts';

type Finding = { what: string; state: 'good' | 'warn' | 'bad'; found: string; why?: string; remedy?: string };
const key = (n: number): string => Buffer.alloc(32, n).toString('base64');
const keys = { PATCHBAY_MASTER_KEYS: `1:${key(1)}`, PATCHBAY_PEPPERS: `1:${key(2)}` };

async function look(folder: string, environment: Record<string, string> = {}) {
  const ran = await patchbay(folder, ['doctor', '--json'], environment);
  if (ran.out === '') throw new Error(ran.err);
  const findings = JSON.parse(ran.out) as Finding[];
  for (const { state, why, remedy } of findings)
    expect([state === 'good', why === undefined, remedy === undefined]).toEqual(
      Array(3).fill(state === 'good'),
    );
  expect(ran.code).toBe(findings.some(({ state }) => state === 'bad') ? 1 : 0);
  return { ran, of: (what: string) => findings.find((one) => one.what === what) };
}

describe('patchbay doctor on SQLite', () => {
  const undo: (() => unknown)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  });
  const hubWith = async (environment: Record<string, string> = {}) => {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-doctor-'));
    undo.push(() => rmSync(folder, { recursive: true, force: true }));
    const hub = await startTestHub({ PATCHBAY_DATA: folder, ...environment });
    undo.push(() => hub.stop().catch(() => undefined));
    return hub;
  };

  test('says of a running hub what its own processes say, not what this shell would be', async () => {
    const open = await hubWith({ PATCHBAY_PUBLIC_URL: 'https://hub.example.com' });
    const seen = await look(open.folder, {
      PATCHBAY_URL: open.origin,
      PATCHBAY_PUBLIC_URL: 'https://hub.example.com',
    });
    expect(seen.of('loopback')).toMatchObject({ state: 'bad' });
    expect(seen.of('hub')).toMatchObject({ state: 'good' });
    expect(seen.of('public address')).toMatchObject({ state: 'good' });

    const shut = await hubWith({ PATCHBAY_ALLOW_LOOPBACK: '0' });
    const other = await look(shut.folder, { PATCHBAY_URL: shut.origin, PATCHBAY_ALLOW_LOOPBACK: '1' });
    expect(other.of('loopback')).toMatchObject({ state: 'good' });
    expect(other.of('public address')).toMatchObject({ state: 'warn' });
  });

  test('prints no key, and says that a hub which does not answer does not', async () => {
    const hub = await hubWith(keys);
    const { ran, of } = await look(hub.folder, { ...keys, PATCHBAY_URL: 'http://127.0.0.1:9' });
    expect(of('hub')).toMatchObject({ state: 'warn', found: 'nothing answers at http://127.0.0.1:9' });
    expect(ran.out).not.toContain(key(1).slice(0, 20));
    expect(ran.out).not.toContain(key(2).slice(0, 20));
  });

  test('knows a hub whose proxy hides what is for operators, and what is no hub', async () => {
    const hub = await hubWith();
    const proxy = createServer((request, response) => {
      const isHidden = /^\/(?:readyz|metrics)/.test(request.url ?? '');
      if (isHidden) return void response.writeHead(404).end();
      void fetch(hub.origin + request.url).then(async (answer) => response.end(await answer.text()));
    });
    const other = createServer((_, response) => response.end('hello'));
    undo.push(
      () => proxy.close(),
      () => other.close(),
    );
    const originOf = async (server: ReturnType<typeof createServer>) => {
      await once(server.listen(0, '127.0.0.1'), 'listening');
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    };
    const behind = await look(hub.folder, { PATCHBAY_URL: await originOf(proxy) });
    expect(behind.of('hub')).toMatchObject({ state: 'good', found: expect.stringContaining('proxy hides') });
    const none = await look(hub.folder, { PATCHBAY_URL: await originOf(other) });
    expect(none.of('hub')).toMatchObject({ state: 'bad', why: 'That is no hub.' });
  });

  test('finds secrets and tokens whose key is not here, and a key that is another one', async () => {
    const sink = await startSink();
    undo.push(() => sink.close());
    const hub = await hubWith(keys);
    const account = await hub.account();
    const made = await hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: sink.origin },
      event_types: ['booking.*'],
    });
    expect(made.status).toBe(201);
    const gone = await look(hub.folder, {
      PATCHBAY_MASTER_KEYS: `2:${key(3)}`,
      PATCHBAY_PEPPERS: `2:${key(4)}`,
    });
    expect(gone.of('master key 1')).toMatchObject({ state: 'bad', found: 'is not here' });
    expect(gone.of('pepper 1')).toMatchObject({ state: 'bad', found: 'is not here' });
    const another = await look(hub.folder, { ...keys, PATCHBAY_MASTER_KEYS: `1:${key(9)}` });
    expect(another.of('master key 1')).toMatchObject({ found: 'does not open what was sealed under it' });
  });

  test('sees what waits: an event that nobody has tried, and a task that gave up', async () => {
    const sink = await startSink();
    undo.push(() => sink.close());
    const hub = await hubWith();
    const account = await hub.account();
    await hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: sink.origin },
      event_types: ['booking.*'],
    });
    await hub.call('POST', '/v1/events', await hub.service(), eventFor([account.id]));
    await until('it is delivered', () => sink.received.length === 1);
    await hub.stop();
    const file = new Database(join(hub.folder, 'patchbay.db'));
    const past = Date.now() - 3_600_000;
    file
      .prepare(`update deliveries set state = 'pending', due_at = ?, created_at = ?, attempts = 0`)
      .run(past, past);
    file
      .prepare(
        `insert into tasks (id, kind, subject, payload, state, done, failures, created_at, updated_at)
         values ('tsk_1', 'expand', 'evt_1', '{}', 'failed', 0, 20, ?, ?)`,
      )
      .run(past, past);
    file.close();
    const { of } = await look(hub.folder);
    expect(of('deliveries')).toMatchObject({ state: 'warn', found: expect.stringContaining('1 queued') });
    expect(of('first attempts')).toMatchObject({ state: 'warn' });
    expect(of('tasks')).toMatchObject({ state: 'bad' });
  });

  test('migrates nothing: an older schema is told, a newer one works', async () => {
    const hub = await hubWith();
    await hub.stop();
    const file = new Database(join(hub.folder, 'patchbay.db'));
    const add = (at: number) =>
      file.prepare('insert into __drizzle_migrations (hash, created_at) values (?, ?)').run('x', at);
    add(9_999_999_999_999);
    expect((await look(hub.folder)).of('database')).toMatchObject({
      state: 'warn',
      found: expect.stringContaining('does not know'),
    });
    file
      .prepare(
        'delete from __drizzle_migrations where created_at > (select min(created_at) from __drizzle_migrations)',
      )
      .run();
    const before = file.pragma('schema_version', { simple: true });
    const older = await look(hub.folder);
    expect(older.of('database')).toMatchObject({ state: 'bad', found: expect.stringContaining('lacks') });
    expect(older.of('the rest')).toBeDefined();
    expect(file.pragma('schema_version', { simple: true })).toBe(before);
    file.close();
  });
});

await describeWith('postgres', 'patchbay doctor on a cluster', (postgres) => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-doctor-'));
  const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  afterEach(async () => {
    for (const step of undo.splice(1).toReversed()) await step();
  });

  test('finds database, Redis, workers and epochs in step, and a Redis that throws keys away', async () => {
    const redis = await startRedis();
    undo.push(() => redis.stop());
    const environment = {
      ...keys,
      DATABASE_URL: await freshDatabase(postgres.url),
      REDIS_URL: redis.url,
      PATCHBAY_DATA: folder,
    };
    const hub = await startTestHub(environment);
    undo.push(() => hub.stop());
    await hub.account();
    const well = await look(folder, { ...environment, PATCHBAY_URL: hub.origin });
    for (const what of [
      'database',
      'redis',
      'clock',
      'workers',
      'wakes',
      'epochs',
      'hub',
      'keys',
      'key versions',
    ])
      expect([what, well.of(what)?.state]).toEqual([what, 'good']);
    const client = new Redis(redis.url);
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    client.disconnect();
    expect((await look(folder, { ...environment, PATCHBAY_URL: hub.origin })).of('redis')).toMatchObject({
      state: 'bad',
      found: expect.stringContaining('allkeys-lru'),
    });
  });

  test('says that nobody sends, when no worker has a heartbeat', async () => {
    const environment = { ...keys, DATABASE_URL: await freshDatabase(postgres.url), PATCHBAY_DATA: folder };
    const hub = await startTestHub({ ...environment, PATCHBAY_ROLE: 'api' });
    undo.push(() => hub.stop());
    const seen = await look(folder, { ...environment, PATCHBAY_URL: hub.origin });
    expect(seen.of('workers')).toMatchObject({ state: 'bad', found: 'there are none' });
  });

  test('tells of a server that is out of reach without its password, and of a schema that nobody has made', async () => {
    const away = await look(folder, {
      ...keys,
      DATABASE_URL: 'postgres://hub:s3cret-word@127.0.0.1:9/patchbay',
      REDIS_URL: 'redis://:s3cret-word@127.0.0.1:9',
    });
    expect(away.of('database')).toMatchObject({ state: 'bad' });
    expect(away.of('redis')).toMatchObject({ state: 'bad' });
    expect(away.ran.out).not.toContain('s3cret-word');

    const url = await freshDatabase(postgres.url);
    expect((await look(folder, { ...keys, DATABASE_URL: url })).of('database')).toMatchObject({
      state: 'bad',
      found: expect.stringContaining('lacks'),
    });
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(`select to_regclass('events') as made`);
    await client.end();
    expect(rows).toEqual([{ made: null }]);
    const migrate = () =>
      patchbay(folder, ['migrate'], { ...keys, DATABASE_URL: url, PATCHBAY_MIGRATE: '0' });
    expect((await migrate()).out).toMatch(/^\d+ migration\(s\) applied\n$/);
    expect((await migrate()).out).toBe('nothing to do\n');
    expect((await look(folder, { DATABASE_URL: url })).of('keys')).toMatchObject({ state: 'bad' });
  });
});
