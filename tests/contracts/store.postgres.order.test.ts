import { and, asc, desc, eq, gt, like, or, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from '#src/ports';
import { describeWith } from '../services/describe.ts';
import { freshDatabase } from '../services/postgres.ts';
import { connect, openRivals, waitForLock } from './store/rivals.ts';
import { type Stand, eventOf, publish, receiptOf, subscriptionOf } from './store/stand.ts';

/** What commits before what: changes of the subscription set, and the feed that a reader follows. */
await describeWith('postgres', 'the order of commits on PostgreSQL', (server) => {
  const at = { url: '' };
  const stands: Stand[] = [];

  beforeAll(async () => {
    at.url = await freshDatabase(server.url);
    stands.push(...(await openRivals(at.url, 4)));
  });
  afterAll(() => Promise.all(stands.map((stand) => stand.store.close())));

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
      // One publish at least between two changes, or a fast machine proves nothing: all of them would be stale.
      const before = version.size;
      while (n % 2 === 1 && version.size === before) await new Promise((resolve) => setTimeout(resolve, 1));
      const id = subscriber.name('sub');
      const [[raised], , [made]] = await subscriber.store.write((db) => [
        db
          .update(marks)
          .set({ value: sql`${marks.value} + 1` })
          .where(eq(marks.name, 'subscriptions'))
          .returning(),
        db.insert(subscriptions).values({
          ...subscriptionOf(subscriber, { id }),
          sinceEvent: sql`(SELECT coalesce(max(position), 0) FROM events)`,
        }),
        db
          .select({ sinceEvent: subscriptions.sinceEvent })
          .from(subscriptions)
          .where(eq(subscriptions.id, id)),
      ]);
      changes.push({ version: raised!.value, sinceEvent: made!.sinceEvent });
    }
    state.isOver = true;
    await Promise.all(publishing);
    const rows = await subscriber.store.db
      .select({ id: events.id, position: events.position })
      .from(events)
      .where(like(events.id, 'evt_r%'));
    const written = rows.filter((row) => version.has(row.id));
    expect(written.length).toBeGreaterThan(0);
    for (const change of changes) {
      const wrong = written.filter((row) =>
        version.get(row.id)! < change.version
          ? row.position > change.sinceEvent
          : row.position <= change.sinceEvent,
      );
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

  test('a reader of the feed skips nothing, though a lower transaction commits later', async () => {
    const stand = stands[0]!;
    const account = stand.name('acc');
    const slow = await connect(at.url);
    await slow.query('BEGIN');
    await slow.query(
      `INSERT INTO feed (tx, account_id, event_position) VALUES (pg_current_xact_id()::text::bigint, $1, -1)`,
      [account],
    );
    const { events } = await publish(stand, [eventOf(stand, { audience: [account] })]);
    const early = await readFeed(stand.store, account, [0, 0]);
    expect(early).toEqual([]);
    await slow.query('COMMIT');
    await slow.end();
    await untilShown(stand.store, account);
    expect((await readFeed(stand.store, account, [0, 0])).map((row) => row.eventPosition)).toEqual([
      -1,
      events[0]!.position,
    ]);
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
    await untilShown(stands[0]!.store, account);
    state.isOver = true;
    await reading;
    expect(read.toSorted((a, b) => a - b)).toEqual(written.toSorted((a, b) => a - b));
  });
});

/** A transaction of any database of the server holds the end of the feed back for as long as it runs. */
async function untilShown(store: Store, account: string): Promise<void> {
  const { feed } = store.tables;
  const [newest] = await store.db
    .select()
    .from(feed)
    .where(eq(feed.accountId, account))
    .orderBy(desc(feed.tx), desc(feed.position))
    .limit(1);
  const before: [number, number] = [newest!.tx, newest!.position - 1];
  await expect.poll(() => readFeed(store, account, before)).toEqual([newest]);
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
