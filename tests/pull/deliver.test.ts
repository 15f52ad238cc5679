import { eq } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test } from 'vitest';
import { eventFor } from '../harness/hub.ts';
import { startSink, until } from '../harness/sink.ts';
import { stand, type Stand } from './stand.ts';

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

const publish = async ({ hub, publisher, account }: Stand, over: Record<string, unknown> = {}) =>
  (await hub.call('POST', '/v1/events', publisher, eventFor([account.id], over))).body.id as string;
const idOf = (body: string) => (JSON.parse(body) as { id: string }).id;

describe('delivery by pull', () => {
  test('a worker delivers what the hub has signed', async () => {
    const here = await stand(undo);
    const subscription = await here.subscribe();
    here.worker();
    const ids = [];
    for (let i = 0; i < 20; i++) ids.push(await publish(here));
    const { deliveries, sink } = here;
    await until('all are delivered', async () => {
      const rows = await deliveries();
      return rows.length === 20 && rows.every(({ state }) => state === 'delivered');
    });
    expect(sink.received.length).toBe(20);
    const verifier = new Webhook(subscription.secret);
    for (const { headers, body } of sink.received) verifier.verify(body, headers as Record<string, string>);
    expect(sink.received.map((one) => idOf(one.body)).sort()).toEqual(ids.sort());
    expect(new Set(sink.received.map((one) => one.headers['webhook-id'])).size).toBe(20);
  });

  test('the hub reckons what an attempt comes to: retries, health and the endpoint that is gone', async () => {
    const here = await stand(undo);
    const { hub, account, sink, deliveries } = here;
    const { id } = await here.subscribe();
    const worker = here.worker();
    const { subscriptions, attempts } = hub.hub.store.tables;
    const row = async () =>
      (await hub.hub.store.db.select().from(subscriptions).where(eq(subscriptions.id, id)))[0]!;

    sink.answer((_, response) => void response.writeHead(503, { 'retry-after': '7200' }).end('not now'));
    await publish(here);
    await until('it is to be tried again', async () => (await deliveries())[0]?.state === 'retrying');
    const [retrying] = await deliveries();
    expect(retrying).toMatchObject({ reason: 'answered_503', attempts: 1, tries: 1, leaseId: null });
    // The endpoint asked for two hours.
    expect(retrying!.dueAt!.getTime()).toBeGreaterThan(Date.now() + 7_100_000);
    await until('the failure is noted', async () => (await row()).failingSince !== null);
    const [attempt] = await hub.hub.store.db.select().from(attempts);
    expect(attempt).toMatchObject({
      outcome: 'answered_503',
      status: 503,
      stage: 'after',
      answer: 'not now',
    });

    sink.answer((_, response) => void response.end('ok'));
    await hub.call('POST', `/v1/deliveries/${retrying!.id}/retry`, account.token);
    await until('it is delivered', async () => (await deliveries())[0]?.state === 'delivered');
    await until('the success is noted', async () => (await row()).provenAt !== null);
    expect(await row()).toMatchObject({ failingSince: null, state: 'active' });

    sink.answer((_, response) => void response.writeHead(410).end());
    await publish(here);
    await until('the hub has disabled it', async () => (await row()).state === 'disabled');
    expect((await row()).stateReason).toBe('gone');
    expect(worker.log.lines.filter((line) => line.includes('info attempt')).length).toBe(3);
  });

  test('an endpoint is asked for one event a second until its first success, and then at its rate', async () => {
    const here = await stand(undo);
    const { sink } = here;
    await here.subscribe({ max_per_second: 1_000 });
    const open: (() => void)[] = [];
    sink.answer((_, response) => void open.push(() => response.end('ok')));
    for (let i = 0; i < 30; i++) await publish(here);
    here.worker();
    await until('the first is on its way', () => open.length === 1);
    // Its answer proves it; until then the other twenty-nine wait.
    await here.aWhile();
    expect(open.length).toBe(1);
    open[0]!();
    await until('a window full is on its way', () => open.length === 17);
    await here.aWhile();
    expect(open.length).toBe(17);
    for (const answer of open) answer();
    sink.answer((_, response) => void response.end('ok'));
    await until('all came', () => sink.received.length === 30);
  });

  test('an address that is refused is refused by the worker too, whatever the hub let in', async () => {
    const here = await stand(undo);
    const { hub, sink, deliveries } = here;
    const { id } = await here.subscribe();
    const { subscriptions } = hub.hub.store.tables;
    await hub.hub.store.write((db) => [
      db
        .update(subscriptions)
        .set({ endpoint: { type: 'webhook', url: 'https://10.0.0.7/hook' } })
        .where(eq(subscriptions.id, id)),
    ]);
    here.worker();
    await publish(here);
    await until('it has failed', async () => (await deliveries())[0]?.state === 'retrying');
    expect((await deliveries())[0]).toMatchObject({ reason: 'address_refused' });
    expect(sink.received).toEqual([]);
  });
});

