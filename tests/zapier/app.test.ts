import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import zapier from 'zapier-platform-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { families } from '../../connectors/zapier/app/src/families.ts';
import { eventTypes, scopes, typeNames } from '../../src/catalog/index.ts';
import { eventFor } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { samplesFile, zapierSamples } from './samples.ts';
import { zapierStand } from './stand.ts';

// It has no types.
const require = createRequire(import.meta.url);
const { validateAppDefinition } = require('zapier-platform-schema') as {
  validateAppDefinition(definition: object): { errors: unknown[] };
};
const handlerOf = (app: object) =>
  (zapier as unknown as { createAppHandler(app: object): (event: object) => Promise<any> }).createAppHandler(
    app,
  );

describe('the Zapier integration against the running hub [S2-18]', () => {
  const zap = zapierStand();
  const state = {} as { sink: Sink; publisher: string; authData: Record<string, string> };
  beforeAll(async () => {
    state.sink = await startSink();
    state.publisher = await zap.stand.hub.service();
    state.authData = await zap.connect();
  });
  afterAll(() => state.sink?.close());

  const publish = async (type: string, over: Record<string, unknown> = {}): Promise<any> => {
    const event = eventFor([zap.stand.account.id], { type, ...over });
    const answer = await zap.stand.hub.call('POST', '/v1/events', state.publisher, event);
    expect(answer.status, JSON.stringify(answer.body)).toBe(202);
    return { ...event, id: answer.body.id };
  };
  const play = (perform: unknown, bundle: Record<string, unknown> = {}) =>
    zap.play(perform, { authData: state.authData, ...bundle });

  test('is valid by the schema that `zapier-platform validate` asks', async () => {
    const { results: definition } = await handlerOf(zap.app)({ command: 'definition' });
    expect(validateAppDefinition(definition).errors).toEqual([]);
    // And would say so if it were not.
    const { create_rfp: createRfp } = definition.creates;
    const broken = { ...definition, creates: { create_rfp: { ...createRfp, noun: 7 } } };
    expect(validateAppDefinition(broken).errors.length).toBeGreaterThan(0);
    expect((await handlerOf(zap.app)({ command: 'validate' })).results).toEqual([]);
  });

  test('connects: our consent with PKCE, the account for a label, a new token from the refresh token', async () => {
    const me = await play(zap.app.authentication.test);
    expect(me).toMatchObject({ account: { id: zap.stand.account.id }, app: { name: 'Zapier' } });
    expect(await play(zap.app.authentication.connectionLabel, { inputData: me })).toBe(me.account.name);
    const renewed = await play(zap.app.authentication.oauth2Config.refreshAccessToken);
    expect(renewed.access_token).not.toBe(state.authData['access_token']);
    expect(renewed.refresh_token).toBe(state.authData['refresh_token']);
    expect(await play(zap.app.authentication.test, { authData: renewed })).toMatchObject({ kind: 'access' });
  });

  test('a token that is no longer good is refreshed; a consent that is over asks for the person', async () => {
    const dead = { ...state.authData, access_token: 'pbk_al_nonsense' };
    await expect(play(zap.app.authentication.test, { authData: dead })).rejects.toThrow(
      expect.objectContaining({ name: 'RefreshAuthError' }),
    );
    const over = { ...state.authData, refresh_token: 'pbk_rl_nonsense' };
    const { refreshAccessToken } = zap.app.authentication.oauth2Config;
    await expect(play(refreshAccessToken, { authData: over })).rejects.toThrow(
      expect.objectContaining({ name: 'ExpiredAuthError' }),
    );
  });

  test('has a trigger for every event type that the marketplace has, and shows what is restricted only where asked for', () => {
    const offered = families.flatMap(({ events }) => events.map(([event]) => event));
    const own = typeNames.filter((type) => eventTypes.get(type)!.scope === 'webhooks:manage');
    expect(new Set(offered.filter((event) => eventTypes.has(event)))).toEqual(
      new Set(typeNames.filter((type) => !own.includes(type))),
    );
    for (const { scope, events } of families) {
      for (const [event] of events.filter(([name]) => eventTypes.has(name)))
        expect(eventTypes.get(event)!.scope, event).toBe(scope);
    }
    for (const name of ['booking', 'escrow', 'message'])
      expect(zap.app.triggers[name].display.hidden, name).toBe(false);
    expect(scopes['money:read'].restricted).toBe(true);
  });

  test('its samples are what the catalogue gives', () => {
    const written: unknown = JSON.parse(readFileSync(samplesFile, 'utf8'));
    expect(written, `stale: node tests/zapier/samples.ts`).toEqual(zapierSamples());
  });

  test.each(families.map((family) => [family.key, family] as const))(
    'the trigger %s: subscribed, pushed to, sampled, unsubscribed',
    async (key, { events }) => {
      const { operation } = zap.app.triggers[key];
      const type = events.map(([event]) => event).find((event) => eventTypes.has(event))!;
      const inputData = { event: events[0]![0] };
      const targetUrl = `${state.sink.origin}/hooks/${key}`;
      const subscribeData = await play(operation.performSubscribe, { inputData, targetUrl });
      const { id } = await publish(type);
      const arrived = () => state.sink.received.filter(({ path }) => path === `/hooks/${key}`);
      await until(`${type} is pushed`, () => arrived().length > 0);

      const pushed = JSON.parse(arrived()[0]!.body);
      const [run] = await play(operation.perform, { inputData, cleanedRequest: pushed });
      expect(run).toMatchObject({ id, type, data: expect.any(Object) });
      const [sample] = await play(operation.performList, { inputData });
      expect(sample).toEqual({ ...pushed, subscription: 'sub_sample' });
      expect(Object.keys(operation.sample)).toEqual(expect.arrayContaining(['id', 'type', 'data']));

      await play(operation.performUnsubscribe, { inputData, targetUrl, subscribeData });
      // Zapier may say so twice, or after the hub ended it.
      await play(operation.performUnsubscribe, { inputData, targetUrl, subscribeData });
      await publish(type);
      const { data } = (await zap.stand.hub.call('GET', '/v1/subscriptions', state.authData['access_token']!))
        .body;
      expect(data).toEqual([]);
      expect(arrived()).toHaveLength(1);
    },
  );

  test('searches find what is there, by id or subject, and nothing else', async () => {
    const booking = await publish('booking.confirmed');
    const { operation } = zap.app.searches.find_booking;
    const id: string = booking.data.booking_id;
    for (const asked of [id, `bookings/${id}`]) {
      const found = await play(operation.perform, { inputData: { id: asked } });
      expect(found, asked).toEqual([expect.objectContaining({ id, type: 'booking.confirmed' })]);
    }
    expect(await play(operation.perform, { inputData: { id: 'bkg_nobody' } })).toEqual([]);
    for (const [search, type, idField] of [
      ['find_rfp', 'rfp.created', 'rfp_id'],
      ['find_deliverable', 'deliverable.submitted', 'deliverable_id'],
      ['find_review', 'review.published', 'review_id'],
    ] as const) {
      const event = await publish(type);
      const its = { inputData: { id: event.data[idField] } };
      expect(await play(zap.app.searches[search].operation.perform, its), search).toHaveLength(1);
    }
  });

  test('creates an RFP, once however often the Zap runs, and says what is wrong field by field', async () => {
    const { operation } = zap.app.creates.create_rfp;
    const inputData = {
      external_ref: 'row-42',
      title: 'Autumn lookbook',
      brief: 'Two models, one day, a loft with daylight.',
      roles: ['model', 'photographer'],
      city: 'houston',
      time_zone: '',
      shoot_starts_at: '2026-12-10T09:00:00-06:00',
      references: ['https://media.example.com/boards/691.jpg'],
    };
    const made = await play(operation.perform, { inputData });
    expect(made).toMatchObject({
      id: expect.stringMatching(/^int_/),
      external_ref: 'row-42',
      data: {
        shoot_starts_at: '2026-12-10T15:00:00.000Z',
        references: [{ url: 'https://media.example.com/boards/691.jpg' }],
      },
    });
    expect(made.data).not.toHaveProperty('time_zone');
    expect((await play(operation.perform, { inputData })).id).toBe(made.id);
    const find = zap.app.searches.find_rfp_request.operation.perform;
    expect(await play(find, { inputData: { id: made.id } })).toEqual([
      expect.objectContaining({ id: made.id }),
    ]);

    const wrong = { ...inputData, external_ref: 'row-43', city: 'Houston!', roles: ['juggler'] };
    const refused = play(operation.perform, { inputData: wrong });
    await expect(refused).rejects.toThrow(/city: .*lower-case/);
    await expect(play(operation.perform, { inputData: { ...inputData, title: 'Another' } })).rejects.toThrow(
      /external_ref/,
    );
  });

  test('what a consent does not reveal is refused in the hub’s words', async () => {
    const authData = await zap.connect({ scopes: ['bookings:read', 'webhooks:manage'] });
    const { operation } = zap.app.triggers.review;
    const subscribed = play(operation.performSubscribe, {
      authData,
      inputData: { event: 'review.published' },
      targetUrl: `${state.sink.origin}/refused`,
    });
    await expect(subscribed).rejects.toThrow(/event: review.published needs the scope reviews:read/);
  });
});

describe('a hub that has had enough of calls for the moment [S2-18]', () => {
  const zap = zapierStand({ PATCHBAY_CREATES_PER_MINUTE: '1' });

  test('makes the Zap wait as many seconds as it says, and not fail', async () => {
    const authData = await zap.connect();
    const { operation } = zap.app.triggers.booking;
    const subscribe = (n: number) =>
      zap.play(operation.performSubscribe, {
        authData,
        inputData: { event: 'booking.*' },
        targetUrl: `http://127.0.0.1:9/${n}`,
      });
    const refusal = await (async () => {
      for (let n = 0; n < 20; n++) await subscribe(n);
      return null;
    })().catch((error: unknown) => error as Error);
    expect(refusal?.name).toBe('ThrottledError');
    const { message, delay } = JSON.parse(refusal!.message);
    expect(delay).toBeGreaterThan(0);
    expect(Number.isInteger(delay)).toBe(true);
    expect(message).not.toBe('The server returned 429 (Too Many Requests)');
  });
});
