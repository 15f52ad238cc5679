import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleEvent } from '../../src/catalog/index.ts';
import { announce, publishSystemEvent } from '../../src/events/index.ts';
import type { Task } from '../../src/tasks/index.ts';
import { startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

describe('what the hub itself says', () => {
  const state = {} as { hub: TestHub; sink: Sink };
  beforeAll(async () => {
    state.hub = await startTestHub();
    state.sink = await startSink();
  });
  afterAll(async () => {
    await state.hub.stopAndForget();
    await state.sink.close();
  });

  const subscribe = async (token: string, path: string, types: string[]) => {
    const endpoint = { type: 'webhook', url: `${state.sink.origin}/${path}` };
    const made = await state.hub.call('POST', '/v1/subscriptions', token, { endpoint, event_types: types });
    expect(made.status).toBe(201);
  };
  const arrivedAt = (path: string) => state.sink.received.filter((one) => one.path === `/${path}`);
  const said = async (subject: string) =>
    (await state.hub.hub.store.db.select().from(state.hub.hub.store.tables.events)).filter(
      (event) => event.subject === subject,
    );

  test('a system event is durable and delivered like any other, to its account alone', async () => {
    const [account, other] = [await state.hub.account(), await state.hub.account()];
    await subscribe(account.token, 'test', ['connection.broken']);
    await subscribe(other.token, 'stranger', ['connection.broken']);
    const id = await publishSystemEvent(state.hub.hub, {
      type: 'connection.broken',
      env: 'live',
      accountIds: [account.id],
      subject: 'connections/none',
      data: sampleEvent('connection.broken'),
    });
    await until('it arrives', () => arrivedAt('test').length === 1);
    expect(JSON.parse(arrivedAt('test')[0]!.body)).toMatchObject({ id, type: 'connection.broken' });
    expect(arrivedAt('stranger')).toHaveLength(0);
  });

  test('data that breaks its own schema is a fault of the hub, and nothing is kept', async () => {
    const broken = {
      type: 'integration.test',
      env: 'live' as const,
      accountIds: ['acc_x'],
      subject: 'broken',
    };
    await expect(publishSystemEvent(state.hub.hub, { ...broken, data: {} })).rejects.toMatchObject({
      code: 'internal',
    });
    expect(await said('broken')).toHaveLength(0);
  });

  test('a publisher cannot say what the hub says', async () => {
    const event = {
      type: 'integration.test',
      occurred_at: '2026-11-21T15:00:00.000Z',
      subject: 'forged',
      audience: ['acc_x'],
      data: {},
    };
    const answer = await state.hub.call('POST', '/v1/events', await state.hub.service(), event);
    expect(answer.status).toBe(422);
  });

  test('a subscription whose endpoint is gone is announced once to the account, however many attempts found it', async () => {
    const account = await state.hub.account();
    await subscribe(account.token, 'health', ['subscription.disabled']);
    await subscribe(account.token, 'gone', ['booking.*']);
    const { store, clock, ids, queue } = state.hub.hub;
    const { subscriptions, tasks } = store.tables;
    const row = (await store.db.select().from(subscriptions)).find(
      (one) => one.accountId === account.id && one.eventTypes[0] === 'booking.*',
    )!;
    const task = () => ({
      id: ids.newId('tsk'),
      kind: 'announce',
      subject: row.id,
      payload: { type: 'subscription.disabled', reason: 'failing_too_long' },
      state: 'open' as const,
      done: 0,
      dueAt: clock.now(),
      failures: 0,
      createdAt: clock.now(),
      updatedAt: clock.now(),
    });
    await store.write((db) => [
      db.update(subscriptions).set({ state: 'disabled' }).where(eq(subscriptions.id, row.id)),
      db.insert(tasks).values(task()),
      db.insert(tasks).values(task()),
    ]);
    queue.wake('tasks');
    await until('it arrives', () => arrivedAt('health').length > 0);
    await until('both tasks end', async () =>
      (await store.db.select().from(tasks)).every((one) => one.subject !== row.id || one.state === 'done'),
    );
    const events = await said(`subscriptions/${row.id}`);
    expect(events).toMatchObject([
      { state: 'accepted', data: { subscription_id: row.id, reason: 'failing', resumable: true } },
    ]);
    expect(arrivedAt('health')).toHaveLength(1);
  });

  test('a task that a crash repeats says it once', async () => {
    const account = await state.hub.account();
    const now = new Date();
    const task: Task = {
      id: state.hub.hub.ids.newId('tsk'),
      kind: 'announce',
      subject: account.grantId,
      payload: { type: 'grant.revoked', reason: 'leaked', revocation: state.hub.hub.ids.newId('rvk') },
      cursor: null,
      state: 'open',
      done: 0,
      dueAt: now,
      leaseId: null,
      failures: 0,
      error: null,
      createdAt: now,
      updatedAt: now,
    };
    await announce(state.hub.hub)(task);
    await announce(state.hub.hub)(task);
    expect(await said(`grants/${account.grantId}`)).toMatchObject([{ data: { reason: 'leaked' } }]);
  });

  test('what is no more is announced to nobody', async () => {
    const task = {
      id: 'tsk_x',
      subject: 'sub_none',
      payload: { type: 'subscription.disabled', reason: 'gone' },
    };
    // Only what the kind reads.
    await expect(announce(state.hub.hub)(task as unknown as Task)).resolves.toMatchObject({
      count: 0,
      isLast: true,
    });
  });
});
