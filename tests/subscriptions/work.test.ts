import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMemoryGate } from '../../src/adapters/gate-memory.ts';
import { openPostgresStore } from '../../src/adapters/store-postgres.ts';
import { openSqliteStore } from '../../src/adapters/store-sqlite.ts';
import { createIds } from '../../src/columns/index.ts';
import { type Ctx, defaultSettings, type Ports } from '../../src/context/index.ts';
import { cancelKind, releaseKind } from '../../src/deliveries/index.ts';
import type { Store } from '../../src/ports/index.ts';
import { createDirectory, replay, replayKind } from '../../src/subscriptions/index.ts';
import type { Chunk, Task } from '../../src/tasks/index.ts';
import {
  accountOf,
  atMs,
  deliveryOf,
  eventOf,
  grantOf,
  publish,
  type Stand,
  standOn,
  subscriptionOf,
} from '../contracts/store/stand.ts';
import { createPglitePool } from '../contracts/store/pglite-pool.ts';
import { memoryLog } from '../harness/hub.ts';

const openPglite = async (): Promise<{ store: Store; close(): Promise<void> }> => {
  const { pool, close } = createPglitePool();
  const store = await openPostgresStore({ pool, migrationsFolder: 'migrations/postgres' });
  return { store, close: () => store.close().then(close) };
};
const openSqlite = async (): Promise<{ store: Store; close(): Promise<void> }> => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-work-'));
  const store = openSqliteStore({ file: join(folder, 'patchbay.db'), migrationsFolder: 'migrations/sqlite' });
  return { store, close: () => store.close().then(() => rmSync(folder, { recursive: true, force: true })) };
};

