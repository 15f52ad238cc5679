import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPersonalToken } from '../../src/access/index.ts';
import { type Answer, eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { appGrant } from './app-grant.ts';

type Json = Answer['body'];

describe('GET /v1/events/{id}/trace', () => {
  let hub: TestHub;
  let sink: Sink;
  let publisher: string;
  beforeAll(async () => {
    hub = await startTestHub();
    sink = await startSink();
    publisher = await hub.service();
  });
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
  const trace = (token: string, id: string) => hub.call('GET', `/v1/events/${id}/trace`, token);
  const lineOf = async (token: string, id: string, subscription: string) =>
    (await trace(token, id)).body.subscriptions.find((one: Json) => one.subscription === subscription);
  const all = ['bookings:read', 'deliverables:read', 'rfps:read', 'money:read', 'webhooks:manage'];
  const tokenOf = async (accountId: string, scopes: string[]) =>
    (await createPersonalToken(hub.hub, 'test', { label: 'narrow', env: 'live', scopes, accountId })).token;

  test('what was sent is told with its delivery', async () => {
    const { id, token } = await hub.account();
    const subscription = await subscribe(token);
    const event = await publish([id]);
    await until('it is sent', async () => (await lineOf(token, event, subscription)).verdict === 'sent');
    const answer = await trace(token, event);
    expect(answer.body.event).toMatchObject({
      id: event,
      type: 'booking.confirmed',
      city: 'houston',
      sequence: 1,
    });
    expect(answer.body.subscriptions).toEqual([
      {
        subscription,
        verdict: 'sent',
        code: 'delivered',
        words: 'sent: All is well. The receiver took it.',
        delivery: expect.stringMatching(/^dlv_/),
      },
    ]);
  });

  test('each thing that does not fit has its own words', async () => {
    const { id, token } = await hub.account(all);
    const early = await publish([id]);
    const cases = {
      type: await subscribe(token, { event_types: ['rfp.*'] }),
      city: await subscribe(token, { cities: ['austin', 'dallas'] }),
      filter: await subscribe(token, { filter: { 'data.status': 'cancelled' } }),
    };
    const event = await publish([id]);
    const words = async (name: keyof typeof cases) => (await lineOf(token, event, cases[name])).words;
    expect(await words('type')).toBe('not sent: the subscription does not ask for booking.confirmed.');
    expect(await words('city')).toBe(
      'not sent: the subscription wants austin or dallas, the event is of houston.',
    );
    expect(await words('filter')).toBe(
      'not sent: the filter does not fit: data.status is "confirmed", the filter wants "cancelled".',
    );
    const late = await subscribe(token);
    expect(await lineOf(token, early, late)).toMatchObject({
      verdict: 'not_sent',
      code: 'before_subscription',
    });
    // A replay, which the words of the other offer, would not bring this one.
    expect(await lineOf(token, early, cases.type)).toMatchObject({ verdict: 'not_sent', code: 'type' });
  });

  test('a missing scope is named, and of the event then nothing but id and type', async () => {
    const { id } = await hub.account();
    const app = await appGrant(hub, id, ['bookings:read', 'webhooks:manage']);
    const subscription = await subscribe(app.token, { event_types: ['*'] });
    const event = await publish([id], { type: 'deliverable.submitted' });
    const answer = await trace(app.token, event);
    expect(answer.body.event).toEqual({ id: event, type: 'deliverable.submitted' });
    expect(answer.body.subscriptions).toEqual([
      expect.objectContaining({
        subscription,
        code: 'scope',
        words: 'not sent: your grant lacks deliverables:read.',
      }),
    ]);
  });

  test('where the grant has the scope, it is the token that lacked it', async () => {
    const { id } = await hub.account();
    const narrow = await tokenOf(id, ['bookings:read', 'webhooks:manage']);
    const subscription = await subscribe(narrow, { event_types: ['*'] });
    const event = await publish([id], { type: 'deliverable.submitted' });
    expect((await lineOf(narrow, event, subscription)).words).toBe(
      'not sent: the token that made this subscription lacked deliverables:read.',
    );
  });

  test('a filter over a field that the reader may not see quotes no value [S2-77]', async () => {
    const { id, token } = await hub.account(all);
    const narrow = await tokenOf(id, ['bookings:read', 'webhooks:manage']);
    const wish = { 'data.payment.total.amount_cents': { $lt: 1 } };
    const subscription = await subscribe(token, { filter: wish });
    const event = await publish([id]);
    const shown = (await hub.call('GET', `/v1/events/${event}`, token)).body.data;
    const amount = String(shown.payment.total.amount_cents);
    expect((await lineOf(token, event, subscription)).words).toContain(amount);
    const line = await lineOf(narrow, event, subscription);
    expect(line.words).not.toContain(amount);
    expect(line.words).toContain('may not see');
  });

  test('what a paused subscription holds is said to be held', async () => {
    const { id, token } = await hub.account();
    const subscription = await subscribe(token);
    expect((await hub.call('POST', `/v1/subscriptions/${subscription}/pause`, token)).status).toBe(200);
    const event = await publish([id]);
    expect(await lineOf(token, event, subscription)).toMatchObject({
      verdict: 'held',
      code: 'subscription_paused',
      words: expect.stringContaining('paused; resume it'),
    });
  });

  test('each caller hears of its own subscriptions alone', async () => {
    const [mine, other] = [await hub.account(), await hub.account()];
    const app = await appGrant(hub, mine.id, ['bookings:read', 'webhooks:manage']);
    const [byMe, byApp] = [await subscribe(mine.token), await subscribe(app.token)];
    await subscribe(other.token);
    const event = await publish([mine.id, other.id]);
    const seen = async (token: string) =>
      (await trace(token, event)).body.subscriptions.map((s: Json) => s.subscription);
    expect(await seen(mine.token)).toEqual([byMe]);
    expect(await seen(app.token)).toEqual([byApp]);
  });

  test('an event of others, from before the consent, or of nobody is not there', async () => {
    const [mine, other] = [await hub.account(), await hub.account()];
    const [foreign, early] = [await publish([other.id]), await publish([mine.id])];
    const app = await appGrant(hub, mine.id, ['bookings:read', 'webhooks:manage']);
    expect((await trace(mine.token, foreign)).status).toBe(404);
    expect((await trace(app.token, early)).status).toBe(404);
    expect((await trace(mine.token, 'evt_nobody')).status).toBe(404);
    expect((await trace(mine.token, 'what')).status).toBe(404);
  });

  test('it takes webhooks:manage and an account', async () => {
    const { token } = await hub.account(['bookings:read']);
    expect((await hub.call('GET', '/v1/events/evt_x/trace', null)).status).toBe(401);
    expect((await trace(token, 'evt_x')).body.code).toBe('scope_missing');
    expect((await trace(publisher, 'evt_x')).status).toBe(403);
  });
});
