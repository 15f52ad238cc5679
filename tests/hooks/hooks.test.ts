import { eq } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endsWhenGone } from '../../src/subscriptions/index.ts';
import { appGrant } from '../events/app-grant.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Received, type Sink, startSink, until } from '../harness/sink.ts';

const all = ['bookings:read', 'reviews:read', 'rfps:read', 'webhooks:manage'];

describe('REST hooks [S2-18]', () => {
  const state = {} as { hub: TestHub; sink: Sink; publisher: string; gone: Set<string> };
  beforeAll(async () => {
    state.hub = await startTestHub();
    state.sink = await startSink();
    state.gone = new Set();
    state.publisher = await state.hub.service();
    state.sink.answer(({ path }, response) => {
      response.statusCode = state.gone.has(path) ? 410 : 200;
      response.end();
    });
  });
  afterAll(async () => {
    await state.hub?.stopAndForget();
    await state.sink?.close();
  });

  const person = async (scopes = all) => {
    const account = await state.hub.account(scopes);
    const targetUrl = `${state.sink.origin}/${account.id}`;
    const call = (method: string, path: string, body?: unknown) =>
      state.hub.call(method, `/v1${path}`, account.token, body);
    return {
      ...account,
      targetUrl,
      call,
      hook: (event: string, url = targetUrl) => call('POST', '/hooks', { targetUrl: url, event }),
      arrived: (): Received[] => state.sink.received.filter(({ path }) => path === `/${account.id}`),
    };
  };
  const publish = async (audience: string[], over: Record<string, unknown> = {}): Promise<string> => {
    const answer = await state.hub.call('POST', '/v1/events', state.publisher, eventFor(audience, over));
    expect(answer.status, JSON.stringify(answer.body)).toBe(202);
    return answer.body.id;
  };
  const rowOf = async (id: string) => {
    const { subscriptions } = state.hub.hub.store.tables;
    return (await state.hub.hub.store.db.select().from(subscriptions).where(eq(subscriptions.id, id)))[0]!;
  };

  test('a hook is subscribed, pushed to, sampled in the same shape, and unsubscribed', async () => {
    const one = await person();
    const made = await one.hook('booking.confirmed');
    expect(made.status).toBe(201);
    expect(made.body).toEqual({ id: expect.stringMatching(/^sub_/) });
    await publish([one.id], { type: 'booking.cancelled' });
    const event = await publish([one.id]);
    await until('it is pushed', () => one.arrived().length > 0);
    const pushed = JSON.parse(one.arrived()[0]!.body);
    expect(pushed).toMatchObject({ id: event, type: 'booking.confirmed', subscription: made.body.id });

    const samples = await one.call('GET', '/hooks/samples?event=booking.confirmed');
    expect(samples.status).toBe(200);
    expect(samples.body).toEqual([{ ...pushed, subscription: 'sub_sample' }]);
    expect(Object.keys(samples.body[0])).toEqual(Object.keys(pushed));

    expect((await one.call('DELETE', `/hooks/${made.body.id}`)).status).toBe(204);
    expect((await one.call('GET', `/subscriptions/${made.body.id}`)).status).toBe(404);
    const later = await publish([one.id]);
    const trace = await one.call('GET', `/events/${later}/trace`);
    expect(trace.body.subscriptions).toEqual([]);
    expect(one.arrived()).toHaveLength(1);
  });

  test('a hook is a subscription: it is listed, traced, and signed by a secret that its owner can have', async () => {
    const one = await person();
    const { id } = (await one.hook('booking.*')).body;
    expect((await one.call('GET', '/subscriptions')).body.data).toEqual([
      expect.objectContaining({ id, event_types: ['booking.*'], state: 'active' }),
    ]);
    const { secret } = (await one.call('POST', `/subscriptions/${id}/secret/rotate`, {})).body;
    const event = await publish([one.id]);
    await until('it is pushed', () => one.arrived().length > 0);
    const { headers, body } = one.arrived()[0]!;
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({ id: event });
    expect((await one.call('GET', `/events/${event}/trace`)).body.subscriptions).toEqual([
      expect.objectContaining({ subscription: id }),
    ]);
  });

  test('asked twice it is one hook, also at once: what is pushed twice runs twice', async () => {
    const one = await person();
    const answers = await Promise.all([1, 2, 3, 4].map(() => one.hook('booking.confirmed')));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const again = await one.hook('booking.confirmed');
    const ids = new Set([...answers, again].map(({ body }) => body.id));
    expect(ids.size).toBe(1);
    expect((await one.call('GET', '/subscriptions')).body.data).toHaveLength(1);
    // Another event, or another address, is another hook.
    const more = [
      await one.hook('booking.cancelled'),
      await one.hook('booking.confirmed', `${one.targetUrl}?2`),
    ];
    expect(more.map(({ body }) => body.id).filter((id) => ids.has(id))).toEqual([]);
  });

  test('unsubscribing what has ended is fine; what is another’s is not there', async () => {
    const [one, other] = [await person(), await person()];
    const { id } = (await one.hook('booking.confirmed')).body;
    expect((await other.call('DELETE', `/hooks/${id}`)).status).toBe(404);
    expect((await rowOf(id)).state).toBe('active');
    expect((await one.call('DELETE', `/hooks/${id}`)).status).toBe(204);
    expect((await one.call('DELETE', `/hooks/${id}`)).status).toBe(204);
    expect((await one.call('DELETE', `/hooks/${state.hub.hub.ids.newId('sub')}`)).status).toBe(404);
    expect((await one.call('DELETE', '/hooks/nonsense')).status).toBe(404);
    // A subscription that is no hook is deleted where it was made.
    const wish = { endpoint: { type: 'webhook', url: one.targetUrl }, event_types: ['booking.*'] };
    const subscription = (await one.call('POST', '/subscriptions', wish)).body.id;
    expect((await one.call('DELETE', `/hooks/${subscription}`)).status).toBe(404);
  });

  test('410 ends a hook: it is deleted with its reason, once, and what waits is cancelled', async () => {
    const one = await person();
    const { id } = (await one.hook('booking.confirmed')).body;
    state.gone.add(`/${one.id}`);
    const events = [await publish([one.id]), await publish([one.id])];
    await until('it has ended', async () => (await rowOf(id)).state === 'deleted');
    expect(await rowOf(id)).toMatchObject({ state: 'deleted', stateReason: 'gone' });
    const { audit, secrets, deliveries } = state.hub.hub.store.tables;
    const { db } = state.hub.hub.store;
    expect(await db.select().from(secrets).where(eq(secrets.subscriptionId, id))).toEqual([]);
    await until('all that waited is cancelled', async () => {
      const rows = await db.select().from(deliveries).where(eq(deliveries.subscriptionId, id));
      return rows.length === events.length && rows.every(({ state: its }) => its === 'cancelled');
    });
    const said = await db.select().from(audit).where(eq(audit.subject, id));
    expect(said.filter(({ action }) => action === 'subscription.delete')).toEqual([
      expect.objectContaining({
        actor: 'hub',
        accountId: one.id,
        detail: { host: '127.0.0.1', reason: 'gone' },
      }),
    ]);
    expect((await one.call('DELETE', `/hooks/${id}`)).status).toBe(204);
    // Switched on again, it is a new hook.
    state.gone.delete(`/${one.id}`);
    expect((await one.hook('booking.confirmed')).body.id).not.toBe(id);
  });

  test('so does 410 of Zapier’s own host, however the subscription was made', () => {
    expect(endsWhenGone({ via: null, host: 'hooks.zapier.com' })).toBe(true);
    expect(endsWhenGone({ via: null, host: 'hooks.zapier.com.example' })).toBe(false);
  });

  test('410 of any other subscription holds its events, as before', async () => {
    const one = await person();
    const wish = { endpoint: { type: 'webhook', url: one.targetUrl }, event_types: ['booking.*'] };
    const { id } = (await one.call('POST', '/subscriptions', wish)).body;
    state.gone.add(`/${one.id}`);
    await publish([one.id]);
    await until('it is disabled', async () => (await rowOf(id)).state === 'disabled');
    expect(await rowOf(id)).toMatchObject({ stateReason: 'gone' });
  });

  test('samples are what the caller may see: its own account, its scopes, its consent, newest first', async () => {
    const one = await person();
    const ids = [
      await publish([one.id]),
      await publish([one.id], { type: 'booking.cancelled' }),
      await publish([one.id]),
    ];
    const idsOf = (answer: { body: any }) => answer.body.map(({ id }: { id: string }) => id);
    const family = await one.call('GET', '/hooks/samples?event=booking.*');
    expect(idsOf(family)).toEqual([ids[2], ids[1], ids[0]]);
    expect(idsOf(await one.call('GET', '/hooks/samples?event=booking.completed'))).toEqual([]);
    const other = await person();
    expect(idsOf(await other.call('GET', '/hooks/samples?event=booking.*'))).toEqual([]);

    // An app that was connected later sees nothing of before, and no contact without its scope.
    const app = await appGrant(state.hub, one.id, ['bookings:read', 'webhooks:manage']);
    const asApp = (event: string) => state.hub.call('GET', `/v1/hooks/samples?event=${event}`, app.token);
    expect(idsOf(await asApp('booking.*'))).toEqual([]);
    const after = await publish([one.id]);
    const seen = await asApp('booking.*');
    expect(idsOf(seen)).toEqual([after]);
    expect(seen.body[0].data).not.toHaveProperty('contact');
    expect((await asApp('review.published')).status).toBe(422);
    for (let n = 0; n < 12; n++) await publish([one.id]);
    expect((await one.call('GET', '/hooks/samples?event=booking.*')).body).toHaveLength(10);
  });

  test('every type of the catalogue and every family can be hooked by name', async () => {
    const { scopeNames, typeNames, eventTypes, readScopes } = await import('../../src/catalog/index.ts');
    expect(scopeNames).toContain('webhooks:manage');
    const one = await person([...readScopes, 'webhooks:manage']);
    const families = new Set(
      typeNames.filter((type) => eventTypes.get(type)!.defaultOn).map((type) => `${type.split('.')[0]}.*`),
    );
    for (const event of [...typeNames, ...families]) {
      const answer = await one.hook(event, `${one.targetUrl}/${event}`);
      expect(answer.status, `${event}: ${JSON.stringify(answer.body)}`).toBe(201);
    }
  });

  test('what is wrong is said of the field that was sent', async () => {
    const one = await person(['bookings:read', 'webhooks:manage']);
    for (const [body, pointer, code] of [
      [{ targetUrl: one.targetUrl }, '/event', 'validation_failed'],
      [{ targetUrl: one.targetUrl, event: 'nonsense' }, '/event', 'validation_failed'],
      [{ targetUrl: one.targetUrl, event: 'review.published' }, '/event', 'validation_failed'],
      [{ targetUrl: 'http://example.com/', event: 'booking.*' }, '/targetUrl', 'endpoint_refused'],
      [{ targetUrl: 'https://10.0.0.1/', event: 'booking.*' }, '/targetUrl', 'endpoint_refused'],
      [{ targetUrl: 'no url', event: 'booking.*' }, '/targetUrl', 'endpoint_refused'],
      [{ targetUrl: one.targetUrl, event: 'booking.*', secret: 'x' }, '/secret', 'validation_failed'],
    ] as const) {
      const answer = await one.call('POST', '/hooks', body);
      expect(answer.status, JSON.stringify(body)).toBe(422);
      expect(answer.body).toMatchObject({ code, errors: [{ pointer }] });
    }
    expect((await one.call('GET', '/hooks/samples')).status).toBe(400);
    expect((await one.call('GET', '/hooks/samples?event=nonsense')).body.errors[0].pointer).toBe('/event');
    expect((await state.hub.call('POST', '/v1/hooks', null, {})).status).toBe(401);
    const reader = await person(['bookings:read']);
    expect((await reader.hook('booking.*')).body.code).toBe('scope_missing');
  });
});
