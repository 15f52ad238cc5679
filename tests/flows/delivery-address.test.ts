import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

/** Proof is of an address, not of a subscription: else one's own endpoint would vouch for a stranger's. */
describe('an endpoint that moves to another address', () => {
  let hub: TestHub;
  let [own, stranger]: Sink[] = [];
  beforeAll(async () => {
    hub = await startTestHub();
    [own, stranger] = [await startSink(), await startSink()];
  });
  afterAll(async () => {
    await hub.stopAndForget();
    await own?.close();
    await stranger?.close();
  });

  test('begins with one event a second again, whatever the address before has answered', async () => {
    const account = await hub.account();
    const publisher = await hub.service();
    const publish = (count: number) =>
      hub.call('POST', '/v1/events', publisher, {
        events: Array.from({ length: count }, () => eventFor([account.id])),
      });
    const { body } = await hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: `${own?.origin}/hook` },
      event_types: ['booking.*'],
    });
    await publish(30);
    await until('the first address has them all', () => own?.received.length === 30);

    stranger?.answer((_, response) => response.writeHead(500).end());
    const path = `/v1/subscriptions/${body.id}`;
    const moved = await hub.call('PATCH', path, account.token, {
      endpoint: { type: 'webhook', url: `${stranger?.origin}/hook` },
    });
    expect(moved.body.proven_at).toBeNull();
    const startedAt = Date.now();
    await publish(30);
    await until('some have come', () => (stranger?.received.length ?? 0) >= 3);
    expect(stranger?.received.length).toBeLessThanOrEqual(1 + (Date.now() - startedAt) / 1_000);

    stranger?.answer((_, response) => void response.end('ok'));
    await until('the new address is proven by its own success', async () => {
      const shown = await hub.call('GET', path, account.token);
      return shown.body.proven_at !== null;
    });
  });
});
