import { eq } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPersonalToken, revoke, suspend, unsuspend } from '../../src/access/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Received, type Sink, startSink, until } from '../harness/sink.ts';

type Account = Awaited<ReturnType<TestHub['account']>>;

describe('the life of a subscription', () => {
  let hub: TestHub;
  let sink: Sink;
  let publisher: string;
  let me: Account;
  let count = 0;
  beforeAll(async () => {
    hub = await startTestHub();
    sink = await startSink();
    publisher = await hub.service();
  });
  afterAll(async () => {
    await hub.stopAndForget();
    await sink.close();
  });
  beforeEach(async () => {
    me = await hub.account();
    sink.answer((_, response) => void response.end('ok'));
  });

  const subscribe = async (over: Record<string, unknown> = {}, token = me.token) => {
    const path = `/s${(count += 1)}`;
    const made = await hub.call('POST', '/v1/subscriptions', token, {
      endpoint: { type: 'webhook', url: sink.origin + path },
      event_types: ['booking.*'],
      ...over,
    });
    expect(made.status).toBe(201);
    const id = made.body.id as string;
    return {
      id,
      at: `/v1/subscriptions/${id}`,
      secret: made.body.secret as string,
      got: () => sink.received.filter((one) => one.path === path),
    };
  };
  const publish = async (over: Record<string, unknown> = {}): Promise<string> => {
    const answer = await hub.call('POST', '/v1/events', publisher, eventFor([me.id], over));
    expect(answer.body).toMatchObject({ status: 'accepted' });
    return answer.body.id as string;
  };
  const deliveriesOf = (id: string) => {
    const { store } = hub.hub;
    return store.db
      .select()
      .from(store.tables.deliveries)
      .where(eq(store.tables.deliveries.subscriptionId, id));
  };
  const statesOf = async (id: string) => (await deliveriesOf(id)).map(({ state }) => state).sort();
  const idOf = (received: Received): unknown => received.headers['webhook-id'];
  const replayDone = async (at: string, body: Record<string, unknown>) => {
    const started = await hub.call('POST', `${at}/replay`, me.token, {
      since: new Date(Date.now() - 60_000).toISOString(),
      ...body,
    });
    expect(started.status).toBe(202);
    const path = started.headers.get('location') as string;
    await until(
      'the replay is done',
      async () => (await hub.call('GET', path, me.token)).body.state === 'done',
    );
    return (await hub.call('GET', path, me.token)).body;
  };
  const receipt = async (id: string) => {
    const { revocations } = hub.hub.store.tables;
    const [row] = await hub.hub.store.db.select().from(revocations).where(eq(revocations.id, id));
    return row;
  };

  test('what comes while it is paused is held, and sent in order when it is resumed', async () => {
    const sub = await subscribe();
    expect((await hub.call('POST', `${sub.at}/pause`, me.token)).body).toMatchObject({
      state: 'paused',
      state_reason: 'paused_by_owner',
    });
    const events = [await publish(), await publish()];
    expect(await statesOf(sub.id)).toEqual(['held', 'held']);
    expect(sub.got()).toHaveLength(0);

    expect((await hub.call('POST', `${sub.at}/resume`, me.token)).body).toMatchObject({
      state: 'active',
      state_reason: null,
    });
    await until('both arrive', () => sub.got().length === 2);
    expect(sub.got().map((one) => JSON.parse(one.body).id)).toEqual(events);
  });

  test('what waited when it was paused is held as its turn comes, not dropped', async () => {
    const sub = await subscribe();
    const open: (() => void)[] = [];
    sink.answer((_, response) => void open.push(() => response.end('ok')));
    // One is sent, the others wait: an address that has not proved itself gets one a second.
    for (let n = 0; n < 8; n++) await publish();
    await until('the first is on its way', () => sub.got().length > 0);
    await hub.call('POST', `${sub.at}/pause`, me.token);
    sink.answer((_, response) => void response.end('ok'));
    for (const answer of open) answer();
    await until('the rest is held', async () =>
      (await statesOf(sub.id)).every((state) => state === 'delivered' || state === 'held'),
    );
    const held = (await statesOf(sub.id)).filter((state) => state === 'held').length;
    expect(held).toBe(8 - sub.got().length);
    expect(held).toBeGreaterThan(0);
    await hub.call('POST', `${sub.at}/resume`, me.token);
    await until('all are delivered', async () =>
      (await statesOf(sub.id)).every((state) => state === 'delivered'),
    );
    expect(sub.got()).toHaveLength(8);
  });

  test('during a rotation each request verifies by the old secret and by the new one', async () => {
    const sub = await subscribe();
    const rotated = await hub.call('POST', `${sub.at}/secret/rotate`, me.token, { overlap_seconds: 600 });
    expect(rotated.status).toBe(200);
    expect(rotated.body.secret).not.toBe(sub.secret);
    await publish();
    await until('it arrives', () => sub.got().length === 1);
    const [one] = sub.got();
    for (const secret of [sub.secret, rotated.body.secret as string]) {
      expect(new Webhook(secret).verify(one!.body, one!.headers as Record<string, string>)).toMatchObject({
        account: me.id,
      });
    }

    const final = await hub.call('POST', `${sub.at}/secret/rotate`, me.token, { overlap_seconds: 0 });
    await publish();
    await until('the second arrives', () => sub.got().length === 2);
    const headers = sub.got()[1]!.headers as Record<string, string>;
    expect(new Webhook(final.body.secret).verify(sub.got()[1]!.body, headers)).toBeTruthy();
    expect(() => new Webhook(rotated.body.secret).verify(sub.got()[1]!.body, headers)).toThrow();
  });

  test('deleting it cancels what is held and shreds its secrets', async () => {
    const sub = await subscribe();
    await hub.call('POST', `${sub.at}/pause`, me.token);
    await publish();
    expect((await hub.call('DELETE', sub.at, me.token)).status).toBe(204);
    await until('it is cancelled', async () => (await statesOf(sub.id)).join() === 'cancelled');
    const { secrets } = hub.hub.store.tables;
    expect(await hub.hub.store.db.select().from(secrets).where(eq(secrets.subscriptionId, sub.id))).toEqual(
      [],
    );
    expect((await hub.call('GET', sub.at, me.token)).status).toBe(404);
    await publish();
    expect(await statesOf(sub.id)).toEqual(['cancelled']);
  });

  test('a test event reaches the tested endpoint alone, whatever types it wants', async () => {
    const [sub, other] = [await subscribe(), await subscribe({ event_types: ['integration.test'] })];
    const sent = await hub.call('POST', `${sub.at}/test`, me.token);
    expect(sent.status).toBe(202);
    await until('it arrives', () => sub.got().length === 1);
    expect(idOf(sub.got()[0]!)).toBe(sent.body.delivery_id);
    expect(JSON.parse(sub.got()[0]!.body)).toMatchObject({
      id: sent.body.event_id,
      type: 'integration.test',
      data: { subscription_id: sub.id },
    });
    const replayed = await replayDone(other.at, { only: 'missing' });
    expect(replayed.done).toBe(0);
    expect(other.got()).toHaveLength(0);
  });

  test('replaying what failed keeps the webhook-id and gives all tries anew', async () => {
    const sub = await subscribe();
    const event = await publish();
    await until('it is delivered', async () => (await statesOf(sub.id)).join() === 'delivered');
    const { deliveries } = hub.hub.store.tables;
    await hub.hub.store.write((db) => [
      db
        .update(deliveries)
        .set({ state: 'dead', reason: 'answered_500', tries: 8 })
        .where(eq(deliveries.subscriptionId, sub.id)),
    ]);
    expect(await replayDone(sub.at, { only: 'failed' })).toMatchObject({ done: 1, only: 'failed' });
    await until('it arrives again', () => sub.got().length === 2);
    const [first, second] = sub.got();
    expect(idOf(second!)).toBe(idOf(first!));
    expect(JSON.parse(second!.body).id).toBe(event);
    await until('it is settled', async () => (await statesOf(sub.id)).join() === 'delivered');
    const [row] = await deliveriesOf(sub.id);
    expect(row).toMatchObject({ tries: 1, attempts: 2 });
  });

  test('replaying what failed leaves the delivered alone; all sends it again', async () => {
    const sub = await subscribe();
    await publish();
    await until('it is delivered', async () => (await statesOf(sub.id)).join() === 'delivered');
    expect((await replayDone(sub.at, { only: 'failed' })).done).toBe(0);
    expect((await replayDone(sub.at, { only: 'all' })).done).toBe(1);
    await until('it arrives again', () => sub.got().length === 2);
    expect(new Set(sub.got().map(idOf)).size).toBe(1);
  });

  test('replaying what is missing reaches behind the subscription, once, and only what matches', async () => {
    const before = await publish();
    await publish({ type: 'review.published', subject: 'reviews/rev_1' });
    const sub = await subscribe();
    expect((await replayDone(sub.at, { only: 'missing' })).done).toBe(1);
    expect((await replayDone(sub.at, { only: 'missing' })).done).toBe(0);
    await until('it arrives', () => sub.got().length === 1);
    expect(JSON.parse(sub.got()[0]!.body).id).toBe(before);
  });

  test('a replay for a paused subscription waits with the rest', async () => {
    await publish();
    const sub = await subscribe();
    await hub.call('POST', `${sub.at}/pause`, me.token);
    await replayDone(sub.at, { only: 'missing' });
    expect(await statesOf(sub.id)).toEqual(['held']);
    await hub.call('POST', `${sub.at}/resume`, me.token);
    await until('it arrives', () => sub.got().length === 1);
  });

  test('a replay within subjects keeps their order', async () => {
    const sub = await subscribe({ ordering: 'subject' });
    await hub.call('POST', `${sub.at}/pause`, me.token);
    const subject = `bookings/line${count}`;
    for (let n = 0; n < 4; n++) await publish({ subject });
    await hub.call('POST', `${sub.at}/resume`, me.token);
    await until('all arrive', () => sub.got().length === 4);
    await until('all are settled', async () =>
      (await statesOf(sub.id)).every((state) => state === 'delivered'),
    );
    await replayDone(sub.at, { only: 'all' });
    await until('all arrive again', () => sub.got().length === 8);
    expect(sub.got().map((one) => JSON.parse(one.body).sequence)).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
  });

  test('a revoked grant cancels what is queued, and its receipt completes with the count', async () => {
    const sub = await subscribe();
    await hub.call('POST', `${sub.at}/pause`, me.token);
    for (let n = 0; n < 3; n++) await publish();
    const { id } = await revoke(hub.hub, { level: 'grant', id: me.grantId, reason: 'user', actor: 'test' });
    await until('the receipt is complete', async () => (await receipt(id))?.completedAt != null);
    expect(await receipt(id)).toMatchObject({ cancelled: 3 });
    expect(await statesOf(sub.id)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect((await hub.call('GET', sub.at, me.token)).status).toBe(401);
  });

  test('the receipt waits for what is on its way', async () => {
    const sub = await subscribe();
    const open: (() => void)[] = [];
    sink.answer((_, response) => void open.push(() => response.end('ok')));
    await publish();
    await until('it is on its way', () => sub.got().length === 1);
    const { id } = await revoke(hub.hub, { level: 'account', id: me.id, reason: 'user', actor: 'test' });
    await until('the first look is over', async () => {
      const { tasks } = hub.hub.store.tables;
      const rows = await hub.hub.store.db.select().from(tasks).where(eq(tasks.subject, id));
      return rows.some(({ state }) => state === 'done');
    });
    expect((await receipt(id))?.completedAt).toBeNull();
    for (const answer of open) answer();
    await until('the receipt is complete', async () => (await receipt(id))?.completedAt != null);
  });

  test('a leaked token stops all that it made, and a new token of the account may resume it', async () => {
    const sub = await subscribe();
    const { id } = await revoke(hub.hub, { level: 'token', id: me.tokenId, reason: 'leaked', actor: 'test' });
    await until('the receipt is complete', async () => (await receipt(id))?.completedAt != null);
    await publish();
    expect(await statesOf(sub.id)).toEqual(['held']);
    expect(sub.got()).toHaveLength(0);
    const next = await createPersonalToken(hub.hub, 'test', {
      label: 'next',
      env: 'live',
      scopes: ['bookings:read', 'webhooks:manage'],
      accountId: me.id,
    });
    expect((await hub.call('GET', sub.at, next.token)).body).toMatchObject({
      state: 'disabled',
      state_reason: 'token_leaked',
    });
    expect((await hub.call('POST', `${sub.at}/resume`, next.token)).status).toBe(200);
    await until('it arrives', () => sub.got().length === 1);
  });

  test('a token that was merely given up leaves its subscriptions as they are', async () => {
    const sub = await subscribe();
    await revoke(hub.hub, { level: 'token', id: me.tokenId, reason: 'user', actor: 'test' });
    await publish();
    await until('it arrives', () => sub.got().length === 1);
    expect(await statesOf(sub.id)).toHaveLength(1);
  });

  test('a suspension holds, and lifting it sends on what it held', async () => {
    const sub = await subscribe();
    await suspend(hub.hub, { level: 'account', id: me.id, reason: 'support', actor: 'test' });
    await publish();
    expect(await statesOf(sub.id)).toEqual(['held']);
    await unsuspend(hub.hub, { level: 'account', id: me.id, actor: 'test' });
    await until('it arrives', () => sub.got().length === 1);
  });

  test('resuming releases nothing that a suspension holds', async () => {
    const sub = await subscribe();
    await suspend(hub.hub, { level: 'grant', id: me.grantId, reason: 'support', actor: 'test' });
    await publish();
    const { deliveries, tasks } = hub.hub.store.tables;
    const { store, ids, clock } = hub.hub;
    const now = clock.now();
    await store.write((db) => [
      db.insert(tasks).values({
        id: ids.newId('tsk'),
        kind: 'release',
        subject: sub.id,
        payload: { level: 'subscription', id: sub.id },
        state: 'open',
        done: 0,
        dueAt: now,
        failures: 0,
        createdAt: now,
        updatedAt: now,
      }),
    ]);
    hub.hub.queue.wake('tasks');
    await until('the release is done', async () =>
      (await store.db.select().from(tasks).where(eq(tasks.subject, sub.id))).some(
        ({ state }) => state === 'done',
      ),
    );
    const [row] = await store.db.select().from(deliveries).where(eq(deliveries.subscriptionId, sub.id));
    expect(row).toMatchObject({ state: 'held', reason: 'suspended', updatedAt: row!.createdAt });
    await unsuspend(hub.hub, { level: 'grant', id: me.grantId, actor: 'test' });
    await until('it arrives', () => sub.got().length === 1);
  });

  test('a new address is on probation, and only a token that may read all of it can name one', async () => {
    const sub = await subscribe();
    await publish();
    await until(
      'it is proven',
      async () => (await hub.call('GET', sub.at, me.token)).body.proven_at !== null,
    );
    const weak = await createPersonalToken(hub.hub, 'test', {
      label: 'weak',
      env: 'live',
      scopes: ['webhooks:manage'],
      accountId: me.id,
    });
    const change = { endpoint: { type: 'webhook', url: `${sink.origin}/elsewhere` } };
    expect((await hub.call('PATCH', sub.at, weak.token, change)).body).toMatchObject({
      code: 'scope_missing',
    });
    expect((await hub.call('PATCH', sub.at, me.token, change)).body).toMatchObject({
      proven_at: null,
      endpoint: change.endpoint,
    });
    await publish();
    await until('it goes to the new address', () => sink.received.some((one) => one.path === '/elsewhere'));
  });
});