describe.each([
  ['SQLite', openSqlite],
  ['PGlite', openPglite],
] as const)('durable work on %s', (_, open) => {
  let opened: { store: Store; close(): Promise<void> };
  let stand: Stand;
  let ports: Ports;
  beforeAll(async () => {
    opened = await open();
    const { store } = opened;
    stand = standOn(store, 'work');
    const clock = {
      now: () => new Date(atMs + 1_000),
      ms: () => atMs + 1_000,
      ticks: () => 0,
      after: () => () => {},
    };
    const chance = {
      bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
      fraction: () => 0.5,
    };
    // The kinds take these few; the rest of the ports nobody calls.
    ports = {
      store,
      clock,
      ids: createIds(clock, chance),
      settings: defaultSettings,
      gate: await createMemoryGate(store),
      directory: await createDirectory(store, memoryLog()),
      queue: { wake: () => {} },
    } as unknown as Ports;
  });
  afterAll(() => opened.close());

  /** Chunk by chunk to the end, as the task runner would; `twice` writes each chunk two times, as after a crash. */
  const work = async (
    kind: (task: Task) => Promise<Chunk>,
    task: Partial<Task>,
    twice = false,
  ): Promise<number> => {
    let [cursor, count]: [unknown, number] = [null, 0];
    for (let n = 0; n < 100; n++) {
      const chunk = await kind({
        id: 'tsk_1',
        kind: 'any',
        subject: '',
        createdAt: new Date(atMs + 1_000),
        cursor,
        ...task,
      } as Task);
      for (let k = 0; k < (twice ? 2 : 1); k++) await opened.store.write((db) => chunk.statements(db));
      [cursor, count] = [chunk.cursor, count + chunk.count];
      if (chunk.isLast) return count;
    }
    throw new Error('it never ends');
  };
  const insert = async (rows: {
    accounts: ReturnType<typeof accountOf>[];
    grants: ReturnType<typeof grantOf>[];
    subscriptions: ReturnType<typeof subscriptionOf>[];
  }) => {
    const { tables } = opened.store;
    await opened.store.write((db) => [
      ...rows.accounts.map((row) => db.insert(tables.accounts).values(row)),
      ...rows.grants.map((row) => db.insert(tables.grants).values(row)),
      ...rows.subscriptions.map((row) => db.insert(tables.subscriptions).values(row)),
    ]);
  };
  const statesOf = async (subscriptionId: string) => {
    const { deliveries } = opened.store.tables;
    const rows = await opened.store.db
      .select()
      .from(deliveries)
      .where(eq(deliveries.subscriptionId, subscriptionId));
    return Object.fromEntries(
      Object.entries(Object.groupBy(rows, (row) => `${row.state} ${row.reason}`)).map(([key, list]) => [
        key,
        list?.length,
      ]),
    );
  };
  const own = async () => {
    const account = accountOf(stand);
    const grant = grantOf(stand, { accountId: account.id, userId: stand.name('usr'), history: true });
    const subscription = subscriptionOf(stand, { accountId: account.id, grantId: grant.id });
    await insert({ accounts: [account], grants: [grant], subscriptions: [subscription] });
    const to = { subscriptionId: subscription.id, grantId: grant.id, accountId: account.id };
    return { account, grant, subscription, to };
  };

  test('cancelling counts each delivery once, also where a chunk is written twice, and leaves what was sent', async () => {
    const { subscription, grant, to } = await own();
    const held = { ...to, state: 'held' as const, reason: 'subscription_paused', dueAtMs: null };
    const pending = Array.from({ length: 300 }, () => deliveryOf(stand, to));
    await publish(
      stand,
      pending.map((one) => eventOf(stand, { deliveries: [one] })),
    );
    await publish(
      stand,
      Array.from({ length: 300 }, () => eventOf(stand, { deliveries: [deliveryOf(stand, held)] })),
    );
    const { deliveries, revocations } = opened.store.tables;
    await opened.store.write((db) => [
      db
        .update(deliveries)
        .set({ state: 'delivered', reason: 'delivered', dueAt: null })
        .where(eq(deliveries.id, pending[0]?.id ?? '')),
      db.insert(revocations).values({
        id: 'rvk_1',
        level: 'grant',
        subjectId: grant.id,
        reason: 'user',
        actor: 'test',
        createdAt: new Date(atMs),
        cancelled: 0,
      }),
    ]);
    await work(
      cancelKind(ports),
      { subject: 'rvk_1', payload: { level: 'grant', id: grant.id, reason: 'user' } },
      true,
    );
    const [receipt] = await opened.store.db.select().from(revocations).where(eq(revocations.id, 'rvk_1'));
    expect(await statesOf(subscription.id)).toEqual({ 'cancelled revoked': 599, 'delivered delivered': 1 });
    expect(receipt).toMatchObject({ cancelled: 599 });
    expect(receipt?.completedAt).not.toBeNull();
  });

  test.each([2, 3, 4, 5])(
    'what a sender gives back before question %i is cancelled and counted, by this look or the next',
    async (question) => {
      const { grant, to } = await own();
      const leased = { ...to, state: 'leased' as const, leaseId: 'wrk_sender', dueAtMs: atMs + 60_000 };
      await publish(stand, [eventOf(stand, { deliveries: [deliveryOf(stand, leased)] })]);
      const { deliveries, revocations, tasks } = opened.store.tables;
      const rvk = stand.name('rvk');
      await opened.store.write((db) => [
        db.insert(revocations).values({
          id: rvk,
          level: 'grant',
          subjectId: grant.id,
          reason: 'user',
          actor: 'test',
          createdAt: new Date(atMs),
          cancelled: 0,
        }),
      ]);
      const giveBack = async () => {
        await opened.store.write((db) => [
          db
            .update(deliveries)
            .set({ state: 'pending', reason: 'handed_back', leaseId: null, dueAt: new Date(atMs) })
            .where(eq(deliveries.grantId, grant.id)),
        ]);
      };
      const store = { ...opened.store, db: beforeSelect(opened.store.db, question, giveBack) };
      const of = { subject: rvk, payload: { level: 'grant', id: grant.id, reason: 'user' } };
      await work(cancelKind({ ...ports, store }), of, true);
      const goesOn = await opened.store.db.select().from(tasks).where(eq(tasks.subject, rvk));
      const read = async () =>
        (await opened.store.db.select().from(revocations).where(eq(revocations.id, rvk)))[0];
      expect((await read())?.completedAt === null).toBe(goesOn.length > 0);
      if (goesOn.length > 0) {
        await giveBack();
        await opened.store.write((db) => [db.delete(tasks).where(eq(tasks.subject, rvk))]);
        await work(cancelKind(ports), { ...of, payload: goesOn[0]?.payload ?? {} }, true);
      }
      expect(await read()).toMatchObject({ cancelled: 1, completedAt: expect.any(Date) as Date });
    },
  );

  test('what was queued after the revocation is not its affair', async () => {
    const { subscription, account, to } = await own();
    await publish(stand, [
      eventOf(stand, { acceptedAtMs: atMs + 5_000, deliveries: [deliveryOf(stand, to)] }),
    ]);
    await work(cancelKind(ports), { payload: { level: 'account', id: account.id, reason: 'x' } });
    expect(await statesOf(subscription.id)).toEqual({ 'pending new': 1 });
  });

  test.each(['subscription', 'grant', 'user', 'account', 'installation'] as const)(
    'cancelling reaches what hangs below a level: %s',
    async (level) => {
      const { subscription, grant, account, to } = await own();
      const stranger = await own();
      await publish(stand, [
        eventOf(stand, { deliveries: [deliveryOf(stand, to), deliveryOf(stand, stranger.to)] }),
      ]);
      const id = {
        subscription: subscription.id,
        grant: grant.id,
        user: grant.userId,
        account: account.id,
        installation: '',
      }[level];
      await work(cancelKind(ports), { payload: { level, id, reason: 'x' } });
      expect(Object.keys(await statesOf(subscription.id))).toEqual([
        level === 'subscription' ? 'cancelled subscription_deleted' : 'cancelled revoked',
      ]);
      expect(Object.keys(await statesOf(stranger.subscription.id))).toEqual([
        level === 'installation' ? 'cancelled revoked' : 'pending new',
      ]);
    },
  );

  test("an app's lane is touched for the grant alone, at its app and partner whole", async () => {
    const { store } = opened;
    const [appId, partnerId] = [stand.name('app'), stand.name('ptr')];
    const accounts = [accountOf(stand), accountOf(stand)];
    const grants = accounts.map((account) =>
      grantOf(stand, { accountId: account.id, appId, partnerId, history: true }),
    );
    const subscription = subscriptionOf(stand, { owner: 'app', appId, partnerId });
    await insert({ accounts, grants, subscriptions: [subscription] });
    await store.write((db) => [
      db.insert(store.tables.apps).values({ id: appId, partnerId, name: appId, createdAt: new Date(atMs) }),
    ]);
    const held = grants.map((grant) =>
      deliveryOf(stand, {
        subscriptionId: subscription.id,
        grantId: grant.id,
        accountId: grant.accountId,
        state: 'held',
        reason: 'suspended',
        dueAtMs: null,
      }),
    );
    await publish(stand, [eventOf(stand, { deliveries: held })]);
    await work(releaseKind(ports), { payload: { level: 'grant', id: grants[0]?.id ?? '' } });
    expect(await statesOf(subscription.id)).toEqual({ 'held suspended': 1, 'pending released': 1 });
    await work(cancelKind(ports), { payload: { level: 'partner', id: partnerId, reason: 'abuse' } });
    expect(await statesOf(subscription.id)).toEqual({ 'cancelled revoked': 2 });
  });

  test('a release looks once more, a lease later, and then no more', async () => {
    const { subscription, to } = await own();
    const held = { ...to, state: 'held' as const, reason: 'gone', dueAtMs: null };
    await publish(
      stand,
      Array.from({ length: 490 }, () => eventOf(stand, { deliveries: [deliveryOf(stand, held)] })),
    );
    const payload = { level: 'subscription', id: subscription.id };
    expect(await work(releaseKind(ports), { kind: 'release', subject: subscription.id, payload })).toBe(490);
    expect(await statesOf(subscription.id)).toEqual({ 'pending released': 490 });
    const { tasks } = opened.store.tables;
    const [again, ...more] = await opened.store.db
      .select()
      .from(tasks)
      .where(eq(tasks.subject, subscription.id));
    expect(more).toEqual([]);
    expect(again?.dueAt?.getTime()).toBe(atMs + 1_000 + defaultSettings.leaseMs);
    await work(releaseKind(ports), again ?? {});
    expect(await opened.store.db.select().from(tasks).where(eq(tasks.subject, subscription.id))).toHaveLength(
      1,
    );
  });

  test('of several replays that are asked for at once one begins, and alone is on record', async () => {
    const { subscription, account, grant } = await own();
    const caller = {
      tokenId: 'tok_1',
      userId: null,
      env: subscription.env,
      accountId: account.id,
      grantId: grant.id,
      appId: null,
    };
    // Who asks: the rest of a call nobody looks at.
    const ctx = { ...ports, caller, requestId: 'req_1' } as unknown as Ctx;
    const asked = { since: new Date(atMs - 1_000).toISOString(), only: 'all' } as const;
    const answers = await Promise.allSettled(
      Array.from({ length: 5 }, () => replay(ctx, subscription.id, asked)),
    );
    const begun = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.id] : []));
    expect(begun).toHaveLength(1);
    for (const answer of answers)
      if (answer.status === 'rejected')
        expect(answer.reason).toMatchObject({
          code: 'state_conflict',
          publicText: expect.stringContaining(begun[0] ?? ''),
        });
    const { audit } = opened.store.tables;
    const trail = await opened.store.db.select().from(audit).where(eq(audit.subject, subscription.id));
    expect(trail.map(({ detail }) => detail?.['replay'])).toEqual(begun);
  });

  test('a replay makes what is missing once, sends the dead and the delivered again, and stays within its span', async () => {
    const { subscription, account, to } = await own();
    const audience = [account.id];
    const missing = Array.from({ length: 450 }, () => eventOf(stand, { audience }));
    const early = eventOf(stand, { audience, acceptedAtMs: atMs - 10_000 });
    const sent = eventOf(stand, { audience, deliveries: [deliveryOf(stand, to)] });
    const failed = eventOf(stand, { audience, deliveries: [deliveryOf(stand, to)] });
    for (const batch of [missing, [early], [sent, failed]]) await publish(stand, batch);
    const { deliveries } = opened.store.tables;
    const settle = (id: string, state: 'delivered' | 'dead') =>
      opened.store.write((db) => [
        db
          .update(deliveries)
          .set({ state, reason: state, dueAt: null, tries: 8 })
          .where(eq(deliveries.id, id)),
      ]);
    await settle(sent.deliveries[0]?.id ?? '', 'delivered');
    await settle(failed.deliveries[0]?.id ?? '', 'dead');
    await ports.directory.freshen();

    const task = (only: string): Partial<Task> => ({
      subject: subscription.id,
      payload: { since: atMs - 1_000, until: atMs + 1_000, only },
    });
    expect(await work(replayKind(ports), task('failed'), true)).toBe(1);
    expect(await statesOf(subscription.id)).toEqual({ 'delivered delivered': 1, 'pending replayed': 1 });
    expect(await work(replayKind(ports), task('missing'), true)).toBe(450);
    expect(await statesOf(subscription.id)).toEqual({ 'delivered delivered': 1, 'pending replayed': 451 });
    expect(await work(replayKind(ports), task('missing'))).toBe(0);
    expect(await work(replayKind(ports), task('all'))).toBe(1);
    expect(await statesOf(subscription.id)).toEqual({ 'pending replayed': 452 });
  });
});

/** The same database, but `act` is done just before its nth question is asked. */
function beforeSelect<T extends { select: unknown }>(db: T, nth: number, act: () => Promise<void>): T {
  let asked = 0;
  return new Proxy(db, {
    get: (target, key) => {
      const own: unknown = Reflect.get(target, key);
      if (key !== 'select' || typeof own !== 'function') return own;
      return (...args: unknown[]) => {
        const make = () => Reflect.apply(own, target, args) as object;
        return ++asked === nth ? lateQuery(act, make) : make();
      };
    },
  });
}

/** Builds the query only when it is awaited, after `act`. */
function lateQuery(act: () => Promise<void>, make: () => object): object {
  return new Proxy(
    {},
    {
      get: (_, key) =>
        key === 'then'
          ? (...done: Parameters<Promise<unknown>['then']>) =>
              act()
                .then(() => make())
                .then(...done)
          : (...args: unknown[]) =>
              lateQuery(act, () => {
                const built = make();
                return Reflect.apply(Reflect.get(built, key) as () => object, built, args);
              }),
    },
  );
}
