import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTestEdge, type TestEdge } from '../harness/edge.ts';
import { eventFor } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { freePort } from '../services/free-port.ts';

describe('a delivery from the edge', () => {
  let edge: TestEdge;
  let core: string;
  const sinks: Sink[] = [];
  beforeAll(async () => {
    edge = await startTestEdge({
      PATCHBAY_ATTEMPT_DEADLINE_MS: '4000',
      PATCHBAY_TENANT_EVENT_MAX_PER_SECOND: '3',
    });
    core = await edge.token(['events:publish']);
  });
  afterEach(async () => {
    await edge.requireWithinLimits();
    await Promise.all(sinks.splice(0).map((sink) => sink.close()));
  });
  afterAll(() => edge.stop());

  const subscribed = async (over: Record<string, unknown> = {}) => {
    const account = await edge.account();
    const sink = await startSink();
    sinks.push(sink);
    const made = await edge.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: `${sink.origin}/hook` },
      event_types: ['booking.*'],
      ...over,
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    // Answers of the API, looked at field by field.
    const deliveries = async () =>
      (await edge.call('GET', `/v1/deliveries?subscription=${made.body.id}`, account.token)).body
        .data as any[];
    return { account, sink, deliveries, id: made.body.id as string, secret: made.body.secret as string };
  };
  const publish = async (audience: string[]) => {
    const answer = await edge.call('POST', '/v1/events', core, eventFor(audience));
    expect(answer).toMatchObject({ status: 202, body: { status: 'accepted' } });
    return answer.body.id as string;
  };

  test('a published event reaches the endpoint, and the standardwebhooks library verifies it', async () => {
    const { account, sink, secret } = await subscribed();
    const id = await publish([account.id]);
    await until('it arrives', () => sink.received.length > 0);
    const [received] = sink.received;
    const headers = received!.headers as Record<string, string>;
    expect(new Webhook(secret).verify(received!.body, headers)).toMatchObject({
      id,
      type: 'booking.confirmed',
    });
  });

  test('an Ed25519 signature verifies by the published key', async () => {
    const { account, sink, id } = await subscribed({ signature: 'v1a' });
    await publish([account.id]);
    await until('it arrives', () => sink.received.length > 0);
    const shown = await edge.call('GET', `/v1/subscriptions/${id}`, account.token);
    const { headers, body } = sink.received[0]!;
    const key = createPublicKey({
      key: {
        kty: 'OKP',
        crv: 'Ed25519',
        x: Buffer.from((shown.body.public_key as string).slice('whpk_'.length), 'base64').toString(
          'base64url',
        ),
      },
      format: 'jwk',
    });
    const signature = Buffer.from(String(headers['webhook-signature']).slice('v1a,'.length), 'base64');
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    expect(verify(null, Buffer.from(signed), key, signature)).toBe(true);
  });

  test('a failure is tried again after five seconds, and then succeeds under the same webhook-id', async () => {
    const { account, sink, deliveries } = await subscribed();
    sink.answer((_, response) => void response.writeHead(sink.received.length === 1 ? 503 : 200).end());
    await publish([account.id]);
    await until('it came twice', () => sink.received.length === 2);
    expect(new Set(sink.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    await until('it is delivered', async () => (await deliveries())[0]?.state === 'delivered');
  });

  test('a redirect is an answer and is not followed', async () => {
    const { account, sink, deliveries } = await subscribed();
    sink.answer((request, response) => {
      if (request.path === '/hook') response.writeHead(302, { location: `${sink.origin}/elsewhere` }).end();
      else response.end();
    });
    await publish([account.id]);
    await until('it is tried', async () => (await deliveries())[0]?.state === 'retrying');
    expect((await deliveries())[0].reason).toBe('answered_302');
    expect(sink.received.map(({ path }) => path)).toEqual(['/hook']);
  });

  test('one deadline ends an answer that does not come, and one whose body does not end', async () => {
    const silent = await subscribed();
    silent.sink.answer(() => {});
    await publish([silent.account.id]);
    const endless = await subscribed();
    endless.sink.answer((_, response) => void response.writeHead(200).write('beginning'));
    await publish([endless.account.id]);
    await until('it timed out', async () => (await silent.deliveries())[0]?.reason === 'timeout');
    await until('its status counts', async () => (await endless.deliveries())[0]?.state === 'delivered');
    expect(silent.sink.received).toHaveLength(1);
    expect(endless.sink.received).toHaveLength(1);
  });

  test('a connection that is refused is a failure like any other', async () => {
    const account = await edge.account();
    await edge.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: `http://127.0.0.1:${await freePort()}/` },
      event_types: ['booking.*'],
    });
    await publish([account.id]);
    const first = async () => (await edge.call('GET', '/v1/deliveries', account.token)).body.data[0];
    await until('it is tried', async () => (await first())?.state === 'retrying');
    expect((await first()).reason).toBe('reset');
  });

  test("no answer's body is shown", async () => {
    const { account, sink, deliveries } = await subscribed();
    sink.answer((_, response) => void response.writeHead(500).end('the inside of somebody'));
    await publish([account.id]);
    await until('it is tried', async () => (await deliveries())[0]?.state === 'retrying');
    const [{ id }] = await deliveries();
    const shown = await edge.call('GET', `/v1/deliveries/${id}`, account.token);
    expect(JSON.stringify(shown.body)).not.toContain('the inside');
    expect(shown.body.attempts).toHaveLength(1);
  });

  test('a 410 disables the subscription, and the account hears of it', async () => {
    const { account, sink, id } = await subscribed();
    sink.answer((_, response) => void response.writeHead(410).end());
    await publish([account.id]);
    const read = async () => (await edge.call('GET', `/v1/subscriptions/${id}`, account.token)).body;
    await until('it is disabled', async () => (await read()).state === 'disabled');
    expect((await read()).state_reason).toBe('gone');
  });

  test('an endpoint that hangs is sent to from the slow queue, and holds up nobody', async () => {
    const hanging = await subscribed();
    hanging.sink.answer((_, response) => {
      if (hanging.sink.received.length === 1) response.end();
    });
    await publish([hanging.account.id]);
    await until('it has proven itself', async () => (await hanging.deliveries())[0]?.state === 'delivered');
    await publish([hanging.account.id]);
    await until('it timed out', async () =>
      (await hanging.deliveries()).some(({ reason }) => reason === 'timeout'),
    );
    await publish([hanging.account.id]);
    await until(
      'the slow queue has it',
      async () => ((await edge.strict()).batches['patchbay-slow'] ?? 0) > 0,
    );
    const quick = await subscribed();
    await publish([quick.account.id]);
    await until('the other one arrives', () => quick.sink.received.length === 1);
    expect(hanging.sink.received.length).toBeGreaterThan(1);
  });

  test('a burst of one type is put off beyond its tenant’s cap, and none of it is lost [S2-49]', async () => {
    const { account, sink, deliveries, id } = await subscribed();
    await publish([account.id]);
    await until('the endpoint has proven itself', async () => (await deliveries())[0]?.state === 'delivered');
    const events = Array.from({ length: 12 }, () => eventFor([account.id]));
    expect((await edge.call('POST', '/v1/events', core, { events })).status).toBe(202);
    const inState = async (state: string) =>
      (await edge.call('GET', `/v1/deliveries?limit=100&subscription=${id}&state=${state}`, account.token))
        .body.data as any[];
    await until('some wait for their turn', async () =>
      (await inState('pending')).some(({ reason }) => reason === 'type_cap'),
    );
    await until('all are delivered', async () => (await inState('delivered')).length === 13);
    expect(new Set(sink.received.map(({ headers }) => headers['webhook-id'])).size).toBe(13);
    expect(sink.received).toHaveLength(13);
  });

  test('what a leaked token made sends nothing any more, queued or not', async () => {
    const { account, sink, id } = await subscribed();
    sink.answer((_, response) => void response.writeHead(503).end());
    const other = await edge.token(['bookings:read', 'webhooks:manage'], account.id);
    const state = async () =>
      (await edge.call('GET', `/v1/deliveries?subscription=${id}`, other)).body.data[0]?.state as string;
    await publish([account.id]);
    await until('it waits for its retry', async () => (await state()) === 'retrying');
    const me = await edge.call('GET', '/v1/me', account.token);
    await edge.operate('token revoke', [me.body.token as string], { reason: 'leaked' });
    expect(await edge.call('GET', '/v1/me', account.token)).toMatchObject({ status: 401 });
    await until('it is held', async () => (await state()) === 'held');
    expect(sink.received).toHaveLength(1);
  });
});
