import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestHub, type TestHub } from '../harness/hub.ts';

type Account = Awaited<ReturnType<TestHub['account']>>;
const since = new Date(Date.now() - 60_000).toISOString();
const wish = { endpoint: { type: 'webhook', url: 'http://127.0.0.1:9/hook' }, event_types: ['booking.*'] };

describe('refusals of /v1/subscriptions', () => {
  let hub: TestHub;
  let me: Account;
  let other: Account;
  let id: string;
  beforeAll(async () => {
    hub = await startTestHub();
    [me, other] = [await hub.account(), await hub.account()];
    id = await made();
  });
  afterAll(() => hub.stopAndForget());

  const made = async (over: Record<string, unknown> = {}, token = me.token): Promise<string> => {
    const answer = await hub.call('POST', '/v1/subscriptions', token, { ...wish, ...over });
    expect(answer.status).toBe(201);
    return answer.body.id as string;
  };
  const setState = (one: string, state: 'active' | 'disabled', stateReason: string | null) => {
    const { subscriptions } = hub.hub.store.tables;
    return hub.hub.store.write((db) => [
      db.update(subscriptions).set({ state, stateReason }).where(eq(subscriptions.id, one)),
    ]);
  };

  const collection: [string, string, unknown?][] = [
    ['POST', '/v1/subscriptions', wish],
    ['GET', '/v1/subscriptions'],
    ['POST', '/v1/subscriptions/dry-run', { event_types: ['booking.*'] }],
  ];
  const one: [string, string, unknown?][] = [
    ['GET', ''],
    ['PATCH', '', { description: 'x' }],
    ['DELETE', ''],
    ['POST', '/test'],
    ['POST', '/pause'],
    ['POST', '/resume'],
    ['POST', '/secret/rotate', {}],
    ['POST', '/replay', { since }],
    ['POST', '/dry-run', {}],
    ['GET', `/missing?since=${since}`],
    ['GET', '/replays/rpl_01k9000000000000000000000a'],
    ['POST', '/replays/rpl_01k9000000000000000000000a/stop'],
  ];
  const all = (): [string, string, unknown?][] => [
    ...collection,
    ...one.map(([method, path, body]): [string, string, unknown?] => [
      method,
      `/v1/subscriptions/${id}${path}`,
      body,
    ]),
  ];

  test('every route needs a token that is known (401)', async () => {
    for (const [method, path, body] of all()) {
      expect(await hub.call(method, path, null, body), `${method} ${path}`).toMatchObject({
        status: 401,
        body: { code: 'unauthenticated' },
      });
    }
  });

  test('every route needs webhooks:manage (403)', async () => {
    const reader = await hub.account(['bookings:read']);
    for (const [method, path, body] of all()) {
      expect(await hub.call(method, path, reader.token, body), `${method} ${path}`).toMatchObject({
        status: 403,
        body: { code: 'scope_missing' },
      });
    }
  });

  test("another account's subscription is not there, nor is one of a wrong id (404)", async () => {
    for (const [method, path, body] of one) {
      for (const [token, which] of [
        [other.token, id],
        [me.token, 'sub_01k9000000000000000000000a'],
        [me.token, 'sub_1'],
      ] as const) {
        expect(
          await hub.call(method, `/v1/subscriptions/${which}${path}`, token, body),
          `${method} ${which}${path}`,
        ).toMatchObject({ status: 404, body: { code: 'not_found' } });
      }
    }
    expect((await hub.call('GET', `/v1/subscriptions/${id}`, me.token)).status).toBe(200);
  });

  test("a list shows only the caller's own", async () => {
    expect((await hub.call('GET', '/v1/subscriptions', other.token)).body).toEqual({
      data: [],
      next_cursor: null,
    });
  });

  test('what is disabled cannot be paused, tested, or, when staff stopped it, resumed (409)', async () => {
    const stopped = await made();
    await setState(stopped, 'disabled', 'gone');
    const at = `/v1/subscriptions/${stopped}`;
    expect(await hub.call('POST', `${at}/pause`, me.token)).toMatchObject({
      status: 409,
      body: { code: 'state_conflict' },
    });
    expect(await hub.call('POST', `${at}/test`, me.token)).toMatchObject({
      status: 409,
      body: { code: 'state_conflict' },
    });
    await setState(stopped, 'disabled', 'token_abuse');
    expect(await hub.call('POST', `${at}/resume`, me.token)).toMatchObject({
      status: 409,
      body: { code: 'state_conflict' },
    });
    await setState(stopped, 'disabled', 'gone');
    expect(await hub.call('POST', `${at}/resume`, me.token)).toMatchObject({
      status: 200,
      body: { state: 'active', failing_since: null },
    });
  });

  test('what is paused cannot be tested (409); pausing and resuming twice is once', async () => {
    const at = `/v1/subscriptions/${await made()}`;
    const first = await hub.call('POST', `${at}/pause`, me.token);
    const second = await hub.call('POST', `${at}/pause`, me.token);
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(await hub.call('POST', `${at}/test`, me.token)).toMatchObject({
      status: 409,
      body: { code: 'state_conflict' },
    });
    await hub.call('POST', `${at}/resume`, me.token);
    expect(await hub.call('POST', `${at}/resume`, me.token)).toMatchObject({
      status: 200,
      body: { state: 'active' },
    });
  });

  test('one replay at a time (409)', async () => {
    const busy = await made();
    const { store, ids, clock } = hub.hub;
    const now = clock.now();
    const later = new Date(now.getTime() + 600_000);
    await store.write((db) => [
      db.insert(store.tables.tasks).values({
        id: ids.newId('rpl'),
        kind: 'replay',
        subject: busy,
        payload: { since: 1, until: 2, only: 'all' },
        state: 'open',
        done: 0,
        dueAt: later,
        failures: 0,
        createdAt: now,
        updatedAt: now,
      }),
    ]);
    expect(await hub.call('POST', `/v1/subscriptions/${busy}/replay`, me.token, { since })).toMatchObject({
      status: 409,
      body: { code: 'state_conflict' },
    });
  });

  test('a fifth rotation within the overlap is refused, unless it ends the others (409)', async () => {
    const at = `/v1/subscriptions/${await made()}/secret/rotate`;
    for (let n = 0; n < 4; n++) expect((await hub.call('POST', at, me.token, {})).status).toBe(200);
    expect(await hub.call('POST', at, me.token, {})).toMatchObject({
      status: 409,
      body: { code: 'state_conflict' },
    });
    expect((await hub.call('POST', at, me.token, { overlap_seconds: 0 })).status).toBe(200);
    expect((await hub.call('POST', at, me.token)).status).toBe(200);
  });

  test('a change that names an older version changes nothing (412)', async () => {
    const at = `/v1/subscriptions/${await made()}`;
    const etag = (await hub.call('GET', at, me.token)).headers.get('etag') as string;
    expect(etag).toBe('"1"');
    expect(await hub.call('GET', at, me.token, undefined, { 'if-none-match': `W/${etag}` })).toMatchObject({
      status: 304,
      body: null,
    });
    const changed = await hub.call(
      'PATCH',
      at,
      me.token,
      { description: 'a' },
      { 'if-match': `"9", ${etag}` },
    );
    expect(changed).toMatchObject({ status: 200, body: { description: 'a' } });
    expect(changed.headers.get('etag')).toBe('"2"');
    for (const tag of [etag, 'W/"2"', '"x"']) {
      expect(await hub.call('PATCH', at, me.token, { description: 'b' }, { 'if-match': tag })).toMatchObject({
        status: 412,
        body: { code: 'precondition_failed' },
      });
    }
    expect((await hub.call('PATCH', at, me.token, { description: 'c' }, { 'if-match': '*' })).status).toBe(
      200,
    );
    expect((await hub.call('GET', at, me.token)).body).toMatchObject({ description: 'c' });
  });

  const badChanges: [string, Record<string, unknown>, string, string][] = [
    ['an owner', { owner: 'app' }, 'validation_failed', '/owner'],
    ['a signature', { signature: 'v1a' }, 'validation_failed', '/signature'],
    ['no type at all', { event_types: [] }, 'validation_failed', '/event_types'],
    ['a type that is not there', { event_types: ['booking.lost'] }, 'validation_failed', '/event_types/0'],
    [
      'a type that its scopes hide',
      { event_types: ['booking.*', 'escrow.released'] },
      'validation_failed',
      '/event_types/1',
    ],
    ['a version that is not there', { schema_version: 99 }, 'validation_failed', '/schema_version'],
    ['a rate above the highest', { max_per_second: 100_000 }, 'validation_failed', '/max_per_second'],
    [
      'a filter over a hidden field',
      { filter: { 'data.guest.email': 'a@example.com' } },
      'filter_invalid',
      '',
    ],
    [
      'an address inside',
      { endpoint: { type: 'webhook', url: 'https://10.0.0.1/' } },
      'endpoint_refused',
      '/endpoint/url',
    ],
    [
      'a connection that is none',
      { endpoint: { type: 'connection', connection_id: 'con_1' } },
      'validation_failed',
      '/endpoint/connection_id',
    ],
  ];
  test.each(badChanges)('a change to %s is refused (422)', async (_, change, code, pointer) => {
    const answer = await hub.call('PATCH', `/v1/subscriptions/${id}`, me.token, change);
    expect(answer).toMatchObject({ status: 422, body: { code } });
    if (pointer) expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  const badReplays: [string, Record<string, unknown>][] = [
    ['without since', {}],
    ['of the future', { since: new Date(Date.now() + 60_000).toISOString() }],
    ['that ends before it begins', { since, until: new Date(Date.now() - 120_000).toISOString() }],
    ['of more than 30 days', { since: new Date(Date.now() - 31 * 24 * 3_600_000).toISOString() }],
    ['of an unknown kind', { since, only: 'some' }],
    ['from no instant', { since: 'yesterday' }],
  ];
  test.each(badReplays)('a replay %s is refused (422)', async (_, body) => {
    expect(await hub.call('POST', `/v1/subscriptions/${id}/replay`, me.token, body)).toMatchObject({
      status: 422,
      body: { code: 'validation_failed' },
    });
  });

  test('an overlap of more than seven days is refused (422)', async () => {
    for (const overlap_seconds of [604_801, -1, 1.5]) {
      expect(
        await hub.call('POST', `/v1/subscriptions/${id}/secret/rotate`, me.token, { overlap_seconds }),
      ).toMatchObject({ status: 422 });
    }
  });

  test('of rivals no more are made than an account may have (429)', async () => {
    const full = await hub.account();
    const most = hub.hub.settings.maxSubscriptionsPerAccount;
    Object.assign(hub.hub.settings, { maxSubscriptionsPerAccount: 2 });
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map(() => hub.call('POST', '/v1/subscriptions', full.token, wish)),
    );
    Object.assign(hub.hub.settings, { maxSubscriptionsPerAccount: most });
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 201, 429, 429, 429]);
    expect(answers.find(({ status }) => status === 429)).toMatchObject({ body: { code: 'limit_reached' } });
  });

  test('an app is needed for what an app owns (422)', async () => {
    expect(await hub.call('POST', '/v1/subscriptions', me.token, { ...wish, owner: 'app' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/owner' }] },
    });
    expect(
      await hub.call('POST', '/v1/subscriptions/dry-run', me.token, {
        event_types: ['booking.*'],
        owner: 'app',
      }),
    ).toMatchObject({ status: 422 });
  });
});
