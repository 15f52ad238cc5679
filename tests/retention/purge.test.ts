import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { revoke } from '../../src/access/index.ts';
import type { Clock } from '../../src/ports/index.ts';
import { createRetention, purge } from '../../src/retention/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

const dayMs = 86_400_000;

describe('retention', () => {
  const state = {} as { hub: TestHub; sink: Sink; core: string };
  beforeAll(async () => {
    state.hub = await startTestHub();
    state.sink = await startSink();
    state.core = await state.hub.service();
  });
  afterAll(async () => {
    await state.hub.stopAndForget();
    await state.sink.close();
  });

  /** The hub's own ports at another day; its pauses take no time. */
  const inDays = (days: number, log = state.hub.hub.log) => {
    const at = () => Date.now() + days * dayMs;
    const clock: Clock = {
      ...state.hub.hub.clock,
      ms: at,
      now: () => new Date(at()),
      after: (_, run) => {
        const timer = setTimeout(run, 0);
        return () => clearTimeout(timer);
      },
    };
    return { ...state.hub.hub, clock, log };
  };
  const tables = () => state.hub.hub.store.tables;
  const db = () => state.hub.hub.store.db;
  const publish = async (audience: string[], over: Record<string, unknown> = {}) => {
    const headers = { 'idempotency-key': `k${Math.random()}` };
    const event = eventFor(audience, over);
    const published = await state.hub.call('POST', '/v1/events', state.core, event, headers);
    expect(published.status).toBe(202);
    // Another event tells the current state of that booking, or the first would be kept for it.
    await state.hub.call('POST', '/v1/events', state.core, { ...event, audience: ['acc_nobody'] });
    return published.body.id as string;
  };
  const listener = async (path: string) => {
    const account = await state.hub.account();
    const endpoint = { type: 'webhook', url: `${state.sink.origin}/${path}` };
    await state.hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint,
      event_types: ['booking.*'],
    });
    return account;
  };
  const eventOf = async (id: string) => (await db().select().from(tables().events)).find((e) => e.id === id);
  const deliveriesOf = async (account: string) =>
    (await db().select().from(tables().deliveries)).filter((d) => d.accountId === account);
  const settled = (account: string) => async () => {
    const rows = await deliveriesOf(account);
    return rows.length > 0 && rows.every((row) => row.state === 'delivered');
  };

  test('receipts go after 7 days, keys after 2, events stay for 30', async () => {
    const account = await state.hub.account();
    const id = await publish([account.id]);
    expect(await purge(inDays(1))).toMatchObject({ receipts: 0, idempotency: 0, events: 0 });
    expect((await purge(inDays(3))).idempotency).toBeGreaterThan(0);
    expect((await purge(inDays(8))).receipts).toBeGreaterThan(0);
    expect(await db().select().from(tables().receipts)).toHaveLength(0);
    expect(await eventOf(id)).toBeDefined();
    expect((await purge(inDays(31))).events).toBeGreaterThan(0);
    expect(await eventOf(id)).toBeUndefined();
  });

  test('the event that tells the current state of a booking outlives its deliveries', async () => {
    const account = await listener('current');
    const published = await state.hub.call('POST', '/v1/events', state.core, eventFor([account.id]));
    await until('it is delivered', settled(account.id));
    await purge(inDays(400));
    expect(await deliveriesOf(account.id)).toEqual([]);
    expect(await eventOf(published.body.id)).toBeDefined();
    const booking = (await state.hub.call('GET', '/v1/bookings', account.token)).body.data[0];
    expect(booking.event).toBe(published.body.id);
  });

  test('an event goes with its deliveries, attempts and feed rows; a younger one stays', async () => {
    const account = await listener('whole');
    const old = await publish([account.id]);
    await until('it is delivered', settled(account.id));
    const position = (await eventOf(old))!.position;
    const young = await publish([account.id]);
    await until('it is delivered', settled(account.id));
    const inAMonth = inDays(31);
    await state.hub.hub.store.write((tx) => [
      tx
        .update(tables().events)
        .set({ acceptedAt: inAMonth.clock.now() })
        .where(eq(tables().events.id, young)),
    ]);
    const purged = await purge(inAMonth);
    expect(purged.deliveries).toBeGreaterThan(0);
    expect(await eventOf(old)).toBeUndefined();
    expect(await eventOf(young)).toBeDefined();
    const left = await deliveriesOf(account.id);
    expect(left.map((row) => row.eventPosition)).toEqual([(await eventOf(young))!.position]);
    const attempts = await db().select().from(tables().attempts);
    const ids = new Set((await db().select().from(tables().deliveries)).map((row) => row.id));
    expect(attempts.every((row) => ids.has(row.deliveryId))).toBe(true);
    const feed = await db().select().from(tables().feed);
    expect(feed.some((row) => row.eventPosition === position)).toBe(false);
    expect(feed.some((row) => row.accountId === account.id)).toBe(true);
  });

  test('an event with a task that will make deliveries is never purged', async () => {
    const waiting = await publish([(await state.hub.account()).id]);
    const { store, ids, clock } = state.hub.hub;
    const task = {
      id: ids.newId('tsk'),
      kind: 'expand',
      subject: waiting,
      payload: {},
      state: 'open' as const,
    };
    const times = { createdAt: clock.now(), updatedAt: clock.now() };
    await store.write((tx) => [
      tx.insert(tables().tasks).values({ ...task, ...times, done: 0, failures: 0 }),
    ]);
    await purge(inDays(400));
    expect(await eventOf(waiting)).toBeDefined();
  });

  test('what is held waits as long as events are kept; then it is dead, says why, can be retried for a week, and goes with its event', async () => {
    const account = await listener('held');
    const ask = (method: string, path: string) => state.hub.call(method, path, account.token);
    const [{ id: subscription }] = (await ask('GET', '/v1/subscriptions')).body.data;
    await ask('POST', `/v1/subscriptions/${subscription}/pause`);
    const [retried, left] = [await publish([account.id]), await publish([account.id])];
    await purge(inDays(29));
    const { store, ids, clock } = state.hub.hub;
    const [id, times] = [ids.newId('tsk'), { createdAt: clock.now(), updatedAt: clock.now() }];
    const release = {
      id,
      kind: 'release',
      subject: subscription,
      payload: {},
      done: 0,
      failures: 0,
      ...times,
    };
    await store.write((tx) => [tx.insert(tables().tasks).values({ ...release, state: 'open' })]);
    // Its owner is just resuming it.
    await purge(inDays(31));
    expect((await deliveriesOf(account.id)).map((one) => one.state)).toEqual(['held', 'held']);
    await store.write((tx) => [tx.delete(tables().tasks).where(eq(tables().tasks.id, id))]);
    expect((await purge(inDays(31))).heldExpired).toBeGreaterThanOrEqual(2);

    const [dead] = await deliveriesOf(account.id);
    expect(dead).toMatchObject({ state: 'dead', reason: 'held_too_long', dueAt: null });
    expect((await ask('GET', `/v1/deliveries/${dead?.id}`)).body.explanation.lines).toEqual([
      'It is on your side. It was held until its event was as old as events are kept, and nobody ended what held it.',
      `Nothing more happens by itself. POST /v1/deliveries/${dead?.id}/retry sends it again, with fresh tries.`,
    ]);
    const [line] = (await ask('GET', `/v1/events/${retried}/trace`)).body.subscriptions;
    expect(line).toMatchObject({ verdict: 'not_sent', code: 'held_too_long' });
    await ask('POST', `/v1/subscriptions/${subscription}/resume`);
    await ask('POST', `/v1/deliveries/${dead?.id}/retry`);
    await until('the one is delivered', async () =>
      (await deliveriesOf(account.id)).some((one) => one.state === 'delivered'),
    );
    await purge(inDays(37));
    expect([await eventOf(retried), await eventOf(left)]).toMatchObject([undefined, { id: left }]);
    await purge(inDays(39));
    expect([await eventOf(left), await deliveriesOf(account.id)]).toEqual([undefined, []]);
  });

  test('sequences go on where they were, and audit, revocations and tokens stay', async () => {
    const account = await state.hub.account();
    const subject = 'bookings/bkg_retention';
    await publish([account.id], { subject });
    const kept = async () =>
      Promise.all(
        [tables().audit, tables().tokens, tables().revocations].map(
          async (table) => (await db().select().from(table)).length,
        ),
      );
    const before = await kept();
    await purge(inDays(31));
    const next = await state.hub.call('POST', '/v1/events', state.core, eventFor([account.id], { subject }));
    expect(next.body.sequence).toBe(3);
    expect(await kept()).toEqual(before);
  });

  test('a deleted subscription stays while deliveries speak of it, then goes with its secret', async () => {
    const account = await listener('deleted');
    await publish([account.id]);
    await until('it is delivered', settled(account.id));
    const { subscriptions, secrets, marks } = tables();
    const ofAccount = async () =>
      (await db().select().from(subscriptions)).filter((row) => row.accountId === account.id);
    const [row] = await ofAccount();
    await state.hub.hub.store.write((tx) => [
      tx.update(subscriptions).set({ state: 'deleted' }).where(eq(subscriptions.id, row!.id)),
      tx.delete(marks).where(eq(marks.name, 'subscriptions_at')),
    ]);
    const ports = inDays(40);
    await purge({ ...ports, settings: { ...ports.settings, keepEventsMs: 39 * dayMs } });
    expect(await ofAccount()).toHaveLength(0);
    const left = (await db().select().from(secrets)).filter((one) => one.subscriptionId === row!.id);
    expect(left).toHaveLength(0);
  });

  test('changes of more than a day go, and what is made later is still matched', async () => {
    await purge(inDays(500));
    await purge(inDays(502));
    expect(await db().select().from(tables().changes)).toHaveLength(0);
    const account = await listener('after');
    await publish([account.id]);
    await until('it is delivered', settled(account.id));
  });

  test('finished tasks go after 30 days, open ones stay, whatever their ids look like', async () => {
    const { store, ids, clock } = state.hub.hub;
    const { tasks } = tables();
    const task = (id: string, its: 'open' | 'done') => ({
      id,
      kind: 'announce',
      subject: 'retention',
      payload: {},
      state: its,
      done: 0,
      failures: 0,
      createdAt: clock.now(),
      updatedAt: clock.now(),
    });
    const open = ids.newId('tsk');
    const all = [task(ids.newId('tsk'), 'done'), task(open, 'open'), task('tsk_sub_01_3', 'done')];
    await store.write((tx) => all.map((row) => tx.insert(tasks).values(row)));
    const left = async () => (await db().select().from(tasks)).filter((row) => row.subject === 'retention');
    await purge(inDays(29));
    expect(await left()).toHaveLength(3);
    await purge(inDays(31));
    expect(await left()).toMatchObject([{ id: open }]);
  });

  test('a short purge goes on where the last one ended, a whole one takes what has ended since', async () => {
    const account = await listener('short');
    await publish([account.id]);
    await publish([account.id]);
    await until('both are delivered', settled(account.id));
    const { deliveries } = tables();
    const put = (change: { state: 'retrying' | 'delivered'; dueAt: Date | null }) =>
      state.hub.hub.store.write((tx) => [
        tx.update(deliveries).set(change).where(eq(deliveries.accountId, account.id)),
      ]);
    await put({ state: 'retrying', dueAt: new Date(Date.now() + dayMs) });
    await purge(inDays(600));
    await put({ state: 'delivered', dueAt: null });
    await purge(inDays(600), 'new');
    expect(await deliveriesOf(account.id)).toHaveLength(2);
    await publish([account.id]);
    await until('the third is delivered', settled(account.id));
    await purge(inDays(601), 'new');
    expect(await deliveriesOf(account.id)).toHaveLength(2);
    await purge(inDays(601), 'all');
    expect(await deliveriesOf(account.id)).toHaveLength(0);
  });

  test('of two processes whose timers end together one purges', async () => {
    const lines: string[] = [];
    const log = { info: (event: string) => void lines.push(event), warn: () => {}, error: () => {} };
    const ports = inDays(1_000, log);
    const both = [createRetention(ports), createRetention(ports)];
    await until('one has purged', () => lines.length > 0);
    await Promise.all(both.map((one) => one.stop()));
    expect(lines).toEqual(['purged']);
  });

  test('the mark of a revoked token goes, and the token stays revoked; an epoch stays for ever', async () => {
    const { hub, call, account } = state.hub;
    const [one, other] = [await account(), await account()];
    const about = { reason: 'user', actor: 'test' };
    await revoke(hub, { level: 'token', id: one.tokenId, ...about });
    await revoke(hub, { level: 'grant', id: other.grantId, ...about });
    const idsOfEpochs = async () => (await db().select().from(tables().epochs)).map((row) => row.subjectId);
    expect(await idsOfEpochs()).toEqual(expect.arrayContaining([one.tokenId, other.grantId]));
    expect((await purge(inDays(9_000))).tokenMarks).toBeGreaterThan(0);
    expect(await idsOfEpochs()).toContain(other.grantId);
    expect(await idsOfEpochs()).not.toContain(one.tokenId);
    expect((await call('GET', '/v1/me', one.token)).status).toBe(401);
    expect((await call('GET', '/v1/me', other.token)).status).toBe(401);
  });
});
