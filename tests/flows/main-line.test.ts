import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

describe('the main line', () => {
  let hub: TestHub;
  let sink: Sink;
  beforeAll(async () => {
    hub = await startTestHub();
    sink = await startSink();
  });
  afterAll(async () => {
    await hub.stopAndForget();
    await sink.close();
  });

  test('an event published once reaches the entitled endpoint, signed, and no other', async () => {
    const [mine, other] = [await hub.account(), await hub.account()];
    const publisher = await hub.service();
    const subscribe = (token: string, path: string) =>
      hub.call('POST', '/v1/subscriptions', token, {
        endpoint: { type: 'webhook', url: `${sink.origin}/${path}` },
        event_types: ['booking.*'],
      });
    const made = await subscribe(mine.token, 'mine');
    await subscribe(other.token, 'other');
    expect(made.status).toBe(201);

    const event = eventFor([mine.id]);
    const published = await hub.call('POST', '/v1/events', publisher, event);
    expect(published).toMatchObject({ status: 202, body: { status: 'accepted', sequence: 1 } });
    await until('the delivery arrives', () => sink.received.length > 0);

    const [received] = sink.received;
    expect(received!.path).toBe('/mine');
    const body = new Webhook(made.body.secret).verify(
      received!.body,
      received!.headers as Record<string, string>,
    ) as Record<string, unknown>;
    expect(body).toMatchObject({
      id: published.body.id,
      type: 'booking.confirmed',
      sequence: 1,
      account: mine.id,
      subscription: made.body.id,
    });
    expect(Object.keys(body['data'] as object)).not.toContain('price');
    // All that there is to send.
    const rows = () => hub.hub.store.db.select().from(hub.hub.store.tables.deliveries);
    await until('it is settled', async () => (await rows()).every(({ state }) => state === 'delivered'));
    expect(await rows()).toHaveLength(1);
    expect(sink.received).toHaveLength(1);
  });
});
