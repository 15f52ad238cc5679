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
