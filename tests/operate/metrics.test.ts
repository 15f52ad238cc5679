import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

describe('GET /metrics', () => {
  let hub: TestHub;
  let sink: Sink;
  beforeAll(async () => {
    hub = await startTestHub({ PATCHBAY_FEED_FETCHES_PER_MINUTE: '1' });
    sink = await startSink();
  });
  afterAll(async () => {
    await hub.stopAndForget();
    await sink.close();
  });

  /** Asked again while the numbers are kept for a second. */
  const scrape = async (): Promise<Map<string, number>> => {
    const { body } = await hub.call('GET', '/metrics', null);
    const lines = (body as string).split('\n').filter((line) => line && !line.startsWith('#'));
    return new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
    );
  };

  test('spam_reports and rate_limit_hits are there from the start, at zero [S2-73]', async () => {
    const answer = await hub.call('GET', '/metrics', null);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    const found = await scrape();
    for (const name of ['spam_reports', 'rate_limit_hits']) {
      for (const whose of ['ours', 'theirs']) expect(found.get(`${name}{whose="${whose}"}`)).toBe(0);
    }
  });

  test('an endpoint that answers 429 counts as theirs, and not as ours [S2-58]', async () => {
    const { id, token } = await hub.account();
    sink.answer((_, response) => void response.writeHead(429, { 'retry-after': '60' }).end());
    const endpoint = { type: 'webhook', url: `${sink.origin}/busy` };
    const made = await hub.call('POST', '/v1/subscriptions', token, { endpoint, event_types: ['booking.*'] });
    await hub.call('POST', '/v1/events', await hub.service(), eventFor([id]));
    await until(
      'the 429 is counted',
      async () => (await scrape()).get('rate_limit_hits{whose="theirs"}') === 1,
    );
    expect((await scrape()).get('rate_limit_hits{whose="ours"}')).toBe(0);
    await hub.call('DELETE', `/v1/subscriptions/${made.body.id}`, token);
    sink.received.length = 0;
    sink.answer((_, response) => void response.end('ok'));
  });

  test('a call that a cap of ours refuses counts as ours, and not as theirs [S2-58]', async () => {
    const { token } = await hub.account(['bookings:read']);
    const feed = await hub.call('POST', '/v1/calendar-feeds', token, { label: 'phone' });
    const { pathname } = new URL(feed.body.url as string);
    const before = await scrape();
    expect((await hub.call('GET', pathname, null)).status).toBe(200);
    expect((await hub.call('GET', pathname, null)).status).toBe(429);
    const after = await scrape();
    const rise = (whose: string) =>
      (after.get(`rate_limit_hits{whose="${whose}"}`) ?? 0) -
      (before.get(`rate_limit_hits{whose="${whose}"}`) ?? 0);
    expect([rise('ours'), rise('theirs')]).toEqual([1, 0]);
  });

  test('what was accepted and not even tried shows its age, and what waits is counted by state', async () => {
    const { id, token } = await hub.account();
    const made = await hub.call('POST', '/v1/subscriptions', token, {
      endpoint: { type: 'webhook', url: `${sink.origin}/` },
      event_types: ['booking.*'],
    });
    await hub.call('POST', '/v1/events', await hub.service(), eventFor([id]));
    const { deliveries } = hub.hub.store.tables;
    const own = () =>
      hub.hub.store.db.select().from(deliveries).where(eq(deliveries.subscriptionId, made.body.id));
    // Settled, too: that comes after the arrival, and would undo what is set here.
    await until('it is delivered', async () => (await own())[0]?.state === 'delivered');
    const set = (values: Record<string, unknown>) =>
      hub.hub.store.write((db) => [
        db.update(deliveries).set(values).where(eq(deliveries.subscriptionId, made.body.id)),
      ]);
    const anHourAgo = new Date(Date.now() - 3_600_000);
    const later = new Date(Date.now() + 3_600_000);
    const age = 'patchbay_events_accepted_not_attempted_seconds';
    const become = (name: string, isTrue: (value: number) => boolean) =>
      until(name, async () => isTrue((await scrape()).get(name) ?? -1));

    await become(age, (value) => value === 0);
    // Due in an hour, so that no sweep takes it away while we look.
    await set({ state: 'pending', attempts: 0, createdAt: anHourAgo, dueAt: later });
    await become(age, (value) => value >= 3_600 && value < 3_700);
    expect((await scrape()).get('patchbay_deliveries_by_state{state="pending"}')).toBe(1);
    expect((await scrape()).get('patchbay_oldest_due_seconds')).toBe(0);
    // An endpoint that fails keeps its own events waiting; that is no affair of the hub.
    const { subscriptions } = hub.hub.store.tables;
    const fail = (failingSince: Date | null) =>
      hub.hub.store.write((db) => [
        db.update(subscriptions).set({ failingSince }).where(eq(subscriptions.id, made.body.id)),
      ]);
    await fail(anHourAgo);
    await become(age, (value) => value === 0);
    await fail(null);
    await become(age, (value) => value >= 3_600);
    // In an ordered line its head counts, and nothing behind it.
    const [first] = await own();
    if (!first) throw new Error('the delivery is gone');
    const { position: _, ...row } = first;
    const head = { ...row, id: 'dlv_head', eventPosition: 0, line: 'x', sequence: 1, attempts: 1 };
    await set({ line: 'x', sequence: 2 });
    await hub.hub.store.write((db) => [db.insert(deliveries).values({ ...head, state: 'retrying' })]);
    await become(age, (value) => value === 0);
    await hub.hub.store.write((db) => [db.delete(deliveries).where(eq(deliveries.id, 'dlv_head'))]);
    await become(age, (value) => value >= 3_600);
    await set({ state: 'retrying', attempts: 1 });
    await become(age, (value) => value === 0);
    expect((await scrape()).get('patchbay_deliveries_by_state{state="retrying"}')).toBe(1);
    expect((await scrape()).get('patchbay_deliveries_by_state{state="pending"}')).toBe(0);
    await set({ state: 'delivered', dueAt: null });
    await become('patchbay_deliveries_by_state{state="retrying"}', (value) => value === 0);
  });

  test('an event that waits to be expanded counts as not attempted', async () => {
    const { tasks } = hub.hub.store.tables;
    const at = new Date(Date.now() - 7_200_000);
    const row = {
      id: 'tsk_test',
      kind: 'expand',
      subject: 'evt_x',
      payload: {},
      state: 'open' as const,
      done: 0,
      failures: 0,
    };
    const dueAt = new Date(Date.now() + 3_600_000);
    await hub.hub.store.write((db) => [
      db.insert(tasks).values({ ...row, dueAt, createdAt: at, updatedAt: at }),
    ]);
    await until(
      'it is seen',
      async () => ((await scrape()).get('patchbay_events_accepted_not_attempted_seconds') ?? 0) >= 7_200,
    );
    expect((await scrape()).get('patchbay_tasks_open')).toBe(1);
    await hub.hub.store.write((db) => [db.delete(tasks).where(eq(tasks.id, 'tsk_test'))]);
  });

  test('quarantined events are counted', async () => {
    const { id } = await hub.account();
    const event = eventFor([id]);
    event['data'].status = 'nonsense';
    await hub.call('POST', '/v1/events', await hub.service(), event);
    await until('it is counted', async () => (await scrape()).get('patchbay_quarantined_events') === 1);
    expect((await scrape()).get('patchbay_quarantined_events')).toBe(1);
  });

  test('the sender is measured where there is one, and a host without a meter has no such page', async () => {
    expect((await scrape()).has('patchbay_in_flight')).toBe(true);
    expect((await createApp(hub.hub).request('/metrics')).status).toBe(404);
  });
});
