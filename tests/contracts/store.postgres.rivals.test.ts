import { and, asc, eq, gt, inArray, like, or, sql } from 'drizzle-orm';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PatchbayError } from '#src/errors';
import type { Store } from '#src/ports';
import { openPostgresStore } from '../../src/adapters/store-postgres.ts';
import { describeWith } from '../services/describe.ts';
import { freshDatabase } from '../services/postgres.ts';
import { type Stand, accountOf, atMs, deliveryOf, eventOf, fillLane, lease, publish, receiptOf, settlementOf, standOn, subscriptionOf } from './store/stand.ts';

/** What PGlite cannot prove: several processes' connections at once. Each rival has a store, and a pool, of its own. */
await describeWith('postgres', 'rival stores on PostgreSQL', (server) => {
  const at = { url: '' };
  const stands: Stand[] = [];
  const migrationsFolder = 'migrations/postgres';

  beforeAll(async () => {
    at.url = await freshDatabase(server.url);
    const stores = await Promise.all([0, 1, 2, 3].map(() => openPostgresStore({ url: at.url, migrationsFolder })));
    stands.push(...stores.map((store, i) => standOn(store, `r${i}x`)));
  });
  afterAll(() => Promise.all(stands.map((stand) => stand.store.close())));

  test('rivals that start at once migrate an empty database once', async () => {
    const url = await freshDatabase(server.url);
    const stores = await Promise.all([0, 1, 2, 3, 4].map(() => openPostgresStore({ url, migrationsFolder })));
    expect(await Promise.all(stores.map((store) => store.version()))).toEqual([1, 1, 1, 1, 1]);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('eight publishers on fifty subjects leave every sequence unique and without a gap', async () => {
    const subjects = Array.from({ length: 50 }, (_, i) => `bookings/rival${i}`);
    const answers = await Promise.all(
      [...stands, ...stands].map(async (stand, k) => {
        const events = [];
        for (let n = 0; n < 25; n += 1) {
          // Rivals walk the subjects in different directions: the order of locks must not be the order of events.
          const walk = Array.from({ length: 8 }, (_, i) => subjects[(k % 2 ? 500 - n * 7 - i * 3 : n * 7 + i * 3 + k) % 50]!);
          events.push(...(await publish(stand, walk.map((subject) => eventOf(stand, { subject })))).events);
        }
        return events;
      }),
    );
    expect(answers.flat().every((event) => event.outcome === 'written')).toBe(true);
    const { events } = stands[0]!.store.tables;
    const rows = await stands[0]!.store.db.select({ subject: events.subject, sequence: events.sequence }).from(events).where(inArray(events.subject, subjects)).orderBy(asc(events.sequence));
    expect(rows.length).toBe(8 * 25 * 8);
    for (const subject of subjects) {
      const sequences = rows.filter((row) => row.subject === subject).map((row) => row.sequence);
      expect(sequences).toEqual(sequences.map((_, i) => i + 1));
    }
  });

  test('of rivals that publish one id exactly one writes it, and the others know it', async () => {
    const twins = Array.from({ length: 40 }, () => eventOf(stands[0]!, { audience: [stands[0]!.name('acc')] }));
    const answers = await Promise.all(stands.map((stand, k) => publish(stand, k % 2 ? twins.toReversed() : twins)));
    const outcomes = answers.map((answer, k) => (k % 2 ? answer.events.toReversed() : answer.events));
    twins.forEach((_, i) => {
      expect(outcomes.map((events) => events[i]!.outcome).sort()).toEqual(['known', 'known', 'known', 'written']);
      expect(new Set(outcomes.map((events) => events[i]!.position)).size).toBe(1);
    });
    const { feed } = stands[0]!.store.tables;
    const shown = await stands[0]!.store.db.select().from(feed).where(inArray(feed.accountId, twins.flatMap((event) => event.audience)));
    expect(shown.length).toBe(40);
  });

  test('of rivals with one idempotency key exactly one writes', async () => {
    const answers = await Promise.all(stands.map((stand) => publish(stand, [eventOf(stand)], { idempotencyId: 'tok_1:rival' })));
    expect(answers.map((answer) => answer.events[0]!.outcome).sort()).toEqual(['claimed', 'claimed', 'claimed', 'written']);
    expect(new Set(answers.flatMap((answer) => answer.claim?.eventIds ?? [])).size).toBe(1);
  });

  test('a subscription is confirmed between publishes: each saw it, or came before it', async () => {
    const [subscriber, ...publishers] = stands as [Stand, ...Stand[]];
    const { marks, subscriptions, events } = subscriber.store.tables;
    const state = { isOver: false };
    const version = new Map<string, number>();
    const publishing = publishers.map(async (stand) => {
      while (!state.isOver) {
        const matchedVersion = await stand.store.version();
        const event = eventOf(stand, { matchedVersion });
        const answer = await stand.store.publish(receiptOf(stand), [event]);
        if (answer.events[0]!.outcome === 'written') version.set(event.id, matchedVersion);
      }
    });
    const changes: { version: number; sinceEvent: number }[] = [];
    for (let n = 0; n < 40; n += 1) {
      const id = subscriber.name('sub');
      const [[raised], , [made]] = await subscriber.store.write((db) => [
        db.update(marks).set({ value: sql`${marks.value} + 1` }).where(eq(marks.name, 'subscriptions')).returning(),
        db.insert(subscriptions).values({ ...subscriptionOf(subscriber, { id }), sinceEvent: sql`(SELECT coalesce(max(position), 0) FROM events)` }),
        db.select({ sinceEvent: subscriptions.sinceEvent }).from(subscriptions).where(eq(subscriptions.id, id)),
      ]);
      changes.push({ version: raised!.value, sinceEvent: made!.sinceEvent });
    }
    state.isOver = true;
    await Promise.all(publishing);
    const rows = await subscriber.store.db.select({ id: events.id, position: events.position }).from(events).where(like(events.id, 'evt_r%'));
    const written = rows.filter((row) => version.has(row.id));
    expect(written.length).toBeGreaterThan(0);
    for (const change of changes) {
      const wrong = written.filter((row) => (version.get(row.id)! < change.version ? row.position > change.sinceEvent : row.position <= change.sinceEvent));
      expect(wrong).toEqual([]);
    }
  });

  test('a publish waits for a change of the set that is under way, and is stale', async () => {
    const stand = stands[0]!;
    const matchedVersion = await stand.store.version();
    const rival = await connect(at.url);
    await rival.query(`BEGIN`);
    await rival.query(`UPDATE marks SET value = value + 1 WHERE name = 'subscriptions'`);
    const published = stand.store.publish(receiptOf(stand), [eventOf(stand, { matchedVersion })]);
    await waitForLock(at.url);
    await rival.query('COMMIT');
    await rival.end();
    const answer = await published;
    expect([answer.events[0]!.outcome, answer.version]).toEqual(['stale', matchedVersion + 1]);
  });

  test('rival leasers never take the same delivery, and leave none', async () => {
    const lanes = Array.from({ length: 5 }, () => stands[0]!.name('sub'));
    const ids = await Promise.all(lanes.map((lane) => fillLane(stands[0]!, lane, Array.from({ length: 80 }, (_, i) => atMs + i))));
    const taken = await Promise.all([...stands, ...stands].map((stand) => leaseAll(stand, lanes)));
    expect(taken.flat().sort()).toEqual(ids.flat().sort());
  });

  test('rival leasers keep the order of a line', async () => {
    const lane = stands[0]!.name('sub');
    const ids = await fillLane(stands[0]!, lane, Array.from({ length: 40 }, () => atMs), { line: 'bookings/ordered' });
    const sent: string[] = [];
    await Promise.all(
      stands.map(async (stand) => {
        while (sent.length < ids.length) {
          for (const leased of await lease(stand, [[lane, 10]], atMs, atMs + 100)) {
            sent.push(leased.id);
            await stand.store.settle([settlementOf(stand, leased)]);
          }
        }
      }),
    );
    expect(sent).toEqual(ids);
  });

  test('a reader of the feed skips nothing, though a lower transaction commits later', async () => {
    const stand = stands[0]!;
    const account = stand.name('acc');
    const slow = await connect(at.url);
    await slow.query('BEGIN');
    await slow.query(`INSERT INTO feed (tx, account_id, event_position) VALUES (pg_current_xact_id()::text::bigint, $1, -1)`, [account]);
    const { events } = await publish(stand, [eventOf(stand, { audience: [account] })]);
    const early = await readFeed(stand.store, account, [0, 0]);
    expect(early).toEqual([]);
    await slow.query('COMMIT');
    await slow.end();
    expect((await readFeed(stand.store, account, [0, 0])).map((row) => row.eventPosition)).toEqual([-1, events[0]!.position]);
  });

  test('a reader of the feed that follows rival publishers reads each event once, in the order of its cursor', async () => {
    const account = stands[0]!.name('acc');
    const state = { isOver: false };
    const publishing = stands.map(async (stand) => {
      const positions: number[] = [];
      for (let n = 0; n < 60; n += 1) {
        const events = Array.from({ length: 3 }, () => eventOf(stand, { audience: [account] }));
        positions.push(...(await publish(stand, events)).events.map((event) => event.position));
      }
      return positions;
    });
    const read: number[] = [];
    const reading = (async () => {
      let cursor: [number, number] = [0, 0];
      for (let isLast = false; ; isLast = state.isOver) {
        const rows = await readFeed(stands[3]!.store, account, cursor);
        read.push(...rows.map((row) => row.eventPosition));
        const last = rows.at(-1);
        if (last) cursor = [last.tx, last.position];
        else if (isLast) return;
      }
    })();
    const written = (await Promise.all(publishing)).flat();
    state.isOver = true;
    await reading;
    expect(read.toSorted((a, b) => a - b)).toEqual(written.toSorted((a, b) => a - b));
  });

  test('a write that the server rolled back to break a deadlock is tried again', async () => {
    const { accounts, marks } = stands[0]!.store.tables;
    const [one, two] = [accountOf(stands[0]!), accountOf(stands[0]!)];
    await stands[0]!.store.write((db) => [db.insert(accounts).values([one, two])]);
    const cross = (store: Store, first: string, second: string) =>
      store.write((db) => [
        db.update(accounts).set({ country: 'mx' }).where(eq(accounts.id, first)).returning({ id: accounts.id }),
        db.select({ slept: sql`pg_sleep(0.3)` }).from(marks).limit(1),
        db.update(accounts).set({ country: 'mx' }).where(eq(accounts.id, second)).returning({ id: accounts.id }),
      ]);
    const rows = await Promise.all([cross(stands[0]!.store, one.id, two.id), cross(stands[1]!.store, two.id, one.id)]);
    expect(rows.map(([first, , second]) => [first, second])).toEqual([[[{ id: one.id }], [{ id: two.id }]], [[{ id: two.id }], [{ id: one.id }]]]);
  });

  test('a lost connection is store_unavailable, and the store comes back', async () => {
    const url = await freshDatabase(server.url);
    const store = await openPostgresStore({ url, migrationsFolder });
    const stand = standOn(store, 'lost');
    const admin = await connect(url);
    await admin.query('BEGIN');
    await admin.query(`LOCK TABLE receipts, accounts`);
    const publishing = publish(stand, [eventOf(stand, { deliveries: [deliveryOf(stand)] })]);
    const writing = store.write((db) => [db.insert(store.tables.accounts).values(accountOf(stand)), db.select().from(store.tables.marks)]);
    const outcomes = Promise.allSettled([publishing, writing]);
    await waitForLock(url, 2);
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');
    await admin.query('COMMIT');
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable', status: 503 } });
    expect((await publish(stand, [eventOf(stand)])).events[0]!.outcome).toBe('written');
    await admin.end();
    await store.close();
  });

  test('a server that is not there is store_unavailable', async () => {
    const opening = openPostgresStore({ url: 'postgres://postgres@127.0.0.1:1/none', migrationsFolder });
    await expect(opening).rejects.toBeInstanceOf(PatchbayError);
    await expect(opening).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});

async function leaseAll(stand: Stand, lanes: string[]): Promise<string[]> {
  const taken: string[] = [];
  // SKIP LOCKED may leave a rival's rows for a moment: nobody is done before a lease finds nothing twice.
  for (let empty = 0; empty < 2; ) {
    const leased = await lease(stand, lanes.map((lane) => [lane, 3]), atMs + 100, atMs + 900);
    empty = leased.length === 0 ? empty + 1 : 0;
    taken.push(...leased.map((delivery) => delivery.id));
  }
  return taken;
}

/** Commit order, as the port demands it of every reader: only rows older than the oldest running transaction. */
async function readFeed({ db, tables: { feed } }: Store, account: string, [tx, position]: [number, number]) {
  return db
    .select()
    .from(feed)
    .where(
      and(
        eq(feed.accountId, account),
        sql`${feed.tx} < pg_snapshot_xmin(pg_current_snapshot())::text::bigint`,
        or(gt(feed.tx, tx), and(eq(feed.tx, tx), gt(feed.position, position))),
      ),
    )
    .orderBy(asc(feed.tx), asc(feed.position))
    .limit(20);
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

/** On a connection of its own: within a transaction PostgreSQL answers pg_stat_activity from a snapshot. */
async function waitForLock(url: string, count = 1): Promise<void> {
  const client = await connect(url);
  const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  for (let found = 0; found < count; ) found = (await client.query<{ n: number }>(waiting)).rows[0]!.n;
  await client.end();
}
