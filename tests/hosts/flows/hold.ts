import { expect, test } from 'vitest';
import { bodyOf, eventually, type Person, type Stand, type Subscribed, webhookId } from '../stand.ts';
import type { Flows } from '../suite.ts';

/** Pausing, suspending and replaying: what waits, what comes again, and under which id. */
export const holdFlows: Flows = (stand) => {
  test('what comes while it is paused is held, and is sent in order when it is resumed', async () => {
    const { account, subscribe, publish, inStates, call } = stand();
    const person = await account();
    const sub = await subscribe(person, { ordering: 'subject' });
    const subject = `bookings/held_${person.id}`;
    await publish([person]);
    await inStates(person, sub, ['delivered']);
    expect(await call('POST', `${sub.at}/pause`, person.token)).toMatchObject({
      status: 200,
      body: { state: 'paused' },
    });
    const held = [
      await publish([person], { subject }),
      await publish([person], { subject }),
      await publish([person], { subject }),
    ];
    await inStates(person, sub, ['delivered', 'held', 'held', 'held']);
    expect(sub.sink.received).toHaveLength(1);
    expect(await call('POST', `${sub.at}/resume`, person.token)).toMatchObject({
      status: 200,
      body: { state: 'active' },
    });
    await inStates(person, sub, ['delivered', 'delivered', 'delivered', 'delivered']);
    expect(sub.sink.received.slice(1).map((one) => bodyOf(one).id)).toEqual(held.map(({ id }) => id));
  });

  test('what waits for its turn when it is paused is held, not sent', async () => {
    const { account, subscribe, publish, inStates, deliveries, call } = stand();
    const person = await account();
    const sub = await subscribe(person);
    const open: (() => void)[] = [];
    sub.sink.answer((_, response) => void open.push(() => response.end('ok')));
    // One a second until its first success, which does not come: the others wait.
    for (let n = 0; n < 8; n++) await publish([person]);
    await eventually('the first is on its way', () => open.length > 0);
    expect((await call('POST', `${sub.at}/pause`, person.token)).status).toBe(200);
    sub.sink.answer((_, response) => void response.end('ok'));
    for (const answer of open) answer();
    const rows = () => deliveries(person, { subscription: sub.id });
    await eventually('each was on its way or is held', async () =>
      (await rows()).every(({ state }) => state === 'delivered' || state === 'held'),
    );
    const delivered = (await rows()).filter(({ state }) => state === 'delivered').map(({ id }) => id);
    expect(sub.sink.received.map(webhookId)).toEqual(delivered);
    expect(delivered.length).toBeLessThan(8);
    await call('POST', `${sub.at}/resume`, person.token);
    await inStates(person, sub, Array<string>(8).fill('delivered'));
    expect(new Set(sub.sink.received.map(webhookId)).size).toBe(8);
  });

  test('a suspended account is refused and its deliveries wait, until it is active again', async () => {
    const { account, subscribe, publish, inStates, deliveries, call, core, via, hub } = stand();
    const person = await account();
    const sub = await subscribe(person);
    const setStatus = (status: string) => call('PUT', `/v1/accounts/${person.id}/status`, core, { status });
    expect((await setStatus('suspended')).status).toBe(200);
    for (const place of hub.origins.keys())
      expect(await via(place)('GET', '/v1/me', person.token)).toMatchObject({ status: 403 });
    await publish([person]);
    expect((await setStatus('active')).status).toBe(200);
    await inStates(person, sub, ['delivered']);
    expect(await deliveries(person, { subscription: sub.id })).toHaveLength(1);
  });

  test('a replay of all sends again under the same webhook-id; of what failed, only that', async () => {
    const { account, subscribe, publish, inStates } = stand();
    const person = await account();
    const sub = await subscribe(person);
    const event = await publish([person]);
    await inStates(person, sub, ['delivered']);
    expect(await replay(stand(), person, sub, 'failed')).toBe(0);
    expect(await replay(stand(), person, sub, 'all')).toBe(1);
    await eventually('it comes again', () => sub.sink.received.length === 2);
    await inStates(person, sub, ['delivered']);
    expect(new Set(sub.sink.received.map(webhookId)).size).toBe(1);
    expect(sub.sink.received.map((one) => bodyOf(one).id)).toEqual([event.id, event.id]);
  });

  test('a replay of what is missing reaches behind the subscription, once, and only what matches', async () => {
    const { account, subscribe, publish, inStates } = stand();
    const person = await account();
    const before = await publish([person]);
    await publish([person], { type: 'review.published', subject: `reviews/${person.id}` });
    const sub = await subscribe(person);
    expect(await replay(stand(), person, sub, 'missing')).toBe(1);
    expect(await replay(stand(), person, sub, 'missing')).toBe(0);
    await inStates(person, sub, ['delivered']);
    expect(sub.sink.received.map((one) => bodyOf(one).id)).toEqual([before.id]);
  });
};

/** Answers how many were sent again or made. */
async function replay({ call }: Stand, { token }: Person, { at }: Subscribed, only: string): Promise<number> {
  const since = new Date(Date.now() - 600_000).toISOString();
  const started = await call('POST', `${at}/replay`, token, { since, only });
  expect(started.status, JSON.stringify(started.body)).toBe(202);
  const place = started.headers.get('location') ?? '';
  const shown = async () => (await call('GET', place, token)).body as { state: string; done: number };
  await eventually('the replay is done', async () => (await shown()).state === 'done');
  return (await shown()).done;
}
