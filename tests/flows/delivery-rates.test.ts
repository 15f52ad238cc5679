import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

/**
 * What has arrived is held against the time that has passed since it was published: a machine that stands still makes
 * the one longer and never the other more.
 */
describe('how fast an endpoint is sent to', () => {
  let hub: TestHub;
  let publisher = '';
  const sinks: Sink[] = [];
  beforeAll(async () => {
    hub = await startTestHub({ PATCHBAY_HOST_MAX_PER_SECOND: '20' });
    publisher = await hub.service();
  });
  afterEach(() => Promise.all(sinks.splice(0).map((sink) => sink.close())));
  afterAll(() => hub.stopAndForget());

  // Each test has a host of its own: the cap of a host holds across all of them.
  const sinkOn = async (host: string) => {
    const sink = await startSink(host);
    sinks.push(sink);
    return sink;
  };
  /** What comes from now on, and what may have come by now at so many a second with a burst of a tenth of it. */
  const since = (sink: Sink) => {
    const [from, startedAt] = [sink.received.length, Date.now()];
    return {
      count: () => sink.received.length - from,
      allowed: (perSecond: number) =>
        Math.max(1, perSecond / 10) + (perSecond * (Date.now() - startedAt)) / 1_000,
    };
  };
  const subscribed = async (sink: Sink, over: Record<string, unknown> = {}) => {
    const account = await hub.account();
    const { body } = await hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: sink.origin },
      event_types: ['booking.*'],
      ...over,
    });
    const publish = (count: number) =>
      hub.call('POST', '/v1/events', publisher, {
        events: Array.from({ length: count }, () => eventFor([account.id])),
      });
    const states = async (): Promise<{ state: string; attempt_count: number }[]> =>
      (await hub.call('GET', `/v1/deliveries?limit=100&subscription=${body.id}`, account.token)).body.data;
    return { ...account, subscription: body.id as string, publish, states };
  };

  test('one event a second until the first success, then its own rate; waiting spends no try', async () => {
    const sink = await sinkOn('127.0.0.2');
    sink.answer((_, response) => response.writeHead(500).end());
    const one = await subscribed(sink);
    const sent = since(sink);
    await one.publish(20);
    await until('four have come', () => sent.count() >= 4);
    expect(sent.count()).toBeLessThanOrEqual(sent.allowed(1));
    const states = await one.states();
    // What waited for its second has not been tried: a cap is not a failure.
    const tried = states.filter((delivery) => delivery.attempt_count > 0).length;
    expect(tried).toBeLessThanOrEqual(sent.count());
    const waiting = states.filter(({ state }) => state === 'pending' || state === 'leased').length;
    expect(waiting).toBeGreaterThanOrEqual(20 - sent.count());
    expect(sent.count()).toBeLessThan(15);

    sink.answer((_, response) => void response.end('ok'));
    await until(
      'the rest goes',
      async () => (await one.states()).filter((delivery) => delivery.state === 'delivered').length >= 15,
    );
  });

  test('max_per_second holds over time', async () => {
    const sink = await sinkOn('127.0.0.3');
    const one = await subscribed(sink, { max_per_second: 5 });
    await one.publish(1);
    await until('it is proven', async () => (await one.states())[0]?.state === 'delivered');
    const sent = since(sink);
    await one.publish(40);
    await until('twelve have come', () => sent.count() >= 12);
    expect(sent.count()).toBeLessThanOrEqual(sent.allowed(5));
    expect((await one.states()).every((delivery) => delivery.attempt_count <= 1)).toBe(true);
  });

  test('one cap a destination host holds across two accounts, and spends no try', async () => {
    const sink = await sinkOn('127.0.0.4');
    const [one, other] = [await subscribed(sink), await subscribed(sink)];
    for (const each of [one, other]) {
      await each.publish(1);
      await until('it is proven', async () => (await each.states())[0]?.state === 'delivered');
    }
    const sent = since(sink);
    await Promise.all([one.publish(80), other.publish(80)]);
    await until('forty have come', () => sent.count() >= 40);
    // Twenty a second for both together; each alone may have fifty.
    expect(sent.count()).toBeLessThanOrEqual(sent.allowed(20));
    for (const each of [one, other]) {
      expect((await each.states()).every((delivery) => delivery.attempt_count <= 1)).toBe(true);
      await until('each has had its turn', async () =>
        (await each.states()).slice(0, 80).some((delivery) => delivery.state === 'delivered'),
      );
    }
  });
});