describe('several workers', () => {
  test('each destination host is served by one of them, and a worker that leaves hands its hosts on', async () => {
    const here = await stand(undo);
    const { hub } = here;
    const sinks = await Promise.all(Array.from({ length: 24 }, (_, i) => startSink(`127.0.0.${i + 2}`)));
    for (const sink of sinks) {
      undo.push(() => sink.close());
      await here.subscribe({ endpoint: { type: 'webhook', url: sink.origin } });
    }
    const attempts = (worker: ReturnType<typeof here.worker>) =>
      worker.log.lines.flatMap((line) => /info attempt .*"host":"([^"]+)"/.exec(line)?.[1] ?? []);
    const all = (count: number) => sinks.every(({ received }) => received.length >= count);
    const first = here.worker();
    await publish(here);
    await until('the first serves all', () => all(1));
    const second = here.worker();
    await until('the second serves some', async () => {
      await publish(here);
      return attempts(second).length > 0;
    });
    // A worker tells of an attempt a moment after it arrived, and the hub in the next turn.
    const areSettled = async () => (await here.deliveries()).every(({ state }) => state === 'delivered');
    await until('all before is settled', areSettled);
    const before = sinks[0]!.received.length;
    const [mark, secondMark] = [attempts(first).length, attempts(second).length];
    await publish(here);
    await publish(here);
    await until('all have these', () => all(before + 2));
    await until('all of it is settled', areSettled);
    const [ofFirst, ofSecond] = [
      new Set(attempts(first).slice(mark)),
      new Set(attempts(second).slice(secondMark)),
    ];
    expect(ofFirst.size + ofSecond.size).toBe(24);
    expect([...ofFirst].filter((host) => ofSecond.has(host))).toEqual([]);
    expect(Math.min(ofFirst.size, ofSecond.size)).toBeGreaterThan(0);

    await first.stop();
    await publish(here);
    await until('the second serves all', () => all(before + 3));
    expect(hub.log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  test('in an ordered subscription each subject’s events arrive one after the other', async () => {
    const here = await stand(undo);
    const { sink } = here;
    await here.subscribe({ ordering: 'subject', max_per_second: 1_000 });
    here.worker();
    here.worker();
    // Every third attempt fails, none of a delivery twice, and its successors wait for it.
    let count = 0;
    const failed = new Set<string>();
    sink.answer(({ headers }, response) => {
      const id = String(headers['webhook-id']);
      const isFailing = ++count % 3 === 0 && !failed.has(id);
      if (isFailing) failed.add(id);
      response.writeHead(isFailing ? 500 : 200).end();
    });
    const subjects = ['bookings/bkg_a', 'bookings/bkg_b', 'bookings/bkg_c'];
    for (let i = 0; i < 8; i++) for (const subject of subjects) await publish(here, { subject });
    const { hub } = here;
    const { deliveries } = hub.hub.store.tables;
    // Retries are due in seconds: brought forward, so that nobody waits for them.
    await until('all are delivered', async () => {
      await hub.hub.store.write((db) => [
        db.update(deliveries).set({ dueAt: new Date() }).where(eq(deliveries.state, 'retrying')),
      ]);
      return (await here.deliveries()).every(({ state }) => state === 'delivered');
    });
    for (const subject of subjects) {
      const sequences = sink.received
        .map((one) => JSON.parse(one.body) as { subject: string; sequence: number })
        .filter((event) => event.subject === subject)
        .map(({ sequence }) => sequence);
      // A failed one comes again before its successor.
      expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
      expect(new Set(sequences).size).toBe(8);
    }
  });
});
