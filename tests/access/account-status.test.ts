import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMember, suspend, unsuspend } from '../../src/access/index.ts';
import { purgeWhenDue } from '../../src/retention/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

describe('the status of an account', () => {
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

  const call = (method: string, path: string, token: string | null, body?: unknown) =>
    state.hub.call(method, path, token, body);
  const setStatus = async (id: string, status: string) => {
    const answer = await call('PUT', `/v1/accounts/${id}/status`, state.core, { status });
    expect(answer).toMatchObject({ status: 200, body: { status } });
  };
  const listener = async (path: string) => {
    const account = await state.hub.account();
    const endpoint = { type: 'webhook', url: `${state.sink.origin}/${path}` };
    const made = await call('POST', '/v1/subscriptions', account.token, {
      endpoint,
      event_types: ['booking.*'],
    });
    expect(made.status).toBe(201);
    return account;
  };
  const publish = async (audience: string[], over: Record<string, unknown> = {}) => {
    const published = await call('POST', '/v1/events', state.core, eventFor(audience, over));
    expect(published.status).toBe(202);
    return published.body.id as string;
  };
  const arrivedAt = (path: string) => state.sink.received.filter((one) => one.path === `/${path}`);
  const tables = () => state.hub.hub.store.tables;
  const db = () => state.hub.hub.store.db;
  const deliveriesOf = async (accountId: string) =>
    (await db().select().from(tables().deliveries)).filter((row) => row.accountId === accountId);
  const eventOf = async (id: string) =>
    (await db().select().from(tables().events)).find((row) => row.id === id)!;
  const erased = (id: string) => async () =>
    (await db().select().from(tables().tasks)).some(
      (task) => task.kind === 'erase' && task.subject === id && task.state === 'done',
    );

  test('suspended: calls answer 403 and events wait; active again: they are sent', async () => {
    const account = await listener('suspended');
    await setStatus(account.id, 'suspended');
    expect(await call('GET', '/v1/me', account.token)).toMatchObject({
      status: 403,
      body: { code: 'suspended' },
    });
    await publish([account.id]);
    expect(await deliveriesOf(account.id)).toMatchObject([{ state: 'held', reason: 'account_suspended' }]);
    await setStatus(account.id, 'active');
    await until('it is sent', () => arrivedAt('suspended').length === 1);
    expect((await call('GET', '/v1/me', account.token)).status).toBe(200);
  });

  test('what staff suspended is not lifted by the marketplace', async () => {
    const account = await listener('staff');
    await suspend(state.hub.hub, { level: 'account', id: account.id, reason: 'fraud', actor: 'staff' });
    await setStatus(account.id, 'suspended');
    await setStatus(account.id, 'active');
    expect((await call('GET', '/v1/me', account.token)).status).toBe(403);
  });

  test('suspended again after somebody else lifted it: calls answer 403 again', async () => {
    const account = await state.hub.account();
    const me = async () => (await call('GET', '/v1/me', account.token)).status;
    await setStatus(account.id, 'suspended');
    await unsuspend(state.hub.hub, { level: 'account', id: account.id, actor: 'test' });
    expect(await me()).toBe(200);
    await setStatus(account.id, 'suspended');
    expect(await me()).toBe(403);
  });

  test('closed: tokens answer 401, what was queued is cancelled, nothing more is made', async () => {
    const account = await listener('closed');
    await setStatus(account.id, 'suspended');
    await publish([account.id]);
    await setStatus(account.id, 'closed');
    expect((await call('GET', '/v1/me', account.token)).status).toBe(401);
    const isCancelled = async () => (await deliveriesOf(account.id)).every((d) => d.state === 'cancelled');
    await until('it is cancelled', isCancelled);
    await publish([account.id]);
    expect(await deliveriesOf(account.id)).toHaveLength(1);
    expect(arrivedAt('closed')).toHaveLength(0);
  });

  test('erased: personal data goes, ids, states, times and the audit trail stay', async () => {
    const account = await listener('erased');
    const own = await publish([account.id]);
    await until('it is delivered', () => arrivedAt('erased').length === 1);
    await until('it is settled', async () => (await deliveriesOf(account.id))[0]?.state === 'delivered');
    const broken = eventFor([account.id], { data: { booking_id: 'x', buyer: 'Emily Chen' } });
    const kept = await call('POST', '/v1/events', state.core, broken);
    expect(kept.body.status).toBe('quarantined');
    await setStatus(account.id, 'erased');
    await until('it is done', erased(account.id));

    expect(await eventOf(own)).toMatchObject({ data: {}, state: 'accepted', type: 'booking.confirmed' });
    expect(await eventOf(kept.body.id as string)).toMatchObject({ data: {}, state: 'quarantined' });
    expect(await deliveriesOf(account.id)).toMatchObject([{ state: 'delivered' }]);
    const [delivery] = await deliveriesOf(account.id);
    const attempts = await db().select().from(tables().attempts);
    expect(attempts.filter((row) => row.deliveryId === delivery!.id)).toMatchObject([
      { status: 200, answer: '' },
    ]);
    const everything = JSON.stringify([
      await db().select().from(tables().receipts),
      (await db().select().from(tables().accounts)).filter((row) => row.id === account.id),
      (await db().select().from(tables().subscriptions)).filter((row) => row.accountId === account.id),
      (await db().select().from(tables().entities)).filter((row) => row.id.includes(own)),
    ]);
    expect(everything).not.toContain('Emily Chen');
    expect(everything).not.toContain(state.sink.origin + '/erased');
    const trail = (await db().select().from(tables().audit)).filter((row) => row.accountId === account.id);
    expect(trail.map((row) => row.action)).toEqual(
      expect.arrayContaining(['account.create', 'token.create', 'account.status', 'account.erase']),
    );
    const feed = (await db().select().from(tables().feed)).filter((row) => row.accountId === account.id);
    expect(feed).toHaveLength(0);
  });

  test('an event that others see too keeps its data, and their read model stays', async () => {
    const [gone, stays] = [await state.hub.account(), await state.hub.account()];
    const shared = await publish([gone.id, stays.id]);
    const before = await eventOf(shared);
    await setStatus(gone.id, 'erased');
    await until('it is done', erased(gone.id));
    expect((await eventOf(shared)).data).toEqual(before.data);
    const booking = before.data['booking_id'] as string;
    expect((await call('GET', `/v1/bookings/${booking}`, stays.token)).status).toBe(200);
  });

  test('what two accounts alone saw goes with the second of them, in quarantine too', async () => {
    const [one, two] = [await state.hub.account(), await state.hub.account()];
    const shared = await publish([one.id, two.id]);
    const broken = await publish([one.id, two.id], { data: { booking_id: 'x' } });
    const ofBoth = async () => [(await eventOf(shared)).data, (await eventOf(broken)).data];
    const before = await ofBoth();
    await setStatus(one.id, 'erased');
    await until('it is done', erased(one.id));
    expect(await ofBoth()).toEqual(before);
    await setStatus(two.id, 'erased');
    await until('it is done', erased(two.id));
    expect(await ofBoth()).toEqual([{}, {}]);
  });

  test('what is published for an erased account goes within a day, its read model too', async () => {
    const account = await state.hub.account();
    await setStatus(account.id, 'erased');
    await until('it is done', erased(account.id));
    const late = await publish([account.id]);
    const booking = (await eventOf(late)).data['booking_id'] as string;
    expect(booking).toBeDefined();
    const { hub } = state.hub;
    const clock = { ...hub.clock, ms: () => Date.now() + 86_400_000 };
    await purgeWhenDue({ ...hub, clock });
    await until('the late one is erased', async () => Object.keys((await eventOf(late)).data).length === 0);
    await until('its read model is', async () =>
      (await db().select().from(tables().entities)).every((row) => row.entityId !== booking),
    );
  });

  test('the read model of a booking that nobody else sees goes, also when its events were purged', async () => {
    const account = await state.hub.account();
    const id = await publish([account.id]);
    const booking = (await eventOf(id)).data['booking_id'] as string;
    const { events, feed } = tables();
    const { position } = await eventOf(id);
    await state.hub.hub.store.write((tx) => [
      tx.delete(events).where(eq(events.position, position)),
      tx.delete(feed).where(eq(feed.eventPosition, position)),
    ]);
    await setStatus(account.id, 'erased');
    await until('it is done', erased(account.id));
    const left = (await db().select().from(tables().entities)).filter((row) => row.entityId === booking);
    expect(left).toHaveLength(0);
  });

  test('an id that looks alike loses nothing', async () => {
    const person = { name: 'Alike One', kind: 'person' };
    await call('PUT', '/v1/accounts/acc_a_c', state.core, person);
    await call('PUT', '/v1/accounts/acc_abc', state.core, { ...person, name: 'Alike Two' });
    await publish(['acc_abc']);
    const rows = async () =>
      (await db().select().from(tables().entityAccounts)).filter((row) => row.id.startsWith('acc_abc:'));
    expect(await rows()).toHaveLength(1);
    await setStatus('acc_a_c', 'erased');
    await until('it is done', erased('acc_a_c'));
    expect(await rows()).toHaveLength(1);
  });

  test('a member of two accounts keeps the name while the other account lives', async () => {
    const [gone, stays] = [await state.hub.account(), await state.hub.account()];
    const both = await addMember(state.hub.hub, 'test', {
      accountId: gone.id,
      userName: 'Both',
      role: 'owner',
    });
    const alone = await addMember(state.hub.hub, 'test', {
      accountId: gone.id,
      userName: 'Alone',
      role: 'member',
    });
    const { store, ids, clock } = state.hub.hub;
    await store.write((tx) => [
      tx.insert(tables().members).values({
        id: ids.newId('usr'),
        accountId: stays.id,
        userId: both,
        role: 'member',
        createdAt: clock.now(),
      }),
    ]);
    await setStatus(gone.id, 'erased');
    const users = await db().select().from(tables().users);
    expect(users.find((user) => user.id === both)).toMatchObject({ name: 'Both' });
    expect(users.find((user) => user.id === alone)).toMatchObject({ name: 'erased' });
  });
});
