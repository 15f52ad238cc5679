import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRelay } from '../../src/node-pull.ts';
import { startTestEdge, type TestEdge } from '../harness/edge.ts';
import { eventFor, memoryLog } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { freePort } from '../services/free-port.ts';

const keys = `1:${Buffer.alloc(32, 9).toString('base64')}`;

describe('a hub in workerd that sends through a relay on Node', () => {
  let edge: TestEdge;
  let core: string;
  let sink: Sink;
  const relay = { port: 0, stop: async () => {} };
  const startAgain = async () => {
    const environment = {
      PATCHBAY_WORKER_KEYS: keys,
      PATCHBAY_ALLOW_LOOPBACK: '1',
      PORT: String(relay.port),
    };
    const started = await startRelay(environment, memoryLog());
    relay.stop = () => started.stop();
  };
  beforeAll(async () => {
    relay.port = await freePort();
    await startAgain();
    edge = await startTestEdge({
      PATCHBAY_EGRESS_RELAY_URL: `http://127.0.0.1:${relay.port}`,
      PATCHBAY_WORKER_KEYS: keys,
    });
    core = await edge.token(['events:publish']);
    sink = await startSink();
  });
  afterAll(async () => {
    await edge.stop();
    await relay.stop();
    await sink.close();
  });

  const subscribed = async (path: string) => {
    const account = await edge.account();
    const made = await edge.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: `${sink.origin}/${path}` },
      event_types: ['booking.*'],
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const deliveries = async () =>
      (await edge.call('GET', '/v1/deliveries', account.token)).body.data as any[];
    const arrived = () => sink.received.filter((one) => one.path === `/${path}`);
    return { account, secret: made.body.secret as string, deliveries, arrived };
  };

  test('delivers what verifies, and shows what the endpoint answered', async () => {
    const { account, secret, deliveries, arrived } = await subscribed('relayed');
    sink.answer((_, response) => void response.end('thank you'));
    await edge.call('POST', '/v1/events', core, eventFor([account.id]));
    await until('it is delivered', async () => (await deliveries())[0]?.state === 'delivered');
    const [received] = arrived();
    const headers = received!.headers as Record<string, string>;
    expect(new Webhook(secret).verify(received!.body, headers)).toMatchObject({ type: 'booking.confirmed' });
    const [{ id }] = await deliveries();
    const shown = await edge.call('GET', `/v1/deliveries/${id}`, account.token);
    expect(JSON.stringify(shown.body.attempts)).toContain('thank you');
    await edge.requireWithinLimits();
  });

  test('spends no try while the relay is away, and goes on when it is back', async () => {
    const { account, deliveries, arrived } = await subscribed('away');
    await relay.stop();
    await edge.call('POST', '/v1/events', core, eventFor([account.id]));
    await until('it is given back', async () => (await deliveries())[0]?.reason === 'hub_fault');
    expect((await deliveries())[0]).toMatchObject({ state: 'pending', attempt_count: 0 });
    await startAgain();
    await until('it arrives', () => arrived().length === 1, 60_000);
  }, 120_000);
});
