import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { afterOne, rateOf, readyAtMs } from '../../src/deliveries/rate.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { type JumpingClock, jumpingClock } from './jumping-clock.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe('a clock that jumps', () => {
  let clock: JumpingClock;
  let hub: TestHub;
  let sink: Sink;
  let publisher = '';
  let account: Awaited<ReturnType<TestHub['account']>>;
  let subscription = '';

  beforeEach(async () => {
    clock = jumpingClock();
    hub = await startTestHub({}, { clock });
    sink = await startSink();
    account = await hub.account();
    publisher = await hub.service();
    const { body } = await hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: sink.origin },
      event_types: ['booking.*'],
    });
    subscription = body.id;
    await publish();
    await until('the endpoint is proven', async () =>
      (await deliveries()).every((one) => one.state === 'delivered'),
    );
  });
  afterEach(async () => {
    await hub.stopAndForget();
    await sink.close();
  });

  type Shown = { id: string; event: string; state: string; reason: string };
  const deliveries = async (): Promise<Shown[]> =>
    (await hub.call('GET', `/v1/deliveries?limit=100&subscription=${subscription}`, account.token)).body.data;
  const publish = async (): Promise<string> => {
    const { body } = await hub.call('POST', '/v1/events', publisher, eventFor([account.id]));
    expect(body.status).toBe('accepted');
    return body.id;
  };
  const arrived = (event: string): boolean =>
    sink.received.some((one) => (JSON.parse(one.body) as { id: string }).id === event);
  const stateOfSubscription = async (): Promise<string> =>
    (await hub.call('GET', `/v1/subscriptions/${subscription}`, account.token)).body.state;

  test('two days forward: what waits for its retry is sent, nothing is lost, the endpoint stays enabled', async () => {
    sink.answer((_, response) => response.writeHead(503).end());
    const failed = [await publish(), await publish(), await publish()];
    await until(
      'all wait for their retry',
      async () => (await deliveries()).filter((one) => one.state === 'retrying').length === 3,
    );
    sink.answer((_, response) => void response.end('ok'));
    clock.jump(2 * dayMs);
    await until('all are delivered', async () =>
      (await deliveries()).every((one) => one.state === 'delivered'),
    );
    for (const event of failed) expect(arrived(event)).toBe(true);
    expect(await stateOfSubscription()).toBe('active');
    expect(
      arrived(await publish().then(async (id) => (await until('a new one arrives', () => arrived(id)), id))),
    ).toBe(true);
  });

  test('two days forward while one is on its way: it is settled, or sent again with the same id', async () => {
    const open: (() => void)[] = [];
    sink.answer((_, response) => void open.push(() => response.end('ok')));
    const event = await publish();
    await until('it is on its way', () => open.length === 1);
    clock.jump(2 * dayMs);
    await until('its lease is taken for dead, and it is sent again', () => open.length === 2);
    for (const end of open) end();
    sink.answer((_, response) => void response.end('ok'));
    await until('it is delivered', async () =>
      (await deliveries()).every((one) => one.state === 'delivered'),
    );
    const ids = sink.received
      .filter((one) => (JSON.parse(one.body) as { id: string }).id === event)
      .map((one) => one.headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
  });

  test('an hour back: new events flow, no rate stands still, ids go on growing, retries are late and not lost', async () => {
    sink.answer((_, response) => response.writeHead(503).end());
    const waiting = await publish();
    await until('it waits for its retry', async () =>
      (await deliveries()).some((one) => one.state === 'retrying'),
    );
    sink.answer((_, response) => void response.end('ok'));
    const before = (await deliveries())[0]?.id ?? '';

    clock.jump(-hourMs);
    // More than the burst of the lane and of the host: both rates are reckoned with anew.
    const batch = Array.from({ length: 60 }, () => eventFor([account.id]));
    const answer = await hub.call('POST', '/v1/events', publisher, { events: batch });
    const ids = (answer.body.results as { id: string }[]).map((one) => one.id);
    await until('all arrive', () => ids.every(arrived));
    const after = (await deliveries()).filter((one) => ids.includes(one.event)).map((one) => one.id);
    expect(after.length).toBeGreaterThan(50);
    for (const id of after) expect(id > before).toBe(true);
    expect(ids.toSorted()).toEqual(ids);
    expect(await stateOfSubscription()).toBe('active');

    // Late by what the clock went back, which is as long as the hub cannot know better.
    expect(arrived(waiting)).toBe(true);
    expect((await deliveries()).find((one) => one.event === waiting)?.state).toBe('retrying');
    clock.jump(hourMs + 10_000);
    await until('the retry goes', async () => (await deliveries()).every((one) => one.state === 'delivered'));
  });

  test('an hour back: a rate is reckoned from now on, and goes on holding', () => {
    const tenASecond = rateOf(10);
    const before = afterOne(tenASecond, 0, 2 * hourMs);
    expect(afterOne(tenASecond, before, hourMs)).toBe(hourMs + 100);
    expect(readyAtMs(tenASecond, afterOne(tenASecond, before, hourMs))).toBe(hourMs + 100);
  });

  test('an hour back: the lease of a worker that died is found when the clock has caught up', async () => {
    const { store } = hub.hub;
    const event = await publish();
    await until('it is delivered', async () =>
      (await deliveries()).every((one) => one.state === 'delivered'),
    );
    const { deliveries: table } = store.tables;
    const until60 = new Date(clock.ms() + 60_000);
    await store.write((db) => [
      db.update(table).set({ state: 'leased', leaseId: 'wrk_dead', dueAt: until60 }),
    ]);
    const seen = sink.received.length;
    clock.jump(-hourMs);
    expect(await publish().then((id) => until('a new one arrives', () => arrived(id)))).toBeUndefined();
    clock.jump(hourMs + 61_000);
    await until('the dead worker’s deliveries are sent', async () =>
      (await deliveries()).every((one) => one.state === 'delivered'),
    );
    expect(sink.received.length).toBeGreaterThan(seen + 1);
    const mine = sink.received.filter((one) => (JSON.parse(one.body) as { id: string }).id === event);
    expect(new Set(mine.map((one) => one.headers['webhook-id'])).size).toBe(1);
  });

  test('a jump past the five days disables an endpoint only where it was failing before, and a resume sends all', async () => {
    sink.answer((_, response) => response.writeHead(503).end());
    await publish();
    await until('it is failing', async () => (await deliveries()).some((one) => one.state === 'retrying'));
    clock.jump(6 * dayMs);
    await until('it is disabled', async () => (await stateOfSubscription()) === 'disabled');
    sink.answer((_, response) => void response.end('ok'));
    const resumed = await hub.call('POST', `/v1/subscriptions/${subscription}/resume`, account.token);
    expect(resumed.body.state).toBe('active');
    await until('all are delivered', async () =>
      (await deliveries()).every((one) => one.state === 'delivered'),
    );
  });
});
