import { afterEach, describe, expect, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { eventFor } from '../harness/hub.ts';
import { until } from '../harness/sink.ts';
import { stand } from './stand.ts';

describe('delivery by pull', () => {
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  });

  test('a worker delivers what the hub signed; attempts, retries and health are the hub’s', async () => {
    const { hub, sink, account, publisher, worker, subscribe, deliveries } = await stand(undo);
    const subscription = await subscribe();
    worker();
    const ids: string[] = [];
    for (let i = 0; i < 20; i++)
      ids.push((await hub.call('POST', '/v1/events', publisher, eventFor([account.id]))).body.id);
    await until(
      'all are delivered',
      async () =>
        (await deliveries()).length === 20 &&
        (await deliveries()).every(({ state }) => state === 'delivered'),
    );
    expect(sink.received.length).toBe(20);
    for (const { headers, body } of sink.received) {
      const event = new Webhook(subscription.secret).verify(body, headers as Record<string, string>) as {
        id: string;
      };
      expect(ids).toContain(event.id);
    }
    expect(new Set(sink.received.map((one) => one.headers['webhook-id'])).size).toBe(20);
  });
});
