import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { revoke } from '../../src/access/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { appToken, partnerApp } from '../subscriptions/partner-app.ts';

describe('a subscription that an app owns', () => {
  let hub: TestHub;
  let sink: Sink;
  let publisher: string;
  let count = 0;
  beforeAll(async () => {
    hub = await startTestHub();
    sink = await startSink();
    publisher = await hub.service();
  });
  afterAll(async () => {
    await hub.stopAndForget();
    await sink.close();
  });

  /** An app with two accounts: one shows contacts, one does not. The subscription is made with the first one's token. */
  const stand = async () => {
    const app = await partnerApp(hub);
    const [a, b] = [await hub.account(), await hub.account()];
    const full = await appToken(hub, app, a.id);
    const plain = await appToken(hub, app, b.id, ['bookings:read', 'webhooks:manage']);
    const path = `/app${(count += 1)}`;
    const made = await hub.call('POST', '/v1/subscriptions', full.token, {
      owner: 'app',
      endpoint: { type: 'webhook', url: sink.origin + path },
      event_types: ['booking.*'],
    });
    expect(made).toMatchObject({ status: 201, body: { owner: 'app' } });
    const id = made.body.id as string;
    return {
      app,
      a,
      b,
      full,
      plain,
      id,
      at: `/v1/subscriptions/${id}`,
      bodies: () => sink.received.filter((one) => one.path === path).map((one) => JSON.parse(one.body)),
    };
  };
  const publish = async (audience: string[], over: Record<string, unknown> = {}): Promise<string> => {
    const answer = await hub.call('POST', '/v1/events', publisher, eventFor(audience, over));
    expect(answer.body).toMatchObject({ status: 'accepted' });
    return answer.body.id as string;
  };
  const deliveriesOf = (id: string) => {
    const { store } = hub.hub;
    return store.db
      .select()
      .from(store.tables.deliveries)
      .where(eq(store.tables.deliveries.subscriptionId, id));
  };

  test('covers every living grant, each projected by its own scopes', async () => {
    const { a, b, full, plain, bodies } = await stand();
    const stranger = await hub.account();
    await publish([a.id, b.id, stranger.id]);
    await until('both arrive', () => bodies().length === 2);
    const [forA, forB] = [
      bodies().find((one) => one.account === a.id),
      bodies().find((one) => one.account === b.id),
    ];
    expect(forA.grant).toBe(full.grantId);
    expect(forB.grant).toBe(plain.grantId);
    expect(JSON.stringify(forA.data)).toContain('@example.com');
    expect(JSON.stringify(forB.data)).not.toContain('@example.com');
  });

  test('covers a grant that is given later', async () => {
    const { app, bodies } = await stand();
    const late = await hub.account();
    await appToken(hub, app, late.id);
    await publish([late.id]);
    await until('it arrives', () => bodies().some((one) => one.account === late.id));
    expect(bodies()).toHaveLength(1);
  });

  test('is seen and changed by every token of its app, and by no other', async () => {
    const { app, a, full, plain, id, at } = await stand();
    const own = await appToken(hub, app, null, ['webhooks:manage']);
    for (const { token } of [plain, own]) {
      expect((await hub.call('GET', at, token)).status).toBe(200);
      expect((await hub.call('GET', '/v1/subscriptions', token)).body.data).toMatchObject([{ id }]);
    }
    const otherApp = await appToken(hub, await partnerApp(hub), a.id);
    expect((await hub.call('GET', at, otherApp.token)).status).toBe(404);
    expect((await hub.call('GET', at, a.token)).status).toBe(404);
    expect((await hub.call('PATCH', at, own.token, { description: 'ours' })).body).toMatchObject({
      description: 'ours',
    });
    const personal = await hub.call('POST', '/v1/subscriptions', a.token, {
      endpoint: { type: 'webhook', url: `${sink.origin}/own` },
      event_types: ['booking.*'],
    });
    expect((await hub.call('GET', `/v1/subscriptions/${personal.body.id}`, full.token)).status).toBe(404);
    const detour = { endpoint: { type: 'webhook', url: 'http://127.0.0.1:9/detour' } };
    expect(await hub.call('PATCH', at, plain.token, detour)).toMatchObject({
      status: 403,
      body: { code: 'scope_missing' },
    });
  });

  test('goes on for the others when the account whose token made it takes back its consent', async () => {
    const { a, b, full, id, at, plain, bodies } = await stand();
    await hub.call('POST', `${at}/pause`, plain.token);
    await publish([a.id, b.id]);
    expect((await deliveriesOf(id)).map(({ state }) => state)).toEqual(['held', 'held']);
    const { id: receipt } = await revoke(hub.hub, {
      level: 'grant',
      id: full.grantId!,
      reason: 'user',
      actor: 'test',
    });
    const { revocations } = hub.hub.store.tables;
    const read = async () =>
      (await hub.hub.store.db.select().from(revocations).where(eq(revocations.id, receipt)))[0];
    await until('the receipt is complete', async () => (await read())?.completedAt != null);
    expect((await read())?.cancelled).toBe(1);
    const states = Object.fromEntries((await deliveriesOf(id)).map((one) => [one.accountId, one.state]));
    expect(states).toEqual({ [a.id]: 'cancelled', [b.id]: 'held' });
    await hub.call('POST', `${at}/resume`, plain.token);
    await until("the other's arrives", () => bodies().length === 1);
    expect(bodies()[0].account).toBe(b.id);
  });

  test("an account's end cancels what is queued for it alone; the partner's end all", async () => {
    const { app, a, b, id, at, plain } = await stand();
    await hub.call('POST', `${at}/pause`, plain.token);
    await publish([a.id, b.id]);
    await revoke(hub.hub, { level: 'account', id: a.id, reason: 'account_closed', actor: 'test' });
    const states = async () =>
      Object.fromEntries((await deliveriesOf(id)).map((one) => [one.accountId, one.state]));
    await until('one is cancelled', async () => (await states())[a.id] === 'cancelled');
    expect((await states())[b.id]).toBe('held');
    await revoke(hub.hub, { level: 'partner', id: app.partnerId, reason: 'abuse', actor: 'test' });
    await until('all are cancelled', async () => (await states())[b.id] === 'cancelled');
  });

  test('a leaked token that made it stops it for all accounts at once', async () => {
    const { a, b, full, id, plain, at } = await stand();
    await publish([b.id]);
    await until('the directory knows both', async () =>
      (await deliveriesOf(id)).some(({ state }) => state === 'delivered'),
    );
    const { id: receipt } = await revoke(hub.hub, {
      level: 'token',
      id: full.tokenId,
      reason: 'leaked',
      actor: 'test',
    });
    const { revocations } = hub.hub.store.tables;
    await until(
      'the receipt is complete',
      async () =>
        (await hub.hub.store.db.select().from(revocations).where(eq(revocations.id, receipt)))[0]
          ?.completedAt != null,
    );
    await publish([a.id, b.id]);
    expect((await deliveriesOf(id)).map(({ state }) => state).sort()).toEqual(['delivered', 'held', 'held']);
    expect((await hub.call('GET', at, plain.token)).body).toMatchObject({
      state: 'disabled',
      state_reason: 'token_leaked',
    });
  });

  test('a replay of what is missing goes through all grants, never before a consent', async () => {
    const app = await partnerApp(hub);
    const [a, b] = [await hub.account(), await hub.account()];
    const early = await publish([a.id, b.id]);
    const { store } = hub.hub;
    const [row] = await store.db.select().from(store.tables.events).where(eq(store.tables.events.id, early));
    const first = await appToken(hub, app, a.id, undefined, { history: true });
    await appToken(hub, app, b.id, undefined, { sinceEvent: row!.position });
    const late = await publish([a.id, b.id]);
    const made = await hub.call('POST', '/v1/subscriptions', first.token, {
      owner: 'app',
      endpoint: { type: 'webhook', url: `${sink.origin}/replay` },
      event_types: ['booking.*'],
    });
    const at = `/v1/subscriptions/${made.body.id}`;
    const started = await hub.call('POST', `${at}/replay`, first.token, {
      since: new Date(Date.now() - 60_000).toISOString(),
      only: 'missing',
    });
    expect(started.status).toBe(202);
    const path = started.headers.get('location')!;
    await until(
      'the replay is done',
      async () => (await hub.call('GET', path, first.token)).body.state === 'done',
    );
    const found = await store.db
      .select({ account: store.tables.deliveries.accountId, event: store.tables.events.id })
      .from(store.tables.deliveries)
      .innerJoin(store.tables.events, eq(store.tables.events.position, store.tables.deliveries.eventPosition))
      .where(eq(store.tables.deliveries.subscriptionId, made.body.id as string));
    const words = found.map(({ account, event }) => `${account} ${event}`).sort();
    expect(words).toEqual([`${a.id} ${early}`, `${a.id} ${late}`, `${b.id} ${late}`].sort());
  });

  test("a test with the app's own token goes out under a living grant, and is refused when there is none", async () => {
    const { app, b, plain, a, at, bodies } = await stand();
    const own = await appToken(hub, app, null, ['webhooks:manage']);
    expect((await hub.call('POST', `${at}/test`, own.token)).status).toBe(202);
    await until('it arrives', () => bodies().length === 1);
    expect([a.id, b.id]).toContain(bodies()[0].account);
    expect((await hub.call('POST', `${at}/test`, plain.token)).status).toBe(202);
    const lonely = await appToken(hub, await partnerApp(hub), null, ['bookings:read', 'webhooks:manage']);
    const made = await hub.call('POST', '/v1/subscriptions', lonely.token, {
      owner: 'app',
      endpoint: { type: 'webhook', url: `${sink.origin}/lonely` },
      event_types: ['booking.*'],
    });
    expect(made.status).toBe(201);
    expect(await hub.call('POST', `/v1/subscriptions/${made.body.id}/test`, lonely.token)).toMatchObject({
      status: 409,
      body: { code: 'state_conflict' },
    });
  });
});
