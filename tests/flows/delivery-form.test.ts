import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

describe('what an endpoint receives', () => {
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
  const receive = async (over: Record<string, unknown>) => {
    const account = await hub.account();
    const path = `/hook${hub.hub.ids.newId('req')}`;
    const { body: subscription } = await hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: `${sink.origin}${path}` },
      event_types: ['booking.*'],
      ...over,
    });
    const event = eventFor([account.id]);
    const published = await hub.call('POST', '/v1/events', await hub.service(), event);
    await until('it arrives', () => sink.received.some((one) => one.path === path));
    const received = sink.received.find((one) => one.path === path)!;
    return { account, subscription, event, published: published.body, received };
  };

  test('CloudEvents 1.0, structured, signed like any other', async () => {
    const { subscription, event, published, received } = await receive({ format: 'cloudevents' });
    expect(received.headers['content-type']).toMatch(/^application\/cloudevents\+json/);
    new Webhook(subscription.secret).verify(received.body, received.headers as Record<string, string>);
    expect(JSON.parse(received.body)).toMatchObject({
      specversion: '1.0',
      id: published.id,
      subject: event['subject'],
      time: event['occurred_at'],
      datacontenttype: 'application/json',
      data: expect.any(Object),
    });
  });

  test('v1a: Ed25519 under the key that the subscription shows, and one changed byte breaks it', async () => {
    const { account, subscription, received } = await receive({ signature: 'v1a' });
    const shown = await hub.call('GET', `/v1/subscriptions/${subscription.id}`, account.token);
    const raw = Buffer.from(String(shown.body.public_key).replace(/^whpk_/, ''), 'base64');
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
      format: 'jwk',
    });
    const { headers, body } = received;
    const [version, signature = ''] = String(headers['webhook-signature']).split(' ')[0]!.split(',');
    expect(version).toBe('v1a');
    const isTrue = (text: string) =>
      verify(
        null,
        Buffer.from(`${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${text}`),
        key,
        Buffer.from(signature, 'base64'),
      );
    expect(isTrue(body)).toBe(true);
    expect(isTrue(body.replace('"houston"', '"austin"'))).toBe(false);
  });

  test('v1: the secret that was shown once verifies, another does not', async () => {
    const { subscription, received } = await receive({});
    const headers = received.headers as Record<string, string>;
    expect(() => new Webhook(subscription.secret).verify(received.body, headers)).not.toThrow();
    const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    expect(() => new Webhook(other).verify(received.body, headers)).toThrow();
    expect(headers).toMatchObject({
      'user-agent': 'Patchbay/1',
      'content-type': expect.stringMatching(/^application\/json/),
    });
    expect(Math.abs(Number(headers['webhook-timestamp']) * 1_000 - Date.now())).toBeLessThan(60_000);
  });
});
