import { expect, test } from 'vitest';
import { bodyOf, eventually, webhookId } from '../stand.ts';
import type { Flows } from '../suite.ts';

/** Endpoints that fail, each in its way, and what becomes of their deliveries. */
export const failFlows: Flows = (stand) => {
  test('a failure is tried again by itself, under the same webhook-id, until it succeeds', async () => {
    const { account, subscribe, publish, inStates, call } = stand();
    const person = await account();
    const sub = await subscribe(person);
    sub.sink.answer((_, response) => {
      response.writeHead(sub.sink.received.length === 1 ? 503 : 200).end();
    });
    await publish([person]);
    const [waiting] = await inStates(person, sub, ['retrying']);
    expect(waiting).toMatchObject({ reason: 'answered_503' });
    const [delivery] = await inStates(person, sub, ['delivered']);
    expect(sub.sink.received.map(webhookId)).toEqual([delivery!.id, delivery!.id]);

    const { attempts } = (await call('GET', `/v1/deliveries/${delivery!.id}`, person.token)).body;
    expect(attempts).toMatchObject([
      { number: 1, status: 503, outcome: 'answered_503' },
      { number: 2, status: 200, outcome: 'answered_200' },
    ]);
    // The schedule of the contract, as the first attempt left it: 5 s, more or less a fifth.
    const endedAt = Date.parse(attempts[0].started_at as string) + (attempts[0].duration_ms as number);
    const waitedMs = Date.parse(waiting!.next_attempt_at ?? '') - endedAt;
    expect(waitedMs).toBeGreaterThanOrEqual(3_900);
    expect(waitedMs).toBeLessThan(7_000);
  });

  test('Retry-After is honoured, and a retry that is asked for does not wait for it', async () => {
    const { account, subscribe, publish, inStates, call } = stand();
    const person = await account();
    const sub = await subscribe(person);
    sub.sink.answer((_, response) => void response.writeHead(429, { 'retry-after': '7200' }).end());
    await publish([person]);
    const [waiting] = await inStates(person, sub, ['retrying']);
    expect(Date.parse(waiting!.next_attempt_at ?? '') - Date.now()).toBeGreaterThan(7_000_000);

    sub.sink.answer((_, response) => void response.end('ok'));
    expect((await call('POST', `/v1/deliveries/${waiting!.id}/retry`, person.token)).status).toBe(202);
    await inStates(person, sub, ['delivered']);
    expect(new Set(sub.sink.received.map(webhookId)).size).toBe(1);
  });

  test('an endpoint that hangs ends at its deadline, and holds up nobody else', async () => {
    const { account, subscribe, publish, inStates } = stand();
    const person = await account();
    const [hanging, well] = [await subscribe(person), await subscribe(person)];
    hanging.sink.answer(() => {});
    await publish([person]);
    await inStates(person, well, ['delivered']);
    const [waiting] = await inStates(person, hanging, ['retrying']);
    expect(waiting).toMatchObject({ reason: 'timeout' });
  });

  test('a redirect is a failure and is not followed', async () => {
    const { account, subscribe, publish, inStates, receiver } = stand();
    const person = await account();
    const [sub, elsewhere] = [await subscribe(person), await receiver()];
    sub.sink.answer((_, response) => void response.writeHead(307, { location: elsewhere.origin }).end());
    await publish([person]);
    const [waiting] = await inStates(person, sub, ['retrying']);
    expect(waiting).toMatchObject({ reason: 'answered_307' });
    expect(elsewhere.received).toEqual([]);
  });

  test('410 disables the subscription, its account is told, and resuming sends what was held', async () => {
    const { account, subscribe, publish, inStates, call } = stand();
    const person = await account();
    const [sub, watch] = [
      await subscribe(person),
      await subscribe(person, { event_types: ['subscription.disabled'] }),
    ];
    sub.sink.answer((_, response) => void response.writeHead(410).end());
    const event = await publish([person]);
    await inStates(person, sub, ['held']);
    const shown = async () => (await call('GET', sub.at, person.token)).body;
    await eventually('it is disabled', async () => (await shown()).state === 'disabled');
    expect(await shown()).toMatchObject({ state_reason: 'gone' });
    await inStates(person, watch, ['delivered']);
    expect(bodyOf(watch.sink.received[0]!)).toMatchObject({
      type: 'subscription.disabled',
      data: { subscription_id: sub.id },
    });
    const later = await publish([person]);
    await inStates(person, sub, ['held', 'held']);

    sub.sink.answer((_, response) => void response.end('ok'));
    expect((await call('POST', `${sub.at}/resume`, person.token)).status).toBe(200);
    await inStates(person, sub, ['delivered', 'delivered']);
    const arrived = sub.sink.received.map((one) => bodyOf(one).id as string);
    expect(arrived.sort()).toEqual([event.id, event.id, later.id].sort());
  });

  test('an address that the guard refuses is refused when it is named', async () => {
    const { account, call } = stand();
    const { token } = await account();
    for (const url of [
      'https://169.254.169.254/',
      'https://10.0.0.1/',
      'http://example.com/',
      'https://a.internal/',
    ]) {
      const endpoint = { type: 'webhook', url };
      const refused = await call('POST', '/v1/subscriptions', token, {
        endpoint,
        event_types: ['booking.*'],
      });
      expect(refused, url).toMatchObject({ status: 422, body: { code: 'endpoint_refused' } });
    }
  });
};
