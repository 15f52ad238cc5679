import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Counts over some seconds, with bounds wide enough for a busy machine: too few is slow, too many is a broken promise. */
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
    await one.publish(20);
    await pause(3_200);
    expect(sink.received.length).toBeGreaterThanOrEqual(2);
    expect(sink.received.length).toBeLessThanOrEqual(5);
    const tried = (await one.states()).filter((delivery) => delivery.attempt_count > 0);
    // What waited for its second has not been tried: a cap is not a failure.
    expect(tried.length).toBeLessThanOrEqual(sink.received.length);
    expect(
      (await one.states()).filter((delivery) => delivery.state === 'pending' || delivery.state === 'leased')
        .length,
    ).toBeGreaterThanOrEqual(14);

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
    const from = sink.received.length;
    await one.publish(40);
    await pause(3_000);
    const sent = sink.received.length - from;
    expect(sent).toBeGreaterThanOrEqual(5);
    // Five a second for three seconds and what the timers are late by, with a burst of one.
    expect(sent).toBeLessThanOrEqual(19);
    expect((await one.states()).every((delivery) => delivery.attempt_count <= 1)).toBe(true);
  });

  test('one cap a destination host holds across two accounts, and spends no try', async () => {
    const sink = await sinkOn('127.0.0.4');
    const [one, other] = [await subscribed(sink), await subscribed(sink)];
    for (const each of [one, other]) {
      await each.publish(1);
      await until('it is proven', async () => (await each.states())[0]?.state === 'delivered');
    }
    const from = sink.received.length;
    await Promise.all([one.publish(80), other.publish(80)]);
    await pause(2_500);
    const sent = sink.received.length - from;
    expect(sent).toBeGreaterThanOrEqual(15);
    // Twenty a second for both together; each alone may have fifty.
    expect(sent).toBeLessThanOrEqual(64);
    for (const each of [one, other]) {
      const states = await each.states();
      expect(states.every((delivery) => delivery.attempt_count <= 1)).toBe(true);
      expect(states.some((delivery) => delivery.state === 'delivered')).toBe(true);
    }
  });
});
