import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { asc, eq, inArray, like, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/adapters/store-sqlite.ts';
import {
  type Stand,
  accountOf,
  atMs,
  deliveryOf,
  eventOf,
  fillLane,
  lease,
  publish,
  receiptOf,
  standOn,
} from './store/stand.ts';

/** What only the file can do to its store: durability, group commit, a full disk, other processes. */
describe('the SQLite file', () => {
  const at = { folder: '', file: '' };
  const stands: Stand[] = [];
  const stand = () => stands[0]!;

  beforeEach(async () => {
    at.folder = await mkdtemp(join(tmpdir(), 'patchbay-sqlite-'));
    at.file = join(at.folder, 'patchbay.db');
    stands.push(
      standOn(
        openSqliteStore({ file: at.file, migrationsFolder: 'migrations/sqlite', busyTimeoutMs: 50 }),
        'f',
      ),
    );
  });
  afterEach(async () => {
    await Promise.all(stands.splice(0).map((each) => each.store.close()));
    await rm(at.folder, { recursive: true });
  });

  test('every commit is on the disk before it is answered: WAL with synchronous FULL', async () => {
    expect(await pragma(stand(), 'journal_mode')).toBe('wal');
    expect(await pragma(stand(), 'synchronous')).toBe(2);
  });

  test('a read that the file cannot answer is told apart as store_unavailable', async () => {
    const { accounts } = stand().store.tables;
    const file = new Database(at.file);
    file.unsafeMode(true);
    file.pragma('writable_schema = ON');
    file.exec(`UPDATE sqlite_schema SET rootpage = 4000 WHERE name = 'accounts'`);
    file.pragma('schema_version = 4000');
    file.close();
    const [read] = await Promise.allSettled([stand().store.db.select().from(accounts)]);
    expect(read.status === 'rejected' && stand().store.failureOf(read.reason)).toMatchObject({
      code: 'store_unavailable',
      status: 503,
    });
    const other = new Error('not of the store');
    expect(stand().store.failureOf(other)).toBe(other);
  });

  test('all writes of one turn are one commit, and those of the next another', async () => {
    const { accounts } = stand().store.tables;
    const before = await commitsOf(at.file);
    const write = () => stand().store.write((db) => [db.insert(accounts).values(accountOf(stand()))]);
    const version = await stand().store.version();
    const calls = Array.from({ length: 20 }, () =>
      stand().store.publish(
        {
          id: stand().name('rcp'),
          tokenId: null,
          receivedAtMs: atMs,
          body: '',
          idempotencyId: null,
          fingerprint: '',
        },
        [eventOf(stand(), { matchedVersion: version })],
      ),
    );
    await Promise.all([...calls, write(), write(), write(), stand().store.settle([])]);
    expect((await commitsOf(at.file)) - before).toBe(1);
    await write();
    await write();
    expect((await commitsOf(at.file)) - before).toBe(3);
  });

  test.each([0, 1, 2])('a turn whose call %i fails is still one commit', async (place) => {
    const { accounts } = stand().store.tables;
    const taken = accountOf(stand());
    await stand().store.write((db) => [db.insert(accounts).values(taken)]);
    const before = await commitsOf(at.file);
    const rows = [0, 1, 2].map((i) => (i === place ? taken : accountOf(stand())));
    const outcomes = await Promise.allSettled(
      rows.map((row) => stand().store.write((db) => [db.insert(accounts).values(row)])),
    );
    expect(outcomes.map((outcome) => outcome.status)).toEqual(
      rows.map((row) => (row === taken ? 'rejected' : 'fulfilled')),
    );
    for (const row of rows)
      expect(await stand().store.db.select().from(accounts).where(eq(accounts.id, row.id))).toHaveLength(1);
    expect((await commitsOf(at.file)) - before).toBe(1);
  });

  test('a full disk is store_unavailable; nothing of a failed call is there, and the store recovers', async () => {
    const pages = Number(await pragma(stand(), 'page_count'));
    await pragma(stand(), `max_page_count = ${pages + 12}`);
    const big = () => eventOf(stand(), { dataJson: JSON.stringify({ text: 'x'.repeat(200_000) }) });
    const { accounts, events, receipts, subjects, feed } = stand().store.tables;
    const small = accountOf(stand());
    const [writing, ...publishing] = await Promise.allSettled([
      stand().store.write((db) => [db.insert(accounts).values(small)]),
      publish(stand(), [eventOf(stand()), big()]),
      publish(stand(), [big(), eventOf(stand())]),
    ]);
    for (const outcome of publishing)
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: 'store_unavailable', status: 503 },
      });
    const { db } = stand().store;
    for (const table of [events, receipts, subjects, feed]) expect(await db.select().from(table)).toEqual([]);
    // What was answered is there, what was refused is not.
    expect((await db.select().from(accounts).where(eq(accounts.id, small.id))).length).toBe(
      writing?.status === 'fulfilled' ? 1 : 0,
    );

    await pragma(stand(), `max_page_count = ${pages * 100}`);
    expect((await publish(stand(), [big()])).events[0]).toMatchObject({ outcome: 'written', sequence: 1 });
  });

  test('what a lease saw in a turn that the disk refused is no record of the event that comes in its place', async () => {
    const lane = stand().name('sub');
    const delivered = () => eventOf(stand(), { deliveries: [deliveryOf(stand(), { subscriptionId: lane })] });
    const [refused, accepted] = [delivered(), delivered()];
    const pages = Number(await pragma(stand(), 'page_count'));
    await pragma(stand(), `max_page_count = ${pages + 12}`);
    const matchedVersion = await stand().store.version();
    const turn = await Promise.allSettled([
      stand().store.publish(receiptOf(stand()), [{ ...refused, matchedVersion }]),
      lease(stand(), [[lane, 5]], atMs + 100, atMs + 900),
      stand().store.write((db) => [
        db.insert(stand().store.tables.accounts).values(accountOf(stand(), { name: 'x'.repeat(200_000) })),
      ]),
    ]);
    expect(turn.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await pragma(stand(), `max_page_count = ${pages * 100}`);
    await publish(stand(), [accepted]);
    const [leased] = await lease(stand(), [[lane, 5]], atMs + 100, atMs + 900);
    expect(leased).toMatchObject({ id: accepted.deliveries[0]!.id, event: { id: accepted.id } });
  });

  test('a file that cannot be written is store_unavailable, and the store recovers', async () => {
    // SQLITE_READONLY as a read-only file gives it; file modes do not bind root.
    await stand().store.db.run(sql.raw('PRAGMA query_only = 1'));
    await expect(publish(stand(), [eventOf(stand())])).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(
      stand().store.write((db) => [db.insert(stand().store.tables.accounts).values(accountOf(stand()))]),
    ).rejects.toMatchObject({ code: 'store_unavailable' });
    await stand().store.db.run(sql.raw('PRAGMA query_only = 0'));
    expect((await publish(stand(), [eventOf(stand())])).events[0]!.outcome).toBe('written');
  });

  test('a file that another process keeps locked is store_unavailable, and the store recovers', async () => {
    const rival = new Database(at.file);
    rival.exec('BEGIN IMMEDIATE');
    const outcomes = await Promise.allSettled([
      publish(stand(), [eventOf(stand())]),
      stand().store.lease({ leaseId: 'l', nowMs: atMs, untilMs: atMs, lanes: [] }),
    ]);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable' } });
    rival.exec('ROLLBACK');
    rival.close();
    expect((await publish(stand(), [eventOf(stand())])).events[0]!.outcome).toBe('written');
  });

  test('another process’s write is seen, our own is not taken for one', async () => {
    const before = stand().store.foreignWrites();
    await publish(stand(), [eventOf(stand())]);
    expect(stand().store.foreignWrites()).toBe(before);
    const other = standOn(openSqliteStore({ file: at.file, migrationsFolder: 'migrations/sqlite' }), 'o');
    await publish(other, [eventOf(other)]);
    await other.store.close();
    expect(stand().store.foreignWrites()).not.toBe(before);
  });

  test('three processes leave every sequence unique and without a gap, and never take the same delivery', async () => {
    const lane = stand().name('sub');
    const ids = await fillLane(
      stand(),
      lane,
      Array.from({ length: 90 }, () => atMs),
    );
    const startMs = Date.now() + 1_500;
    const rivals = await Promise.all(
      ['a', 'b', 'c'].map(async (tag) => {
        const { stdout } = await run(process.execPath, [
          'tests/contracts/store/sqlite-rival.ts',
          at.file,
          tag,
          lane,
          String(startMs),
        ]);
        return JSON.parse(stdout) as { written: number[]; taken: string[] };
      }),
    );
    expect(rivals.map((rival) => rival.written.length)).toEqual([150, 150, 150]);
    expect(rivals.flatMap((rival) => rival.taken).sort()).toEqual(ids.sort());
    const { events } = stand().store.tables;
    const rows = await stand()
      .store.db.select()
      .from(events)
      .where(like(events.subject, 'bookings/shared%'))
      .orderBy(asc(events.sequence));
    expect(rows.length).toBe(450);
    for (const subject of new Set(rows.map((row) => row.subject))) {
      const sequences = rows.filter((row) => row.subject === subject).map((row) => row.sequence);
      expect(sequences).toEqual(sequences.map((_, i) => i + 1));
    }
    expect(
      (
        await stand()
          .store.db.select()
          .from(events)
          .where(
            inArray(
              events.position,
              rivals.flatMap((rival) => rival.written),
            ),
          )
      ).length,
    ).toBe(450);
  });
});

const run = promisify(execFile);

async function pragma(stand: Stand, text: string): Promise<unknown> {
  const [row] = await stand.store.db.all<Record<string, unknown>>(sql.raw(`PRAGMA ${text}`));
  return Object.values(row ?? {})[0];
}

/**
 * Commits in the write-ahead log: frames whose header gives the size of the database after the commit, and zero
 * otherwise (sqlite.org/fileformat2.html, "WAL file format").
 */
async function commitsOf(file: string): Promise<number> {
  const log = await readFile(`${file}-wal`);
  const frame = 24 + log.readUInt32BE(8);
  const salts = log.subarray(16, 24);
  let commits = 0;
  for (let at = 32; at + frame <= log.length; at += frame) {
    if (!log.subarray(at + 8, at + 16).equals(salts)) break; // Left over from before a checkpoint.
    if (log.readUInt32BE(at + 4) > 0) commits += 1;
  }
  return commits;
}
