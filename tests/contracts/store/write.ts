import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { and, asc, eq, like } from 'drizzle-orm';
import { type Case, accountOf, atMs, grantOf, subscriptionOf } from './stand.ts';

/** `write` and the columns: plain statements, whatever the database. */
export const writeCases: Case[] = [
  {
    title: 'a write gives each statement its own rows, in their order',
    prove: async (stand) => {
      const { store } = stand;
      const { accounts } = store.tables;
      const [one, two] = [accountOf(stand), accountOf(stand)];
      const [inserted, renamed, read] = await store.write((db) => [
        db.insert(accounts).values([one, two]).returning({ id: accounts.id }),
        db
          .update(accounts)
          .set({ country: 'mx' })
          .where(eq(accounts.id, two.id))
          .returning({ id: accounts.id, country: accounts.country }),
        db.select({ country: accounts.country }).from(accounts).where(eq(accounts.id, two.id)),
      ]);
      deepEqual(inserted.map((row) => row.id).sort(), [one.id, two.id]);
      deepEqual(renamed, [{ id: two.id, country: 'mx' }]);
      deepEqual(read, [{ country: 'mx' }]);
    },
  },
  {
    title: 'a write is all or none, and a conflict is told from other errors',
    prove: async (stand) => {
      const { store } = stand;
      const { accounts, users } = store.tables;
      const taken = accountOf(stand);
      const user = { id: stand.name('usr'), name: 'n', email: null, createdAt: new Date(atMs) };
      await store.write((db) => [db.insert(accounts).values(taken)]);
      const twice = await failure(
        store.write((db) => [
          db.insert(users).values(user),
          db.insert(accounts).values({ ...accountOf(stand), id: taken.id }),
        ]),
      );
      equal(store.isConflict(twice), true);
      deepEqual(await store.db.select().from(users).where(eq(users.id, user.id)), []);

      const nameless = { ...accountOf(stand), name: null as unknown as string }; // What the types forbid and a defect may still bring.
      const missing = await failure(
        store.write((db) => [db.insert(users).values(user), db.insert(accounts).values(nameless)]),
      );
      equal(store.isConflict(missing), false);
      deepEqual(await store.db.select().from(users).where(eq(users.id, user.id)), []);
      await store.write((db) => [db.insert(users).values(user)]);
    },
  },
  {
    title: 'a write of nothing writes nothing',
    prove: async ({ store }) => deepEqual(await store.write(() => []), []),
  },
  {
    title: 'writes of one turn are isolated: one that fails rejects alone, the others land',
    prove: async (stand) => {
      const { store } = stand;
      const { accounts } = store.tables;
      const taken = accountOf(stand);
      await store.write((db) => [db.insert(accounts).values(taken)]);
      const rows = [accountOf(stand), accountOf(stand, { id: taken.id }), accountOf(stand)];
      const outcomes = await Promise.allSettled(
        rows.map((row) => store.write((db) => [db.insert(accounts).values(row)])),
      );
      deepEqual(
        outcomes.map((outcome) => outcome.status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      const prefix = `${taken.id.slice(0, -5)}%`;
      const found = await store.db
        .select({ id: accounts.id })
        .from(accounts)
        .where(like(accounts.id, prefix))
        .orderBy(asc(accounts.id));
      deepEqual(
        found.map((row) => row.id),
        [taken.id, rows[0]!.id, rows[2]!.id],
      );
    },
  },
  {
    title: 'a decision is a WHERE: a compare-and-set answers rows to one of two rivals',
    prove: async (stand) => {
      const { store } = stand;
      const { tasks } = store.tables;
      const at = new Date(atMs);
      const task = {
        id: stand.name('tsk'),
        kind: 'k',
        subject: 's',
        payload: {},
        cursor: null,
        state: 'open' as const,
        done: 0,
        dueAt: at,
        leaseId: null,
        failures: 0,
        error: null,
        createdAt: at,
        updatedAt: at,
      };
      await store.write((db) => [db.insert(tasks).values(task)]);
      const claim = () =>
        store.write((db) => [
          db
            .update(tasks)
            .set({ state: 'done' })
            .where(and(eq(tasks.id, task.id), eq(tasks.state, 'open')))
            .returning({ id: tasks.id }),
        ]);
      const taken = (await Promise.all([claim(), claim(), claim()])).flatMap(([rows]) => rows);
      deepEqual(taken, [{ id: task.id }]);
    },
  },
  {
    title: 'every column kind comes back as it went: dates, key order, flags, nulls, big counts, odd text',
    prove: async (stand) => {
      const { store } = stand;
      const { grants, subscriptions, tasks, audit } = store.tables;
      const grant = grantOf(stand, {
        history: true,
        sinceEvent: Number.MAX_SAFE_INTEGER,
        endedAt: new Date(atMs + 1),
        scopes: ['z', 'a'],
        epochs: { user: ['usr_1', 3], installation: ['', 0] },
      });
      const subscription = subscriptionOf(stand, {
        filter: { z: [1, { y: null, b: 'ü😀\'"\\' }], a: false },
        description: 'ü😀\n\'"\\',
      });
      const at = new Date(atMs);
      const cursors = ['plain', '12', '{"a":1}', 12, 0, false, [], { b: 1, a: 2 }, null];
      const rows = cursors.map((cursor) => ({
        id: stand.name('tsk'),
        kind: 'k',
        subject: 's',
        payload: { b: 1, a: { d: 1, c: 2 } },
        cursor,
        state: 'done' as const,
        done: 0,
        dueAt: null,
        leaseId: null,
        failures: 0,
        error: null,
        createdAt: at,
        updatedAt: at,
      }));
      const [, , noted] = await store.write((db) => [
        db.insert(grants).values(grant),
        db.insert(subscriptions).values(subscription),
        db
          .insert(audit)
          .values({ at, actor: 'a', action: 'b', subject: 'c', detail: {} })
          .returning({ position: audit.position }),
        // One by one: D1 takes at most 100 parameters a statement.
        ...rows.map((row) => db.insert(tasks).values(row)),
      ]);
      equal(typeof noted[0]!.position, 'number');
      same(await store.db.select().from(grants).where(eq(grants.id, grant.id)), [grant]);
      same(await store.db.select().from(subscriptions).where(eq(subscriptions.id, subscription.id)), [
        subscription,
      ]);
      for (const row of rows) same(await store.db.select().from(tasks).where(eq(tasks.id, row.id)), [row]);
      deepEqual(
        await store.db
          .select({ n: grants.id })
          .from(grants)
          .where(eq(grants.endedAt, new Date(atMs + 1)))
          .limit(1),
        [{ n: grant.id }],
      );
    },
  },
  {
    title: 'the mark of the subscription set is there from the start, once',
    prove: async ({ store }) => {
      ok((await store.version()) >= 1);
      await rejects(
        store.write((db) => [db.insert(store.tables.marks).values({ name: 'subscriptions', value: 1 })]),
      );
    },
  },
];

async function failure(write: Promise<unknown>): Promise<unknown> {
  return write.then(
    () => Promise.reject(new Error('expected a rejection')),
    (error: unknown) => error,
  );
}

/** deepEqual does not look at the order of keys; text does. */
function same(found: unknown, expected: unknown): void {
  deepEqual(found, expected);
  equal(JSON.stringify(found), JSON.stringify(expected));
}
