import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

describe('delivery in order within a subject', () => {
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

  test('a failing head is waited for and shown; when it dies its subject goes on, and other subjects never waited', async () => {
    const account = await hub.account();
    const publisher = await hub.service();
    const { body: subscription } = await hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: sink.origin },
      event_types: ['booking.*'],
      ordering: 'subject',
    });
    const subjectOf = (text: string) => (JSON.parse(text) as { subject: string }).subject;
    const sequences = (subject: string) =>
      sink.received
        .filter((one) => subjectOf(one.body) === subject)
        .map((one) => (JSON.parse(one.body) as { sequence: number }).sequence);
    const publish = (subject: string) =>
      hub.call('POST', '/v1/events', publisher, eventFor([account.id], { subject }));
    const show = async () => {
      const { body } = await hub.call(
        'GET',
        `/v1/deliveries?limit=100&subscription=${subscription.id}`,
        account.token,
      );
      return (body.data as { id: string; event: string; state: string; sequence: number }[]).toReversed();
    };
    // Proven first, on a subject of its own.
    await publish('bookings/bkg_first');
    await until('it is proven', () => sink.received.length === 1);

    sink.answer((request, response) => {
      if (subjectOf(request.body) === 'bookings/bkg_stuck') response.writeHead(500).end();
      else response.end('ok');
    });
    const stuck = [
      await publish('bookings/bkg_stuck'),
      await publish('bookings/bkg_stuck'),
      await publish('bookings/bkg_stuck'),
    ];
    for (let i = 0; i < 5; i++) await publish('bookings/bkg_free');
    await until('the other subject goes', () => sequences('bookings/bkg_free').length === 5);
    expect(sequences('bookings/bkg_free')).toEqual([1, 2, 3, 4, 5]);

    const find = async (answer: { body: { id: string } }) =>
      (await show()).find((one) => one.event === answer.body.id);
    await until('the head has failed', async () => (await find(stuck[0]!))?.state === 'retrying');
    expect(sequences('bookings/bkg_stuck')).toEqual([1]);
    const head = await find(stuck[0]!);
    const second = await find(stuck[1]!);
    const shown = (await hub.call('GET', `/v1/deliveries/${second?.id}`, account.token)).body;
    expect(shown).toMatchObject({ state: 'pending', waits_behind: head?.id, attempt_count: 0 });
    expect(shown.explanation.lines.join(' ')).toContain(`${head?.id} before it is retrying`);

    // Seven tries spent, as after thirty hours of failure: the next is the last.
    const { store } = hub.hub;
    const { deliveries } = store.tables;
    await store.write((db) => [
      db
        .update(deliveries)
        .set({ tries: 7, dueAt: new Date() })
        .where(eq(deliveries.id, head?.id ?? '')),
    ]);
    await until('the head is dead', async () => (await find(stuck[0]!))?.state === 'dead');
    sink.answer((_, response) => void response.end('ok'));
    await until('its subject goes on', () => sequences('bookings/bkg_stuck').includes(3));
    const after = sequences('bookings/bkg_stuck').filter((sequence) => sequence > 1);
    // The second may have been tried before the endpoint mended; it still goes before the third.
    expect(after.lastIndexOf(2)).toBeLessThan(after.indexOf(3));
    expect((await find(stuck[0]!))?.state).toBe('dead');
  });
});
