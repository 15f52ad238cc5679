import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { createSender } from '../../src/deliveries/index.ts';
import { metricOf } from '../harness/cluster.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

describe('two senders on one store', () => {
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  });
  const stand = async (environment: Record<string, string> = {}) => {
    const hub: TestHub = await startTestHub(environment);
    undo.push(() => hub.stopAndForget());
    const sink: Sink = await startSink();
    undo.push(() => sink.close());
    const account = await hub.account();
    const { body } = await hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: sink.origin },
      event_types: ['booking.*'],
    });
    const publisher = await hub.service();
    const publish = async () =>
      (await hub.call('POST', '/v1/events', publisher, eventFor([account.id]))).body.id as string;
    return { hub, sink, account, subscription: body.id as string, publish };
  };

  test('a lost lease writes nothing: neither state nor attempt, however the attempt ended', async () => {
    const { hub, sink, account, publish } = await stand();
    const open: ((status: number) => void)[] = [];
    sink.answer((_, response) => void open.push((status) => response.writeHead(status).end()));
    await publish();
    await until('the first sender is on its way', () => open.length === 1);

    // What a sweep of another process does once it takes the lease for dead.
    const { store } = hub.hub;
    const { deliveries, attempts } = store.tables;
    const [row] = await store.db.select().from(deliveries);
    const id = row?.id ?? '';
    const dueAt = new Date(Date.now() - 1);
    await store.write((db) => [db.update(deliveries).set({ dueAt }).where(eq(deliveries.id, id))]);
    const nowMs = Date.now();
    const taken = await store.lease({
      leaseId: 'wrk_other',
      nowMs,
      untilMs: nowMs + 60_000,
      lanes: [{ subscriptionId: row?.subscriptionId ?? '', room: 10 }],
    });
    // The hub's own sweep may have been quicker; then it is the other sender.
    const isOurs = taken.length === 1;
    if (isOurs) {
      const other = createSender(hub.hub);
      undo.push(() => other.stop(100));
      other.hand(taken, false);
    }
    await until('the second sender is on its way', () => open.length === 2);
    open[0]?.(500);
    await until('the first has noticed', () => hub.log.lines.some((line) => line.includes('lease.lost')));
    expect(await store.db.select().from(attempts)).toEqual([]);
    open[1]?.(200);
    await until(
      'the second has settled it',
      async () => (await store.db.select().from(deliveries))[0]?.state === 'delivered',
    );
    const written = await store.db.select().from(attempts);
    expect(written.map((attempt) => attempt.outcome)).toEqual(['answered_200']);
    const ids = sink.received.map((one) => one.headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
    const shown = await hub.call('GET', `/v1/deliveries/${id}`, account.token);
    expect(shown.body).toMatchObject({ state: 'delivered', attempt_count: 1 });
  });

  test('after a revocation is answered no byte leaves, and what is queued is cancelled', async () => {
    const { hub, sink, account, publish } = await stand();
    await publish();
    await until('it is proven', () => sink.received.length === 1);
    // None is answered for now, so that some are on their way and the others wait for the window.
    const waiting: (() => void)[] = [];
    sink.answer((_, response) => void waiting.push(() => response.end('ok')));
    for (let i = 0; i < 60; i++) await publish();
    const { revoke } = await import('../../src/access/index.ts');
    const receipt = await revoke(hub.hub, {
      level: 'grant',
      id: account.grantId ?? '',
      reason: 'test',
      actor: 'test',
    });
    expect(receipt.id).toMatch(/^rvk_/);
    // Bytes that had left before are still to be read by the receiver.
    const underWay = () => metricOf(hub.origin, 'in_flight');
    await until('what had left is here', async () => (await underWay()) === waiting.length);
    const arrived = sink.received.length;
    expect(arrived).toBeLessThan(61);
    for (const answer of waiting) answer();
    const { deliveries } = hub.hub.store.tables;
    await until('nothing is open', async () => {
      const rows = await hub.hub.store.db.select().from(deliveries);
      return rows.every((row) => row.state === 'delivered' || row.state === 'cancelled');
    });
    await until('nothing is under way', async () => (await underWay()) === 0);
    expect(sink.received.length).toBe(arrived);
    expect((await hub.call('GET', '/v1/events', account.token)).status).toBe(401);
  });

  test('a suspension holds what is queued, and lifting it sends all of it', async () => {
    const { hub, sink, account, publish } = await stand();
    const { suspend, unsuspend } = await import('../../src/access/index.ts');
    await publish();
    await until('it is proven', () => sink.received.length === 1);
    await suspend(hub.hub, { level: 'account', id: account.id, reason: 'test', actor: 'test' });
    const held = [await publish(), await publish(), await publish()];
    const { deliveries } = hub.hub.store.tables;
    const states = async () => (await hub.hub.store.db.select().from(deliveries)).map((row) => row.state);
    await until(
      'all are held',
      async () => (await states()).filter((state) => state === 'held').length === 3,
    );
    expect(sink.received.length).toBe(1);

    await unsuspend(hub.hub, { level: 'account', id: account.id, actor: 'test' });
    await until('all are sent', async () => (await states()).every((state) => state === 'delivered'));
    const here = sink.received.map((one) => (JSON.parse(one.body) as { id: string }).id);
    expect(held.every((id) => here.includes(id))).toBe(true);
  });
});
