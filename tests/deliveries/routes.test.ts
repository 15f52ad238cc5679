import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPersonalToken } from '../../src/access/index.ts';
import { encodeCursor } from '../../src/columns/index.ts';
import { appGrant } from '../events/app-grant.ts';
import { type Answer, eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

type Json = Answer['body'];

describe('deliveries', () => {
  let hub: TestHub;
  let sink: Sink;
  let publisher: string;
  beforeAll(async () => {
    hub = await startTestHub();
    sink = await startSink();
    publisher = await hub.service();
  });
  beforeEach(() => sink.answer((_, response) => void response.end('ok')));
  afterAll(async () => {
    await hub.stopAndForget();
    await sink.close();
  });

  const subscribe = async (token: string, over: Record<string, unknown> = {}): Promise<string> => {
    const answer = await hub.call('POST', '/v1/subscriptions', token, {
      endpoint: { type: 'webhook', url: `${sink.origin}/` },
      event_types: ['booking.*'],
      ...over,
    });
    expect(answer.status).toBe(201);
    return answer.body.id;
  };
  const publish = async (audience: string[], over: Record<string, unknown> = {}): Promise<string> =>
    (await hub.call('POST', '/v1/events', publisher, eventFor(audience, over))).body.id;
  const list = (token: string, query = '') => hub.call('GET', `/v1/deliveries${query}`, token);
  const only = async (token: string, query = '') => {
    const answer = await list(token, query);
    expect(answer.status).toBe(200);
    expect(answer.body.data).toHaveLength(1);
    return answer.body.data[0];
  };
  const inState = (token: string, query: string, state: string) =>
    until(`it is ${state}`, async () => (await list(token, query)).body.data[0]?.state === state);
  /** As eight failures would leave it; waiting for them would take a day. */
  const set = async (id: string, values: Record<string, unknown>) => {
    const { deliveries } = hub.hub.store.tables;
    await hub.hub.store.write((db) => [db.update(deliveries).set(values).where(eq(deliveries.id, id))]);
  };

  test('a failed delivery tells its attempts, and that it is the receiver', async () => {
    const { id, token } = await hub.account();
    sink.answer((_, response) => {
      response.statusCode = 503;
      response.end('out of film');
    });
    const subscription = await subscribe(token);
    const event = await publish([id]);
    await inState(token, `?event=${event}`, 'retrying');
    const listed = await only(token);
    expect(listed).toMatchObject({
      event,
      type: 'booking.confirmed',
      subscription,
      account: id,
      attempt_count: 1,
      reason: 'answered_503',
    });
    const shown = (await hub.call('GET', `/v1/deliveries/${listed.id}`, token)).body;
    expect(shown).toMatchObject({
      ...listed,
      words: expect.any(String),
      explanation: {
        whose: 'receiver',
        lines: [
          expect.stringMatching(/^It is the receiver\. The endpoint answered 503; next try/),
          expect.any(String),
          expect.any(String),
        ],
      },
      waits_behind: null,
      attempts: [{ number: 1, outcome: 'answered_503', status: 503, stage: 'after', answer: 'out of film' }],
    });
    expect(Date.parse(shown.next_attempt_at)).toBeGreaterThan(Date.parse(shown.updated_at));
  });

  test('what an endpoint said back is not shown to a token that may read less than was sent', async () => {
    const { id, token } = await hub.account();
    sink.answer((request, response) => void response.end(request.body));
    await subscribe(token);
    await publish([id]);
    await inState(token, '', 'delivered');
    const { id: delivery } = await only(token);
    const answerTo = async (reader: string): Promise<unknown> =>
      (await hub.call('GET', `/v1/deliveries/${delivery}`, reader)).body.attempts[0].answer;
    expect(await answerTo(token)).toContain('"booking_id"');
    const narrow = await createPersonalToken(hub.hub, 'test', {
      label: 'narrow',
      env: 'live',
      scopes: ['webhooks:manage', 'bookings:read'],
      accountId: id,
    });
    expect(await answerTo(narrow.token)).toBe('');
  });

  test('the list is newest first, goes on from its cursor, and filters', async () => {
    const { id, token } = await hub.account();
    const [first, second] = [
      await subscribe(token),
      await subscribe(token, { event_types: ['rfp.*', 'booking.*'] }),
    ];
    const events = [await publish([id]), await publish([id]), await publish([id])];
    await until(
      'all are delivered',
      async () => (await list(token, '?state=delivered')).body.data.length === 6,
    );
    const pages: Json[] = [];
    for (let after = ''; ;) {
      const page = (await list(token, `?limit=4&after=${after}`)).body;
      pages.push(...page.data);
      if (page.next_cursor === null) break;
      after = page.next_cursor;
    }
    expect(pages.map((one) => one.event)).toEqual(events.toReversed().flatMap((event) => [event, event]));
    expect(new Set(pages.map((one) => one.id)).size).toBe(6);
    const of = async (query: string) =>
      (await list(token, query)).body.data.map((one: Json) => [one.event, one.subscription]);
    expect(await of(`?subscription=${first}`)).toEqual(events.toReversed().map((event) => [event, first]));
    expect(await of(`?event=${events[1]}&subscription=${second}`)).toEqual([[events[1], second]]);
    for (const state of ['pending', 'leased', 'retrying', 'held', 'dead', 'cancelled'])
      expect(await of(`?state=${state}`)).toEqual([]);
  });

  test('each state is found by its filter', async () => {
    const { id, token } = await hub.account();
    await subscribe(token);
    await publish([id]);
    await inState(token, '', 'delivered');
    const delivery = await only(token);
    for (const state of ['held', 'dead', 'cancelled', 'delivered']) {
      await set(delivery.id, { state, dueAt: null });
      expect((await only(token, `?state=${state}`)).id).toBe(delivery.id);
    }
    const later = new Date(Date.now() + 3_600_000);
    for (const state of ['pending', 'leased', 'retrying']) {
      await set(delivery.id, { state, dueAt: later });
      expect((await only(token, `?state=${state}`)).id).toBe(delivery.id);
    }
  });

  test('nobody sees the deliveries of others', async () => {
    const [mine, other] = [await hub.account(), await hub.account()];
    const app = await appGrant(hub, mine.id, ['bookings:read', 'webhooks:manage']);
    const byMe = await subscribe(mine.token);
    const byApp = await subscribe(app.token);
    const event = await publish([mine.id]);
    const [own, ofApp] = [await only(mine.token), await only(app.token)];
    expect([own.subscription, ofApp.subscription]).toEqual([byMe, byApp]);
    expect((await list(other.token)).body.data).toEqual([]);
    expect((await list(other.token, `?event=${event}`)).body.data).toEqual([]);
    expect((await list(other.token, `?subscription=${byMe}`)).body.data).toEqual([]);
    expect((await list(mine.token, `?subscription=${byApp}`)).body.data).toEqual([]);
    for (const [token, id] of [
      [other.token, own.id],
      [app.token, own.id],
      [mine.token, ofApp.id],
    ]) {
      expect((await hub.call('GET', `/v1/deliveries/${id}`, token)).status).toBe(404);
      expect((await hub.call('POST', `/v1/deliveries/${id}/retry`, token)).status).toBe(404);
    }
  });

  test('a dead delivery is sent again with the same webhook-id and all its tries', async () => {
    const { id, token } = await hub.account();
    await subscribe(token);
    await publish([id]);
    await inState(token, '', 'delivered');
    const { id: delivery } = await only(token);
    await set(delivery, { state: 'dead', reason: 'answered_500', tries: 8, dueAt: null });
    const before = sink.received.length;
    const answer = await hub.call('POST', `/v1/deliveries/${delivery}/retry`, token);
    expect(answer.status).toBe(202);
    await inState(token, '', 'delivered');
    expect(sink.received[before]?.headers['webhook-id']).toBe(delivery);
    const { audit, deliveries } = hub.hub.store.tables;
    const [row] = await hub.hub.store.db.select().from(deliveries).where(eq(deliveries.id, delivery));
    expect(row).toMatchObject({ tries: 1, attempts: 2 });
    expect(await hub.hub.store.db.select().from(audit).where(eq(audit.subject, delivery))).toMatchObject([
      { action: 'delivery.retry', detail: { from: 'dead' } },
    ]);
  });

  test('what is held, cancelled or due already is not retried, and no audit row says that it was', async () => {
    const { id, token } = await hub.account();
    await subscribe(token);
    await publish([id]);
    await inState(token, '', 'delivered');
    const { id: delivery } = await only(token);
    const later = new Date(Date.now() + 3_600_000);
    for (const state of ['held', 'cancelled', 'pending', 'leased']) {
      await set(delivery, { state, dueAt: state === 'held' || state === 'cancelled' ? null : later });
      const answer = await hub.call('POST', `/v1/deliveries/${delivery}/retry`, token);
      expect([answer.status, answer.body.code]).toEqual([409, 'state_conflict']);
    }
    const { audit } = hub.hub.store.tables;
    expect(await hub.hub.store.db.select().from(audit).where(eq(audit.subject, delivery))).toEqual([]);
  });

  test('in an ordered line, one that waits names the one that goes first', async () => {
    const { id, token } = await hub.account();
    sink.answer((_, response) => {
      response.statusCode = 500;
      response.end();
    });
    await subscribe(token, { ordering: 'subject' });
    const subject = 'bookings/bkg_line';
    const head = await publish([id], { subject });
    await inState(token, `?event=${head}`, 'retrying');
    const behind = await publish([id], { subject });
    const [first, second] = [await only(token, `?event=${head}`), await only(token, `?event=${behind}`)];
    const shown = (await hub.call('GET', `/v1/deliveries/${second.id}`, token)).body;
    expect(shown).toMatchObject({
      state: 'pending',
      waits_behind: first.id,
      explanation: { whose: 'nobody' },
    });
    expect(shown.explanation.lines[0]).toContain(`${first.id} before it is retrying`);
    expect((await hub.call('GET', `/v1/deliveries/${first.id}`, token)).body.waits_behind).toBeNull();
  });

  test('an unchanged page answers 304', async () => {
    const { token } = await hub.account();
    const etag = (await list(token)).headers.get('etag') ?? '';
    expect(
      (await hub.call('GET', '/v1/deliveries', token, undefined, { 'if-none-match': etag })).status,
    ).toBe(304);
  });

  test('what is asked wrongly is refused', async () => {
    const { token } = await hub.account();
    const reader = await hub.account(['bookings:read']);
    const nobody = `dlv_${'0'.repeat(26)}`;
    for (const [method, path] of [
      ['GET', ''],
      ['GET', `/${nobody}`],
      ['POST', `/${nobody}/retry`],
    ] as const) {
      expect((await hub.call(method, `/v1/deliveries${path}`, null)).status).toBe(401);
      expect((await hub.call(method, `/v1/deliveries${path}`, reader.token)).body.code).toBe('scope_missing');
    }
    expect((await hub.call('GET', `/v1/deliveries/${nobody}`, token)).status).toBe(404);
    expect((await hub.call('GET', '/v1/deliveries/what', token)).status).toBe(404);
    expect((await hub.call('POST', `/v1/deliveries/${nobody}/retry`, token)).status).toBe(404);
    for (const query of [
      '?state=lost',
      '?subscription=x',
      '?event=x',
      '?limit=0',
      '?unknown=1',
      '?state=dead&state=held',
    ]) {
      expect((await list(token, query)).body).toMatchObject({ status: 400, code: 'invalid_parameter' });
    }
    for (const after of ['x', encodeCursor('feed', [0, 0]), encodeCursor('deliveries', [1.5])]) {
      expect((await list(token, `?after=${after}`)).body).toMatchObject({
        status: 400,
        code: 'invalid_cursor',
      });
    }
  });
});
