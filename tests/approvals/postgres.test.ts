import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterEnvironment } from '../harness/cluster.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { mightyStaffToken } from '../harness/staff.ts';
import { describeWith } from '../services/describe.ts';

await describeWith('postgres', 'hooks and approvals at two processes', (postgres) => {
  const state = {} as { hubs: [TestHub, TestHub]; sink: Sink; staff: string; publisher: string };
  beforeAll(async () => {
    const environment = await clusterEnvironment(postgres.url, { PATCHBAY_ROLE: 'all' });
    state.hubs = [await startTestHub(environment), await startTestHub(environment)];
    state.sink = await startSink();
    state.staff = await mightyStaffToken(state.hubs[0].hub);
    state.publisher = await state.hubs[0].service();
  });
  afterAll(async () => {
    for (const hub of state.hubs ?? []) await hub.stopAndForget();
    await state.sink?.close();
  });
  const publish = async (audience: string): Promise<string> =>
    (await state.hubs[1].call('POST', '/v1/events', state.publisher, eventFor([audience]))).body.id;
  const rowOf = async (id: string) => {
    const { db, tables } = state.hubs[0].hub.store;
    return (await db.select().from(tables.subscriptions).where(eq(tables.subscriptions.id, id)))[0]!;
  };

  test('inert at both until approved at one; what is accepted at the other afterwards is sent [S2-51]', async () => {
    const [one, other] = state.hubs;
    const admin = (hub: TestHub, method: string, path: string, body?: unknown) =>
      hub.call(method, `/admin/v1${path}`, state.staff, body);
    const { body: rule } = await admin(one, 'POST', '/approval-rules', {
      event_types: ['booking.*'],
      note: 'n',
    });
    const account = await one.account();
    const hook = { targetUrl: `${state.sink.origin}/${account.id}`, event: 'booking.*' };
    const { id } = (await other.call('POST', '/v1/hooks', account.token, hook)).body;
    await publish(account.id);
    const decide = (hub: TestHub, verb: string) =>
      admin(hub, 'POST', `/approvals/${id}/${verb}`, { version: 1, note: 'looked at' });
    const answers = await Promise.all([
      decide(one, 'approve'),
      decide(other, 'approve'),
      decide(one, 'approve'),
    ]);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(await rowOf(id)).toMatchObject({ state: 'active', stateReason: null, approval: 'approved' });
    const after = await publish(account.id);
    const arrived = () => state.sink.received.filter(({ path }) => path === `/${account.id}`);
    await until('what came after it arrives', () => arrived().length > 0);
    expect(arrived().map(({ body }) => JSON.parse(body).id)).toEqual([after]);
    const { db, tables } = one.hub.store;
    const said = await db.select().from(tables.audit).where(eq(tables.audit.subject, id));
    expect(said.filter(({ action }) => action === 'subscription.approve')).toHaveLength(1);
    expect((await admin(other, 'DELETE', `/approval-rules/${rule.id}`)).status).toBe(204);
  });

  /** Half at each process, all at once; how many were answered each status. */
  const atOnce = async (
    many: number,
    ask: (hub: TestHub, i: number) => Promise<{ status: number }>,
  ): Promise<Record<number, number>> => {
    const answers = await Promise.all(Array.from({ length: many }, (_, i) => ask(state.hubs[i % 2]!, i)));
    const counts: Record<number, number> = {};
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };
  const mostOf = (most: number) => {
    for (const { hub } of state.hubs) Object.assign(hub.settings, { maxSubscriptionsPerAccount: most });
  };

  test('no more subscriptions than the limit, and none whose secret or audit row is missing or alone', async () => {
    const { id, token } = await state.hubs[0].account();
    const wish = { endpoint: { type: 'webhook', url: `${state.sink.origin}/full` }, event_types: ['rfp.*'] };
    mostOf(3);
    const create = (hub: TestHub) => hub.call('POST', '/v1/subscriptions', token, wish);
    expect(await atOnce(8, create)).toEqual({ 201: 3, 429: 5 });
    expect(await create(state.hubs[0])).toMatchObject({ body: { code: 'limit_reached' } });
    mostOf(1_000);
    const { db, tables } = state.hubs[0].hub.store;
    const made = await db
      .select({ id: tables.subscriptions.id })
      .from(tables.subscriptions)
      .where(eq(tables.subscriptions.accountId, id));
    const told = await db.select().from(tables.audit).where(eq(tables.audit.accountId, id));
    const created = told.filter(({ action }) => action === 'subscription.create');
    expect(created.map(({ subject }) => subject).toSorted()).toEqual(made.map((one) => one.id).toSorted());
    for (const one of made)
      expect(
        await db.select().from(tables.secrets).where(eq(tables.secrets.subscriptionId, one.id)),
      ).toHaveLength(1);
  });

  test('no more secrets than sign, rules than are asked, feeds and senders than an account may have', async () => {
    const { token } = await state.hubs[0].account(['rfps:create', 'webhooks:manage', 'rfps:read']);
    const calendars = await state.hubs[0].account();
    const wish = { endpoint: { type: 'webhook', url: `${state.sink.origin}/keys` }, event_types: ['rfp.*'] };
    const made = (await state.hubs[0].call('POST', '/v1/subscriptions', token, wish)).body;
    const rotate = (hub: TestHub) =>
      hub.call('POST', `/v1/subscriptions/${made.id}/secret/rotate`, token, {});
    expect(await atOnce(8, rotate)).toEqual({ 200: 4, 409: 4 });

    const feed = (hub: TestHub) => hub.call('POST', '/v1/calendar-feeds', calendars.token);
    expect(await atOnce(53, feed)).toEqual({ 201: 50, 429: 3 });

    const sender = (hub: TestHub, i: number) =>
      hub.call('POST', '/v1/rfps/senders', token, { label: `sender ${i}` });
    expect(await atOnce(24, sender)).toEqual({ 201: 20, 429: 4 });
    const [first] = (await state.hubs[0].call('GET', '/v1/rfps/senders?limit=1', token)).body.data;
    const turn = (hub: TestHub) => hub.call('POST', `/v1/rfps/senders/${first.id}/secret/rotate`, token, {});
    expect(await atOnce(5, turn)).toEqual({ 200: 2, 409: 3 });

    const { hub } = state.hubs[0];
    const { approvalRules } = hub.store.tables;
    const rule = { eventTypes: [], scopes: [], note: 'n', createdBy: 'test', createdAt: new Date() };
    const ids = Array.from({ length: 197 }, () => hub.ids.newId('apr'));
    await hub.store.write((db) => [
      db.insert(approvalRules).values(ids.map((id) => ({ ...rule, id, appId: 'app_nobody' }))),
    ]);
    const add = (at: TestHub, i: number) =>
      at.call('POST', '/admin/v1/approval-rules', state.staff, {
        event_types: ['review.published'],
        note: `rule ${i}`,
      });
    expect(await atOnce(6, add)).toEqual({ 201: 3, 429: 3 });
    await hub.store.write((db) => [db.update(approvalRules).set({ endedAt: new Date() })]);
  });

  test('a replay is stopped at the other process, unless a later one has begun', async () => {
    const [one, other] = state.hubs;
    const { token } = await one.account();
    const wish = { endpoint: { type: 'webhook', url: `${state.sink.origin}/again` }, event_types: ['rfp.*'] };
    const path = `/v1/subscriptions/${(await one.call('POST', '/v1/subscriptions', token, wish)).body.id}`;
    const since = new Date(Date.now() - 60_000).toISOString();
    const replayed = async () => {
      const { id } = (await one.call('POST', `${path}/replay`, token, { since, only: 'missing' })).body;
      const stateOf = async () => (await one.call('GET', `${path}/replays/${id}`, token)).body.state;
      await until('it has ended', async () => (await stateOf()) === 'done');
      return id as string;
    };
    const [first, second] = [await replayed(), await replayed()];
    const stop = (id: string) => other.call('POST', `${path}/replays/${id}/stop`, token);
    expect([(await stop(first)).status, (await stop(second)).status]).toEqual([409, 200]);
  });

  test('410 ends a hook once, and what waits is cancelled [S2-18]', async () => {
    const [one, other] = state.hubs;
    const account = await one.account();
    state.sink.answer(({ path }, response) => {
      response.statusCode = path === `/${account.id}` ? 410 : 200;
      response.end();
    });
    const hook = { targetUrl: `${state.sink.origin}/${account.id}`, event: 'booking.*' };
    const ids = await Promise.all(
      [one, other, one].map(
        async (hub) => (await hub.call('POST', '/v1/hooks', account.token, hook)).body.id,
      ),
    );
    expect(new Set(ids).size).toBe(1);
    const id: string = ids[0];
    await publish(account.id);
    await publish(account.id);
    await until('it has ended', async () => (await rowOf(id)).state === 'deleted');
    expect(await rowOf(id)).toMatchObject({ stateReason: 'gone' });
    const { db, tables } = one.hub.store;
    await until('what waits is cancelled', async () => {
      const rows = await db.select().from(tables.deliveries).where(eq(tables.deliveries.subscriptionId, id));
      return rows.length === 2 && rows.every(({ state: its }) => its === 'cancelled');
    });
    const said = await db.select().from(tables.audit).where(eq(tables.audit.subject, id));
    expect(
      said.filter(({ actor, action }) => actor === 'hub' && action === 'subscription.delete'),
    ).toHaveLength(1);
  });
});
