import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PatchbayError } from '#src/errors';
import type { Store } from '#src/ports';
import { openPostgresStore } from '../../src/adapters/store-postgres.ts';
import { describeWith } from '../services/describe.ts';
import { freshDatabase } from '../services/postgres.ts';
import { connect, migrationsFolder, openRivals, waitForLock } from './store/rivals.ts';
import { type Stand, accountOf, deliveryOf, eventOf, publish, standOn } from './store/stand.ts';

/** Deadlocks, and servers that go away. */
await describeWith('postgres', 'faults of PostgreSQL', (server) => {
  const at = { url: '' };
  const stands: Stand[] = [];

  beforeAll(async () => {
    at.url = await freshDatabase(server.url);
    stands.push(...(await openRivals(at.url, 2)));
  });
  afterAll(() => Promise.all(stands.map((stand) => stand.store.close())));

  test('a write that the server rolled back to break a deadlock is tried again', async () => {
    const { accounts, marks } = stands[0]!.store.tables;
    const [one, two] = [accountOf(stands[0]!), accountOf(stands[0]!)];
    await stands[0]!.store.write((db) => [db.insert(accounts).values([one, two])]);
    const cross = (store: Store, first: string, second: string) =>
      store.write((db) => [
        db
          .update(accounts)
          .set({ country: 'mx' })
          .where(eq(accounts.id, first))
          .returning({ id: accounts.id }),
        db
          .select({ slept: sql`pg_sleep(0.3)` })
          .from(marks)
          .limit(1),
        db
          .update(accounts)
          .set({ country: 'mx' })
          .where(eq(accounts.id, second))
          .returning({ id: accounts.id }),
      ]);
    const rows = await Promise.all([
      cross(stands[0]!.store, one.id, two.id),
      cross(stands[1]!.store, two.id, one.id),
    ]);
    expect(rows.map(([first, , second]) => [first, second])).toEqual([
      [[{ id: one.id }], [{ id: two.id }]],
      [[{ id: two.id }], [{ id: one.id }]],
    ]);
  });

  test('a lost connection is store_unavailable, and the store comes back', async () => {
    const url = await freshDatabase(server.url);
    const store = await openPostgresStore({ url, migrationsFolder });
    const stand = standOn(store, 'lost');
    const admin = await connect(url);
    await admin.query('BEGIN');
    await admin.query(`LOCK TABLE receipts, accounts`);
    const publishing = publish(stand, [eventOf(stand, { deliveries: [deliveryOf(stand)] })]);
    const writing = store.write((db) => [
      db.insert(store.tables.accounts).values(accountOf(stand)),
      db.select().from(store.tables.marks),
    ]);
    const outcomes = Promise.allSettled([publishing, writing]);
    await waitForLock(url, 2);
    await admin.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await admin.query('COMMIT');
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: 'store_unavailable', status: 503 },
      });
    expect((await publish(stand, [eventOf(stand)])).events[0]!.outcome).toBe('written');
    await admin.end();
    await store.close();
  });

  test('a read whose connection is lost is told apart as store_unavailable; a wrong statement stays what it is', async () => {
    const url = await freshDatabase(server.url);
    const store = await openPostgresStore({ url, migrationsFolder });
    const admin = await connect(url);
    const { accounts } = store.tables;
    await admin.query('BEGIN');
    await admin.query('LOCK TABLE accounts');
    const reading = Promise.allSettled([store.db.select().from(accounts)]);
    await waitForLock(url, 1);
    await admin.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await admin.query('COMMIT');
    const [lost] = await reading;
    expect(lost.status === 'rejected' && store.failureOf(lost.reason)).toMatchObject({
      code: 'store_unavailable',
      status: 503,
    });
    const [wrong] = await Promise.allSettled([store.db.select({ x: sql`1 / 0` }).from(store.tables.marks)]);
    expect(wrong.status === 'rejected' && store.failureOf(wrong.reason)).toBe(
      wrong.status === 'rejected' && wrong.reason,
    );
    await admin.end();
    await store.close();
  });

  test('a server that is not there is store_unavailable', async () => {
    const opening = openPostgresStore({ url: 'postgres://postgres@127.0.0.1:1/none', migrationsFolder });
    await expect(opening).rejects.toBeInstanceOf(PatchbayError);
    await expect(opening).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});
