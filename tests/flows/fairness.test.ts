import { afterEach, describe, expect, test } from 'vitest';
import { mayGo } from '../../src/deliveries/may-go.ts';
import { newLane } from '../../src/deliveries/lane.ts';
import { rateOf } from '../../src/deliveries/rate.ts';
import type { LeasedDelivery } from '../../src/ports/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

/** What is asserted is who receives while others are stuck, never how fast. */
describe('an endpoint does not pay for another', () => {
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  });
  const sinkOn = async (host: string) => {
    const sink = await startSink(host);
    undo.push(() => sink.close());
    return sink;
  };
  const hubWith = async (environment: Record<string, string>): Promise<TestHub> => {
    const hub = await startTestHub(environment);
    undo.push(() => hub.stopAndForget());
    return hub;
  };
  const eventsAt = (sink: Sink) =>
    new Set(sink.received.map((one) => (JSON.parse(one.body) as { id: string }).id));

  test('one of eight hangs and three fail: the other four receive everything meanwhile', async () => {
    const hub = await hubWith({ PATCHBAY_ATTEMPT_DEADLINE_MS: '20000' });
    const sinks: Sink[] = [];
    const accounts: string[] = [];
    for (let i = 0; i < 8; i++) {
      const sink = await sinkOn(`127.0.1.${i + 1}`);
      sinks.push(sink);
      const account = await hub.account();
      accounts.push(account.id);
      await hub.call('POST', '/v1/subscriptions', account.token, {
        endpoint: { type: 'webhook', url: sink.origin },
        event_types: ['booking.*'],
        max_per_second: 500,
      });
    }
    const publisher = await hub.service();
    const publish = async (count: number): Promise<string[]> => {
      const events = Array.from({ length: count }, () => eventFor(accounts));
      const { body } = await hub.call('POST', '/v1/events', publisher, { events });
      return (body.results as { id: string }[]).map((one) => one.id);
    };
    await publish(1);
    await until('all are proven', () => sinks.every((sink) => sink.received.length === 1));
    const hanging = { count: 0, isOver: false };
    sinks[0]?.answer(() => {
      hanging.count += 1;
    });
    for (const sink of sinks.slice(1, 4)) sink.answer((_, response) => response.writeHead(500).end());

    const ids = [...(await publish(80)), ...(await publish(80))];
    await until('the healthy ones have everything', () =>
      sinks.slice(4).every((sink) => ids.every((id) => eventsAt(sink).has(id))),
    );
    // The hanging one has answered nothing in all that time, and holds no more than its own window.
    expect(hanging.count).toBeGreaterThan(0);
    expect(hanging.count).toBeLessThanOrEqual(64);
  });

  test('a thousand subscriptions that hang stop nobody', { timeout: 120_000 }, async () => {
    const hub = await hubWith({
      PATCHBAY_ATTEMPT_DEADLINE_MS: '20000',
      PATCHBAY_HOST_MAX_IN_FLIGHT: '2000',
      PATCHBAY_HOST_MAX_PER_SECOND: '100000',
    });
    const stuck = await sinkOn('127.0.2.1');
    const healthy = await sinkOn('127.0.2.2');
    stuck.answer(() => {});
    const [noisy, quiet] = [await hub.account(), await hub.account()];
    const subscribe = (token: string, url: string) =>
      hub.call('POST', '/v1/subscriptions', token, {
        endpoint: { type: 'webhook', url },
        event_types: ['booking.*'],
      });
    const made: number[] = [];
    for (let at = 0; at < 1_000; at += 50) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) => subscribe(noisy.token, `${stuck.origin}/${at + i}`)),
      );
      made.push(...answers.map((answer) => answer.status));
    }
    expect(made.filter((status) => status === 201).length).toBe(1_000);
    await subscribe(quiet.token, healthy.origin);
    const publisher = await hub.service();
    await hub.call('POST', '/v1/events', publisher, eventFor([noisy.id]));
    await until('hundreds hang', () => stuck.received.length >= 500);

    const first = await hub.call('POST', '/v1/events', publisher, eventFor([quiet.id]));
    await until('the healthy one is served', () => eventsAt(healthy).has(first.body.id));
    const events = Array.from({ length: 100 }, () => eventFor([quiet.id]));
    const { body } = await hub.call('POST', '/v1/events', publisher, { events });
    const ids = (body.results as { id: string }[]).map((one) => one.id);
    await until('the healthy one has everything', () => ids.every((id) => eventsAt(healthy).has(id)));
    expect(stuck.received.length).toBeLessThanOrEqual(1_001);
  });

  test('a critical event goes where all other slots are taken, and slow endpoints share half of them', () => {
    const host = { name: 'example.com', inFlight: 0, rate: rateOf(500), arrivalMs: 0 };
    const lane = newLane('sub_a', host, 0);
    lane.isProven = true;
    // Only that something waits is looked at.
    const waiting = {} as LeasedDelivery;
    lane.waiting.push(waiting);
    const full = { inFlight: 80, slowInFlight: 0, maxInFlight: 100, hostMaxInFlight: 100 };
    expect(mayGo(lane, full, 0)).toBe('slots');
    lane.urgent.push(waiting);
    expect(mayGo(lane, full, 0)).toBe('go');
    expect(mayGo(lane, { ...full, inFlight: 100 }, 0)).toBe('slots');
    lane.isSlow = true;
    expect(mayGo(lane, { ...full, inFlight: 50, slowInFlight: 50 }, 0)).toBe('slots');
    expect(mayGo(lane, { ...full, inFlight: 50, slowInFlight: 49 }, 0)).toBe('go');
  });
});
