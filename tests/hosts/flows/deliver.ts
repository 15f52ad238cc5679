import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { verifierOfPublicKey } from '../../../src/demo/verify.ts';
import { eventFor } from '../../harness/hub.ts';
import { bodyOf, eventually, signedHeaders, usualScopes, webhookId } from '../stand.ts';
import type { Flows } from '../suite.ts';

/** What reaches an endpoint, and in what form. */
export const deliverFlows: Flows = (stand) => {
  test('an event reaches the entitled endpoint and no other, and the reference library verifies it', async () => {
    const { account, subscribe, publish, inStates, deliveries } = stand();
    const [mine, other] = [await account(), await account()];
    const [sub, stranger] = [await subscribe(mine), await subscribe(other)];
    const event = await publish([mine]);
    const [delivery] = await inStates(mine, sub, ['delivered']);

    const [got] = sub.sink.received;
    expect(new Webhook(sub.secret).verify(got!.body, signedHeaders(got!))).toMatchObject({
      id: event.id,
      type: 'booking.confirmed',
      sequence: event.sequence,
      account: mine.id,
      grant: mine.grantId,
      subscription: sub.id,
    });
    expect(webhookId(got!)).toBe(delivery!.id);
    const forged = got!.body.replace(mine.id, other.id);
    expect(() => new Webhook(sub.secret).verify(forged, signedHeaders(got!))).toThrow(/signature/i);
    expect(() => new Webhook(stranger.secret).verify(got!.body, signedHeaders(got!))).toThrow(/signature/i);
    expect(await deliveries(other, { event: event.id })).toEqual([]);
    expect(stranger.sink.received).toEqual([]);
  });

  test('a body holds what the scopes of its subscription reveal, and nothing else', async () => {
    const { account, subscribe, inStates, call, core } = stand();
    const person = await account([...usualScopes, 'bookings.contact:read']);
    const made = await call('POST', '/v1/tokens', person.token, {
      label: 'narrow',
      scopes: ['bookings:read', 'webhooks:manage'],
    });
    const [wide, narrow] = [await subscribe(person), await subscribe({ token: made.body.token as string })];
    const event = eventFor([person.id]);
    expect(JSON.stringify(event['data'])).toMatch(/@example\.com.*amount_cents|amount_cents.*@example\.com/);
    await call('POST', '/v1/events', core, event);
    await inStates(person, wide, ['delivered']);
    await inStates(person, narrow, ['delivered']);
    const [wideBody, narrowBody] = [wide.sink.received[0]!.body, narrow.sink.received[0]!.body];
    expect(wideBody).toContain('@example.com');
    expect(narrowBody).toContain('"booking_id"');
    expect(narrowBody).not.toContain('@example.com');
    expect(wideBody + narrowBody).not.toContain('amount_cents');
  });

  test('an asymmetric signature verifies by the public key alone', async () => {
    const { account, subscribe, publish, inStates, call } = stand();
    const person = await account();
    const sub = await subscribe(person, { signature: 'v1a' });
    expect(sub.secret).toBeUndefined();
    const { public_key: publicKey } = (await call('GET', sub.at, person.token)).body as {
      public_key: string;
    };
    await publish([person]);
    await inStates(person, sub, ['delivered']);
    const [got] = sub.sink.received;
    const headers = {
      'webhook-id': webhookId(got!),
      'webhook-timestamp': String(got!.headers['webhook-timestamp']),
      'webhook-signature': String(got!.headers['webhook-signature']),
    };
    expect(verifierOfPublicKey(publicKey)(got!.body, headers)).toBe(true);
    expect(verifierOfPublicKey(publicKey)(`${got!.body} `, headers)).toBe(false);
  });

  test('CloudEvents come as structured JSON', async () => {
    const { account, subscribe, publish, inStates } = stand();
    const person = await account();
    const sub = await subscribe(person, { format: 'cloudevents' });
    const event = await publish([person]);
    await inStates(person, sub, ['delivered']);
    const [got] = sub.sink.received;
    expect(got!.headers['content-type']).toBe('application/cloudevents+json');
    expect(bodyOf(got!)).toMatchObject({ specversion: '1.0', id: event.id });
  });

  test('during a rotation old and new secret both verify, and only the new one after it', async () => {
    const { account, subscribe, publish, inStates, call } = stand();
    const person = await account();
    const sub = await subscribe(person);
    const rotate = async (overlap_seconds: number) => {
      const answer = await call('POST', `${sub.at}/secret/rotate`, person.token, { overlap_seconds });
      expect(answer.status).toBe(200);
      return answer.body.secret as string;
    };
    const second = await rotate(600);
    await publish([person]);
    await inStates(person, sub, ['delivered']);
    const [first] = sub.sink.received;
    for (const secret of [sub.secret, second])
      expect(new Webhook(secret).verify(first!.body, signedHeaders(first!))).toMatchObject({
        account: person.id,
      });

    const third = await rotate(0);
    await publish([person]);
    await inStates(person, sub, ['delivered', 'delivered']);
    const last = sub.sink.received.at(-1);
    expect(new Webhook(third).verify(last!.body, signedHeaders(last!))).toBeTruthy();
    for (const secret of [sub.secret, second])
      expect(() => new Webhook(secret).verify(last!.body, signedHeaders(last!))).toThrow(/signature/i);
  });

  test('a test event goes to the tested endpoint alone', async () => {
    const { account, subscribe, inStates, call } = stand();
    const person = await account();
    const [sub, other] = [await subscribe(person), await subscribe(person, { event_types: ['*'] })];
    const sent = await call('POST', `${sub.at}/test`, person.token);
    expect(sent.status).toBe(202);
    await inStates(person, sub, ['delivered']);
    expect(bodyOf(sub.sink.received[0]!)).toMatchObject({
      id: sent.body.event_id,
      type: 'integration.test',
    });
    expect(other.sink.received).toEqual([]);
  });

  test('within a subject events come in order, a failing head is waited for, and other subjects are not', async () => {
    const { account, subscribe, publish, inStates, deliveries, call } = stand();
    const person = await account();
    const sub = await subscribe(person, { ordering: 'subject' });
    const [stuck, free] = [`bookings/stuck_${person.id}`, `bookings/free_${person.id}`];
    const sequences = (subject: string) =>
      sub.sink.received.flatMap((one) => (bodyOf(one).subject === subject ? [bodyOf(one).sequence] : []));
    await publish([person], { subject: `bookings/first_${person.id}` });
    await inStates(person, sub, ['delivered']);

    const health = { isMended: false };
    sub.sink.answer((request, response) => {
      const isRefused = !health.isMended && bodyOf(request).subject === stuck;
      response.writeHead(isRefused ? 503 : 200, { 'retry-after': '3600' }).end();
    });
    for (let n = 0; n < 3; n++) await publish([person], { subject: stuck });
    for (let n = 0; n < 4; n++) await publish([person], { subject: free });
    await eventually('the free subject goes', () => sequences(free).length === 4);
    expect(sequences(free)).toEqual([1, 2, 3, 4]);
    const head = await eventuallyHead();
    expect(sequences(stuck)).toEqual([1]);
    const waiting = (await deliveries(person, { subscription: sub.id, state: 'pending' })).map(
      ({ id }) => id,
    );
    expect(waiting).toHaveLength(2);
    expect((await call('GET', `/v1/deliveries/${waiting[0]}`, person.token)).body).toMatchObject({
      waits_behind: head,
    });

    health.isMended = true;
    expect((await call('POST', `/v1/deliveries/${head}/retry`, person.token)).status).toBe(202);
    await inStates(
      person,
      sub,
      Array.from({ length: 8 }, () => 'delivered'),
    );
    expect(sequences(stuck)).toEqual([1, 1, 2, 3]);

    async function eventuallyHead(): Promise<string> {
      const found: { id: string | undefined } = { id: undefined };
      await eventually('the head waits for its retry', async () => {
        [found.id] = (await deliveries(person, { subscription: sub.id, state: 'retrying' })).map(
          ({ id }) => id,
        );
        return found.id !== undefined;
      });
      return String(found.id);
    }
  });
};
