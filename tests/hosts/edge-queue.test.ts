import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTestEdge, type TestEdge } from '../harness/edge.ts';
import { eventFor } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

const always = 1_000_000;

describe('what the edge does when its queue does not', () => {
  let edge: TestEdge;
  let core: string;
  let sink: Sink;
  beforeAll(async () => {
    edge = await startTestEdge();
    core = await edge.token(['events:publish']);
    sink = await startSink();
  });
  afterEach(async () => {
    await edge.strict({ failingSends: 0, failingConsumers: 0, sizeAfter: null, lines: [] });
    await edge.requireWithinLimits();
  });
  afterAll(async () => {
    await edge.stop();
    await sink.close();
  });

  const subscribed = async (path: string) => {
    const account = await edge.account();
    const made = await edge.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: `${sink.origin}/${path}` },
      event_types: ['booking.*'],
    });
    expect(made.status).toBe(201);
    return { ...account, arrived: () => sink.received.filter((one) => one.path === `/${path}`).length };
  };
  const publish = (audience: string[]) => edge.call('POST', '/v1/events', core, eventFor(audience));
  const hasLogged = async (word: string) => (await edge.strict()).lines.some((line) => line.includes(word));

  test('a send that fails twice is tried a third time', async () => {
    const account = await subscribed('third');
    await edge.strict({ failingSends: 2 });
    expect(await publish([account.id])).toMatchObject({ status: 202 });
    await until('it arrives', () => account.arrived() === 1);
  });

  test('where every send fails, the event is accepted and the cron finds it', async () => {
    const account = await subscribed('cron');
    await edge.strict({ failingSends: always });
    expect(await publish([account.id])).toMatchObject({ status: 202 });
    await until('the send was given up', () => hasLogged('queue.send'));
    expect(account.arrived()).toBe(0);
    await edge.strict({ failingSends: 0 });
    await edge.runCron();
    await until('it arrives', () => account.arrived() === 1);
  });

  test('a batch whose consumer fails comes again', async () => {
    const account = await subscribed('again');
    await edge.strict({ failingConsumers: 1 });
    expect(await publish([account.id])).toMatchObject({ status: 202 });
    await until('it arrives', () => account.arrived() === 1);
  });

  test('a wake that fails every time is logged from the dead-letter queue, and its event is not lost', async () => {
    const account = await subscribed('dead');
    await edge.strict({ failingConsumers: always });
    await publish([account.id]);
    await until('it is in the dead-letter queue', () => hasLogged('queue.dead'));
    expect(account.arrived()).toBe(0);
    await edge.strict({ failingConsumers: 0 });
    await edge.runCron();
    await until('it arrives', () => account.arrived() === 1);
  });

  test('what was accepted outlives every process', async () => {
    const account = await subscribed('restart');
    await edge.strict({ failingSends: always });
    expect(await publish([account.id])).toMatchObject({ status: 202 });
    await edge.restart();
    await edge.runCron();
    await until('it arrives', () => account.arrived() === 1);
  });

  test('at nine tenths of what a database holds nothing new is accepted, and what was is delivered', async () => {
    const account = await subscribed('full');
    await edge.strict({ failingSends: always });
    expect(await publish([account.id])).toMatchObject({ status: 202 });
    await edge.strict({ sizeAfter: 9_100_000_000 });
    // The size comes with the answer of a write: the next one brings it.
    await publish([(await edge.account()).id]);
    const refused = await publish([account.id]);
    expect(refused).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(refused.body.detail).toContain('nearly full');
    await edge.strict({ failingSends: 0 });
    await edge.runCron();
    await until('it arrives', () => account.arrived() === 1);
  });

  test('tasks go on where the queue wakes them: an event for many is expanded', async () => {
    const accounts = await Promise.all(Array.from({ length: 3 }, (_, i) => subscribed(`many${i}`)));
    // More than the hundred matches that are written at once here.
    const [first] = accounts;
    for (let i = 0; i < 101; i += 1)
      await edge.call('POST', '/v1/subscriptions', first!.token, {
        endpoint: { type: 'webhook', url: `${sink.origin}/more${i}` },
        event_types: ['booking.*'],
      });
    const before = sink.received.length;
    await publish(accounts.map(({ id }) => id));
    await until('all arrive', () => sink.received.length === before + 104);
    const ids = sink.received.slice(before).map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(104);
  });
});

test('a purge goes on from invocation to invocation, within a thousand queries each', async () => {
  const edge = await startTestEdge({ PATCHBAY_KEEP_EVENTS_DAYS: '0.0000001' });
  const core = await edge.token(['events:publish']);
  const account = await edge.account();
  // All of one booking: only the last tells its state, and stays.
  const event = eventFor([account.id]);
  for (let i = 0; i < 5; i += 1) {
    const events = Array.from({ length: 500 }, () => event);
    expect(await edge.call('POST', '/v1/events', core, { events })).toMatchObject({ status: 202 });
  }
  await edge.runCron();
  const kept = async () =>
    JSON.parse(await edge.operate('status', [], { json: true })).events_last_day as number;
  await until('all but the last are gone', async () => (await kept()) === 1);
  const { batches, mostQueries } = await edge.strict();
  expect(batches['patchbay-wake']).toBeGreaterThan(0);
  expect(mostQueries).toBeLessThan(1_000);
  await edge.stop();
}, 120_000);
