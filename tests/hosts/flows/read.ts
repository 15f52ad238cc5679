import { expect, test } from 'vitest';
import { readFeed, type Shown } from '../feed.ts';
import { bodyOf, eventually, usualScopes } from '../stand.ts';
import type { Flows } from '../suite.ts';

/** What can be read: the feed beside the webhooks, the state of things, and why an event came or did not. */
export const readFlows: Flows = (stand) => {
  test('the feed agrees with the webhooks: same events, same numbers, same bodies, in commit order', async () => {
    const { account, subscribe, publish, call, hub } = stand();
    const person = await account();
    const narrow = { ...person, token: await hub.token(['bookings:read', 'webhooks:manage'], person.id) };
    const [wide, less] = [
      await subscribe(person, { event_types: ['*'] }),
      await subscribe(narrow, { event_types: ['booking.*'] }),
    ];
    const subject = `bookings/feed_${person.id}`;
    const published: string[] = [];
    for (const type of [
      'booking.requested',
      'booking.confirmed',
      'deliverable.submitted',
      'rfp.created',
      'booking.completed',
    ]) {
      const over = type.startsWith('booking.') ? { type, subject } : { type, subject: `other/${person.id}` };
      published.push((await publish([person], over)).id);
    }
    // Money is for neither of them.
    await publish([person], { type: 'escrow.released', subject: `escrow/${person.id}` });
    await eventually(
      'the webhooks arrive',
      () => wide.sink.received.length === 5 && less.sink.received.length === 3,
    );

    const feed = await readFeed(stand(), person, 5);
    expect(feed.map(({ id }) => id)).toEqual(published);
    expect(byId(feed)).toEqual(byId(wide.sink.received.map(withoutSubscription)));
    const narrowFeed = await readFeed(stand(), narrow, 3);
    expect(narrowFeed.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(byId(narrowFeed)).toEqual(byId(less.sink.received.map(withoutSubscription)));
    const one = await call('GET', `/v1/events/${published[1]}`, person.token);
    expect(one.body).toEqual(feed[1]);
  });

  test('the state of a booking is that of its last event', async () => {
    const { account, publish, call } = stand();
    const [person, other] = [await account(), await account()];
    const subject = `bookings/state_${person.id}`;
    await publish([person], { type: 'booking.requested', subject });
    const listed = await call('GET', '/v1/bookings', person.token);
    expect(listed).toMatchObject({ status: 200 });
    expect(listed.body.data).toHaveLength(1);
    const etag = listed.headers.get('etag') ?? '';
    const again = await call('GET', '/v1/bookings', person.token, undefined, { 'if-none-match': etag });
    expect(again.status).toBe(304);
    expect((await call('GET', '/v1/bookings', other.token)).body.data).toEqual([]);
  });

  test('a trace says in words why each subscription got the event or did not', async () => {
    const { account, subscribe, publish, inStates, call } = stand();
    const person = await account();
    const [sent, paused, types, cities, filtered] = [
      await subscribe(person),
      await subscribe(person),
      await subscribe(person, { event_types: ['rfp.*'] }),
      await subscribe(person, { cities: ['austin'] }),
      await subscribe(person, { filter: { 'data.service': 'no such service' } }),
    ];
    await call('POST', `${paused.at}/pause`, person.token);
    const event = await publish([person]);
    await inStates(person, sent, ['delivered']);
    await inStates(person, paused, ['held']);
    const { body } = await call('GET', `/v1/events/${event.id}/trace`, person.token);
    const lines = new Map(
      (body.subscriptions as { subscription: string }[]).map((one) => [one.subscription, one]),
    );
    const words = (text: string) => expect.stringContaining(text) as string;
    expect(lines.get(sent.id)).toMatchObject({ verdict: 'sent', words: words('The receiver took it') });
    expect(lines.get(paused.id)).toMatchObject({ verdict: 'held', words: words('paused') });
    expect(lines.get(types.id)).toMatchObject({
      verdict: 'not_sent',
      words: words('does not ask for booking.confirmed'),
    });
    expect(lines.get(cities.id)).toMatchObject({
      verdict: 'not_sent',
      words: words('wants austin, the event is of houston'),
    });
    expect(lines.get(filtered.id)).toMatchObject({ verdict: 'not_sent', words: words('filter') });
  });

  test('a consumer that polls sees what comes later, and nothing twice', async () => {
    const { account, publish, call } = stand();
    const person = await account(usualScopes);
    const seen: string[] = [];
    const cursor = { after: '' };
    const poll = async () => {
      const { body } = await call('GET', `/v1/events?limit=2&after=${cursor.after}`, person.token);
      seen.push(...(body.data as Shown[]).map(({ id }) => id));
      cursor.after = body.next_cursor as string;
    };
    const published: string[] = [];
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 3; n++) published.push((await publish([person])).id);
      await eventually('it has all', async () => {
        await poll();
        return seen.length >= published.length;
      });
    }
    expect(seen).toEqual(published);
  });
};

function withoutSubscription(received: Parameters<typeof bodyOf>[0]): Shown {
  const { subscription: _, ...shown } = bodyOf(received) as Shown & { subscription: string };
  return shown;
}

const byId = (shown: Shown[]): Shown[] => shown.toSorted((a, b) => (a.id < b.id ? -1 : 1));
