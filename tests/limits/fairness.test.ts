import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

const slots = 8;
const noisyEndpoints = 10;
const quietEvents = 10;

/** One host that both aim at, with few slots, held and given by hand: what is asserted is the order, never a time. */
describe('one tenant beside another', () => {
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  });

  async function subscribe(hub: TestHub, sink: Sink, path: string, count: number): Promise<string> {
    const { id, token } = await hub.account();
    for (let i = 0; i < count; i += 1) {
      const made = await hub.call('POST', '/v1/subscriptions', token, {
        endpoint: { type: 'webhook', url: `${sink.origin}/${path}/${i}` },
        event_types: ['booking.*'],
        max_per_second: 1_000,
      });
      expect(made.status).toBe(201);
    }
    return id;
  }

  test('a noisy one with 800 deliveries waiting does not put a quiet one back: its turn comes each round [S2-47]', async () => {
    const hub = await startTestHub({ PATCHBAY_HOST_MAX_IN_FLIGHT: String(slots) });
    undo.push(() => hub.stopAndForget());
    const sink = await startSink();
    undo.push(() => sink.close());
    const noisy = await subscribe(hub, sink, 'noisy', noisyEndpoints);
    const quiet = await subscribe(hub, sink, 'quiet', 1);
    const core = await hub.service();
    const publish = async (account: string, count: number) => {
      const events = Array.from({ length: count }, () => eventFor([account]));
      expect((await hub.call('POST', '/v1/events', core, { events })).status).toBe(202);
    };
    await publish(noisy, 1);
    await publish(quiet, 1);
    await until('all are proven', () => sink.received.length === noisyEndpoints + 1);

    const held: ServerResponse[] = [];
    sink.answer((_, response) => void held.push(response));
    const arrived = (path: string) => sink.received.filter((one) => one.path.startsWith(`/${path}/`)).length;
    const noisyBefore = arrived('noisy');
    await publish(noisy, 80);
    await until('the noisy one has every slot', () => held.length === slots);

    const waits: number[] = [];
    for (let n = 1; n <= quietEvents; n += 1) {
      await publish(quiet, 1);
      const before = sink.received.length;
      // One slot comes free at a time; who gets it?
      while (arrived('quiet') <= n) {
        const inFlight = sink.received.length;
        held.shift()?.writeHead(200).end();
        await until('the slot is taken', () => sink.received.length > inFlight);
      }
      waits.push(sink.received.length - before);
    }
    // Parties take turns: after one of the other's, and one more that was given while it was handed over.
    expect(Math.max(...waits)).toBeLessThanOrEqual(3);
    expect(arrived('noisy') - noisyBefore).toBeLessThan(noisyEndpoints * 80 - 500);

    sink.answer((_, response) => void response.writeHead(200).end());
    for (const response of held.splice(0)) response.writeHead(200).end();
    await until(
      'the noisy one has all of its own too',
      () => arrived('noisy') - noisyBefore === noisyEndpoints * 80,
    );
  });
});
