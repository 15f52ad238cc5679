import { eq, sql } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { raiseVersion } from '../../src/access/index.ts';
import { expandEvent } from '../../src/events/index.ts';
import { newSecret, sealedFor } from '../../src/signatures/index.ts';
import type { Task } from '../../src/tasks/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

type TestAccount = Awaited<ReturnType<TestHub['account']>>;

describe('expansion of an event with many matches', () => {
  const state = {} as { hub: TestHub; sink: Sink };
  const start = async (environment: Record<string, string>) => {
    state.hub = await startTestHub(environment);
    state.sink = await startSink();
  };
  afterEach(async () => {
    await state.hub.stopAndForget();
    await state.sink.close();
  });

  const tables = () => state.hub.hub.store.tables;
  const rows = () => state.hub.hub.store.db.select().from(tables().deliveries);
  const tasks = () => state.hub.hub.store.db.select().from(tables().tasks);
  const isExpanded = (id: string) => async () =>
    (await tasks()).some((task) => task.subject === id && task.kind === 'expand' && task.state === 'done');
  const publish = async (accounts: TestAccount[]) => {
    const audience = accounts.map((account) => account.id);
    const { hub } = state;
    const published = await hub.call('POST', '/v1/events', await hub.service(), eventFor(audience));
    expect(published.body).toMatchObject({ status: 'accepted' });
    await until('it is expanded', isExpanded(published.body.id as string));
    return published.body.id as string;
  };

  /** One real subscription and copies of it, proven, each at its own path. */
  async function subscribe(account: TestAccount, count: number): Promise<void> {
    const { hub, sink } = state;
    const made = await hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: `${sink.origin}/${account.id}/0` },
      event_types: ['booking.*'],
      max_per_second: 1_000,
    });
    expect(made.status).toBe(201);
    const { store, ids, vault } = hub.hub;
    const { subscriptions, secrets } = tables();
    const all = await store.db.select().from(subscriptions);
    const row = all.find((one) => one.accountId === account.id)!;
    const plain = new TextEncoder().encode(newSecret(hub.hub.chance));
    const copies = await Promise.all(
      Array.from({ length: count - 1 }, async (_, i) => {
        const [id, key] = [ids.newId('sub'), ids.newId('key')];
        const sealed = await vault.seal(plain, sealedFor(id, key));
        const endpoint = { type: 'webhook' as const, url: `${sink.origin}/${account.id}/${i + 1}` };
        return { id, endpoint, secret: { id: key, subscriptionId: id, sealed, createdAt: row.createdAt } };
      }),
    );
    await store.write((db) => [
      ...copies.flatMap(({ id, endpoint, secret }) => [
        db.insert(subscriptions).values({ ...row, id, endpoint }),
        db.insert(secrets).values(secret),
      ]),
      db.update(subscriptions).set({ provenAt: row.createdAt }),
      ...raiseVersion(db, hub.hub, { accountId: account.id }),
    ]);
  }

  test('every match gets the event exactly once, in chunks, an account wider than a chunk included', async () => {
    await start({ PATCHBAY_MAX_MATCHES: '5', PATCHBAY_EXPAND_CHUNK: '4' });
    const accounts = [await state.hub.account(), await state.hub.account(), await state.hub.account()];
    await subscribe(accounts[0]!, 11);
    await subscribe(accounts[1]!, 2);
    await subscribe(accounts[2]!, 2);
    await publish(accounts);
    const made = await rows();
    expect(made).toHaveLength(15);
    expect(new Set(made.map((row) => row.subscriptionId)).size).toBe(15);
    expect((await tasks()).find((task) => task.kind === 'expand')).toMatchObject({ done: 15 });
  });

  test('an event with 1,500 matches arrives at each endpoint once', async () => {
    await start({ PATCHBAY_MAX_PER_SECOND: '1000', PATCHBAY_HOST_MAX_PER_SECOND: '100000' });
    const accounts = [await state.hub.account(), await state.hub.account(), await state.hub.account()];
    for (const account of accounts) await subscribe(account, 500);
    await publish(accounts);
    expect(await rows()).toHaveLength(1_500);
    await until('all are delivered', async () => (await rows()).every((d) => d.state === 'delivered'));
    expect(new Set(state.sink.received.map((one) => one.path)).size).toBe(1_500);
    expect(state.sink.received).toHaveLength(1_500);
  });

  test('subscriptions that change before each write refuse no event: it is accepted unmatched, and its task matches it', async () => {
    await start({});
    const account = await state.hub.account();
    await subscribe(account, 2);
    const { store } = state.hub.hub;
    const publishNow = store.publish;
    store.publish = async (receipt, events) => {
      await store.write((db) => [
        db
          .update(tables().marks)
          .set({ value: sql`${tables().marks.value} + 1` })
          .where(eq(tables().marks.name, 'subscriptions')),
      ]);
      return publishNow(receipt, events);
    };
    await publish([account]);
    await until(
      'both are delivered',
      async () => (await rows()).filter((d) => d.state === 'delivered').length === 2,
    );
    expect(state.sink.received).toHaveLength(2);
  });

  test('a worker that dies between two chunks loses nothing and doubles nothing', async () => {
    await start({ PATCHBAY_MAX_MATCHES: '5', PATCHBAY_EXPAND_CHUNK: '4' });
    const account = await state.hub.account();
    await subscribe(account, 10);
    const id = await publish([account]);
    const { store, queue } = state.hub.hub;
    await store.write((db) => [db.delete(tables().deliveries)]);
    const begun: Task = { ...(await tasks()).find((one) => one.kind === 'expand')!, cursor: null };
    const kind = expandEvent(state.hub.hub);

    const first = await kind(begun);
    expect(first).toMatchObject({ count: 4, isLast: false });
    await store.write((db) => first.statements(db));
    // Its lease was lost: another worker repeats the chunk from the old cursor, then goes on.
    const again = await kind(begun);
    await store.write((db) => again.statements(db));
    expect(await rows()).toHaveLength(4);
    const due = { state: 'open' as const, cursor: again.cursor, leaseId: null, dueAt: new Date(0) };
    await store.write((db) => [db.update(tables().tasks).set(due)]);
    queue.wake('tasks');
    await until('it ends', isExpanded(id));

    const made = await rows();
    expect(made).toHaveLength(10);
    expect(new Set(made.map((row) => row.subscriptionId)).size).toBe(10);
  });

  test('a subscription that is made after the event was accepted gets none of it', async () => {
    await start({ PATCHBAY_MAX_MATCHES: '2', PATCHBAY_EXPAND_CHUNK: '2' });
    const account = await state.hub.account();
    await subscribe(account, 4);
    await publish([account]);
    await state.hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: `${state.sink.origin}/late` },
      event_types: ['booking.*'],
    });
    const { store } = state.hub.hub;
    const kind = expandEvent(state.hub.hub);
    await store.write((db) => [db.delete(tables().deliveries)]);
    const task = (await tasks()).find((one) => one.kind === 'expand')!;
    const at = { cursor: null as unknown, isLast: false };
    while (!at.isLast) {
      const chunk = await kind({ ...task, cursor: at.cursor });
      await store.write((db) => chunk.statements(db));
      Object.assign(at, { cursor: chunk.cursor, isLast: chunk.isLast });
    }
    expect(await rows()).toHaveLength(4);
  });
});
