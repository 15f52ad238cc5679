import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPersonalToken } from '../../src/access/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { appToken, partnerApp } from './partner-app.ts';

type Account = Awaited<ReturnType<TestHub['account']>>;
const endpoint = { type: 'webhook', url: 'http://127.0.0.1:9/hook' };

describe('a dry-run', () => {
  let hub: TestHub;
  let me: Account;
  let publisher: string;
  const events: { id: string }[] = [];
  type NotMatched = { event_id: string; code: string; why: string };
  beforeAll(async () => {
    hub = await startTestHub();
    me = await hub.account();
    publisher = await hub.service();
    await publish(me.id, { city: 'houston' });
    await publish(me.id, { city: 'austin' });
    await publish(me.id, { type: 'review.published', subject: 'reviews/rev_1' });
    await publish(me.id, { type: 'booking.cancelled' });
    // Seen by nobody here: it takes money:read.
    await publish(me.id, { type: 'escrow.released', subject: 'escrows/esc_1' });
  });
  afterAll(() => hub.stopAndForget());

  const publish = async (accountId: string, over: Record<string, unknown> = {}) => {
    const event = eventFor([accountId], over);
    const answer = await hub.call('POST', '/v1/events', publisher, event);
    expect(answer.body).toMatchObject({ status: 'accepted' });
    events.push({ id: answer.body.id as string });
  };
  const subscribe = async (over: Record<string, unknown> = {}) =>
    (
      await hub.call('POST', '/v1/subscriptions', me.token, {
        endpoint,
        event_types: ['booking.confirmed'],
        ...over,
      })
    ).body.id as string;
  const tried = async (id: string, body: unknown, token = me.token) => {
    const answer = await hub.call('POST', `/v1/subscriptions/${id}/dry-run`, token, body);
    expect(answer.status).toBe(200);
    return answer.body;
  };

  test('counts what matches and says of the rest why it does not', async () => {
    const id = await subscribe({ cities: ['houston'] });
    const result = await tried(id, {});
    expect(result).toMatchObject({ examined: 4, matched: 1, not_sent: { city: 1, type: 2 } });
    expect(result.samples.matched[0]).toMatchObject({
      id: events[0]!.id,
      type: 'booking.confirmed',
      account: me.id,
      grant: me.grantId,
      subscription: id,
    });
    const why = Object.fromEntries(
      result.samples.not_matched.map((one: NotMatched) => [one.event_id, one.why]),
    );
    expect(why[events[1]!.id]).toBe('The city austin is not wanted; wanted is houston.');
    expect(why[events[3]!.id]).toBe('booking.cancelled is not among booking.confirmed.');
  });

  test('what the scopes do not reveal is neither counted nor shown, and samples are projected', async () => {
    const id = await subscribe({ event_types: ['*'] });
    const result = await tried(id, {});
    expect(result).toMatchObject({ examined: 4, matched: 4 });
    expect(JSON.stringify(result)).not.toContain('escrow');
    expect(JSON.stringify(result)).not.toContain('@example.com');
    expect(Object.keys(result.samples.matched[0].data)).not.toContain('price');
  });

  test('takes another filter and other types than the stored ones, and stores neither', async () => {
    const id = await subscribe();
    const over = { filter: { city: 'austin' }, event_types: ['booking.*'] };
    const result = await tried(id, over);
    expect(result).toMatchObject({ matched: 1, not_sent: { filter: 2, type: 1 } });
    expect(result.samples.not_matched.find((one: NotMatched) => one.code === 'filter').why).toContain('city');
    expect((await hub.call('GET', `/v1/subscriptions/${id}`, me.token)).body).toMatchObject({
      filter: null,
      event_types: ['booking.confirmed'],
    });
  });

  test('looks at the newest alone', async () => {
    expect(await tried(await subscribe(), { last: 1 })).toMatchObject({ examined: 1, matched: 0 });
  });

  test('leaves tests out, and needs no subscription', async () => {
    const id = await subscribe();
    expect((await hub.call('POST', `/v1/subscriptions/${id}/test`, me.token)).status).toBe(202);
    const wish = { event_types: ['*'], filter: { type: 'booking.cancelled' } };
    const { store } = hub.hub;
    const before = (await store.db.select().from(store.tables.subscriptions)).length;
    const result = await hub.call('POST', '/v1/subscriptions/dry-run', me.token, wish);
    expect(result.body).toMatchObject({ examined: 4, matched: 1, not_sent: { filter: 3 } });
    expect((await store.db.select().from(store.tables.subscriptions)).length).toBe(before);
  });

  test('a filter that names a hidden field is refused, also for a token that sees less than the maker (422)', async () => {
    const id = await subscribe({ filter: { 'data.status': 'confirmed' } });
    const hidden = { filter: { 'data.guest.email': 'a@example.com' } };
    expect(await hub.call('POST', `/v1/subscriptions/${id}/dry-run`, me.token, hidden)).toMatchObject({
      status: 422,
      body: { code: 'filter_invalid' },
    });
    expect(
      await hub.call('POST', '/v1/subscriptions/dry-run', me.token, {
        event_types: ['booking.*'],
        ...hidden,
      }),
    ).toMatchObject({ status: 422, body: { code: 'filter_invalid' } });
    const weak = await createPersonalToken(hub.hub, 'test', {
      label: 'weak',
      env: 'live',
      scopes: ['webhooks:manage', 'reviews:read'],
      accountId: me.id,
    });
    expect(await hub.call('POST', `/v1/subscriptions/${id}/dry-run`, weak.token, {})).toMatchObject({
      status: 422,
    });
    expect(
      await hub.call('POST', `/v1/subscriptions/${id}/dry-run`, weak.token, {
        event_types: ['review.*'],
        filter: null,
      }),
    ).toMatchObject({ status: 200, body: { examined: 1, matched: 1 } });
  });

  test('an app sees nothing from before the consent, and its own token has no feed at all', async () => {
    const app = await partnerApp(hub);
    const { store } = hub.hub;
    const rows = await store.db.select().from(store.tables.events);
    const sinceEvent = Math.max(...rows.map((row) => row.position));
    const grant = await appToken(hub, app, me.id, ['bookings:read', 'webhooks:manage'], { sinceEvent });
    const wish = { owner: 'app', event_types: ['booking.*'] };
    const at = '/v1/subscriptions/dry-run';
    expect((await hub.call('POST', at, grant.token, wish)).body).toMatchObject({ examined: 0, matched: 0 });
    await publish(me.id);
    expect((await hub.call('POST', at, grant.token, wish)).body).toMatchObject({ examined: 1, matched: 1 });
    const own = await appToken(hub, app, null);
    expect(await hub.call('POST', at, own.token, wish)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
  });

  test('what is missing is counted under a hundred grants of an app, and it is said where there are more', async () => {
    const app = await partnerApp(hub);
    const { token } = await appToken(hub, app, null);
    const made = await hub.call('POST', '/v1/subscriptions', token, {
      owner: 'app',
      endpoint,
      event_types: ['booking.confirmed'],
    });
    expect(made.status).toBe(201);
    const { store, ids, clock, gate } = hub.hub;
    const { grants } = store.tables;
    const consents = Array.from({ length: 100 }, (_, i) => ({
      id: ids.newId('grt'),
      env: 'live' as const,
      accountId: `acc_nobody${i}`,
      userId: null,
      ...app,
      scopes: ['bookings:read'],
      epochs: gate.snapshot({}),
      sinceEvent: 0,
      history: false,
      createdAt: clock.now(),
    }));
    await store.write((db) => [db.insert(grants).values(consents)]);
    const missing = async () =>
      (await hub.call('GET', `/v1/subscriptions/${made.body.id}/missing?since=2026-01-01T00:00:00Z`, token))
        .body;
    expect(await missing()).toMatchObject({ events: 0, is_more: false });
    await appToken(hub, app, me.id);
    expect(await missing()).toMatchObject({ events: 0, is_more: true });
  });
});
