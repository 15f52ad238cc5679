import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { appGrant } from '../events/app-grant.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { mightyStaffToken } from '../harness/staff.ts';

type Person = Awaited<ReturnType<TestHub['account']>>;
const scopes = ['bookings:read', 'bookings.contact:read', 'reviews:read', 'webhooks:manage'];

describe('a subscription that an operator wants to look at first [S2-51]', () => {
  const state = {} as { hub: TestHub; sink: Sink; staff: string; publisher: string; person: Person };
  beforeAll(async () => {
    state.hub = await startTestHub();
    state.sink = await startSink();
    state.staff = await mightyStaffToken(state.hub.hub);
    state.publisher = await state.hub.service();
  });
  afterAll(async () => {
    await state.hub?.stopAndForget();
    await state.sink?.close();
  });
  beforeEach(async () => {
    const { data } = (await admin('GET', '/approval-rules')).body;
    for (const { id } of data) await admin('DELETE', `/approval-rules/${id}`);
    state.person = await state.hub.account(scopes);
  });

  const admin = (method: string, path: string, body?: unknown) =>
    state.hub.call(method, `/admin/v1${path}`, state.staff, body);
  const mine = (method: string, path: string, body?: unknown) =>
    state.hub.call(method, `/v1${path}`, state.person.token, body);
  const subscribe = (wish: Record<string, unknown> = {}) =>
    mine('POST', '/subscriptions', {
      endpoint: { type: 'webhook', url: `${state.sink.origin}/${state.person.id}` },
      event_types: ['booking.*'],
      ...wish,
    });
  const rule = async (wish: Record<string, unknown>) => {
    const answer = await admin('POST', '/approval-rules', { note: 'looked at first', ...wish });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    return answer.body.id as string;
  };
  const waiting = async (id: string) =>
    (await admin('GET', '/approvals?limit=100')).body.data.find((one: any) => one.subscription === id);
  const decide = async (id: string, verb: string) =>
    admin('POST', `/approvals/${id}/${verb}`, { version: (await waiting(id)).version, note: 'looked at' });
  const publish = async (over: Record<string, unknown> = {}): Promise<string> => {
    const answer = await state.hub.call(
      'POST',
      '/v1/events',
      state.publisher,
      eventFor([state.person.id], over),
    );
    expect(answer.status, JSON.stringify(answer.body)).toBe(202);
    return answer.body.id;
  };
  const arrived = () =>
    state.sink.received
      .filter(({ path }) => path === `/${state.person.id}`)
      .map(({ body }) => JSON.parse(body).id as string);
  const traced = async (event: string) => (await mine('GET', `/events/${event}/trace`)).body.subscriptions[0];
  const deliveries = async (id: string) => (await mine('GET', `/deliveries?subscription=${id}`)).body.data;

  test('waits, is sent nothing, and says so; once approved it is sent what happens from then on', async () => {
    const ruleId = await rule({ event_types: ['booking.confirmed'], note: 'bookings leave the house' });
    const { status, body } = await subscribe();
    expect(status).toBe(201);
    expect(body).toMatchObject({ state: 'pending_approval', secret: expect.stringMatching(/^whsec_/) });

    const meanwhile = await publish();
    expect(await traced(meanwhile)).toMatchObject({
      verdict: 'not_sent',
      code: 'pending_approval',
      words: expect.stringContaining('waits for approval'),
      delivery: null,
    });
    expect(await deliveries(body.id)).toEqual([]);
    expect(await waiting(body.id)).toMatchObject({
      state: 'pending',
      account: state.person.id,
      host: '127.0.0.1',
      event_types: ['booking.*'],
      rule: { id: ruleId, note: 'bookings leave the house' },
    });

    expect((await decide(body.id, 'approve')).status).toBe(204);
    expect((await mine('GET', `/subscriptions/${body.id}`)).body.state).toBe('active');
    const after = await publish();
    await until('what came after it arrives', () => arrived().includes(after));
    expect(arrived()).toEqual([after]);
    expect(await traced(meanwhile)).toMatchObject({ verdict: 'not_sent', code: 'before_subscription' });

    // What came while it waited is its owner's to ask for.
    const since = new Date(Date.now() - 3_600_000).toISOString();
    expect((await mine('POST', `/subscriptions/${body.id}/replay`, { since, only: 'missing' })).status).toBe(
      202,
    );
    await until('the replay brings it', () => arrived().includes(meanwhile));
  });

  test('what its owner asks of it meanwhile is refused in words, but a dry-run, a look and its end', async () => {
    await rule({ event_types: ['booking.*'] });
    const { id } = (await subscribe()).body;
    await publish();
    const since = new Date(Date.now() - 3_600_000).toISOString();
    for (const [verb, body] of [
      ['resume', undefined],
      ['pause', undefined],
      ['test', undefined],
      ['replay', { since, only: 'missing' }],
    ] as const) {
      const answer = await mine('POST', `/subscriptions/${id}/${verb}`, body);
      expect(answer.status, verb).toBe(409);
      expect(answer.body.detail).toContain('waits for approval');
    }
    expect((await mine('POST', `/subscriptions/${id}/dry-run`, {})).body.matched).toBe(1);
    expect((await mine('GET', '/subscriptions?state=pending_approval')).body.data).toHaveLength(1);
    expect((await mine('GET', '/subscriptions?state=disabled')).body.data).toEqual([]);
    expect((await mine('DELETE', `/subscriptions/${id}`)).status).toBe(204);
    expect(await waiting(id)).toBeUndefined();
    expect(arrived()).toEqual([]);
  });

  test('refused, it stays inert and cannot be resumed; changing it asks again', async () => {
    await rule({ event_types: ['booking.*'] });
    const { id } = (await subscribe()).body;
    expect((await decide(id, 'refuse')).status).toBe(204);
    expect((await mine('GET', `/subscriptions/${id}`)).body).toMatchObject({
      state: 'disabled',
      state_reason: 'approval_refused',
    });
    expect((await mine('POST', `/subscriptions/${id}/resume`)).status).toBe(409);
    expect(await traced(await publish())).toMatchObject({ code: 'approval_refused', delivery: null });
    const changed = await mine('PATCH', `/subscriptions/${id}`, { event_types: ['booking.cancelled'] });
    expect(changed.body.state).toBe('pending_approval');
    expect(await waiting(id)).toMatchObject({ event_types: ['booking.cancelled'] });
  });

  test('what was approved was what it said then: another address or another wish waits anew', async () => {
    const { id } = (await subscribe({ event_types: ['review.*'] })).body;
    await rule({ event_types: ['booking.*'] });
    const widened = await mine('PATCH', `/subscriptions/${id}`, { event_types: ['review.*', 'booking.*'] });
    expect(widened.body.state).toBe('pending_approval');
    await decide(id, 'approve');
    const other = { type: 'webhook', url: `${state.sink.origin}/elsewhere` };
    expect((await mine('PATCH', `/subscriptions/${id}`, { description: 'mine' })).body.state).toBe('active');
    expect(
      (await mine('PATCH', `/subscriptions/${id}`, { event_types: ['review.*', 'booking.*'] })).body.state,
    ).toBe('active');
    expect((await mine('PATCH', `/subscriptions/${id}`, { endpoint: other })).body.state).toBe(
      'pending_approval',
    );
  });

  test('who changes it while somebody reads gets nothing approved', async () => {
    await rule({ event_types: ['booking.*'] });
    const { id } = (await subscribe()).body;
    const { version } = await waiting(id);
    await mine('PATCH', `/subscriptions/${id}`, { cities: ['austin'] });
    const late = await admin('POST', `/approvals/${id}/approve`, { version, note: 'as it was' });
    expect(late.status).toBe(409);
    expect((await mine('GET', `/subscriptions/${id}`)).body.state).toBe('pending_approval');
    const looks = await Promise.all([decide(id, 'approve'), decide(id, 'refuse')]);
    expect(looks.filter(({ status }) => status === 204)).toHaveLength(1);
    expect([404, 409]).toContain(looks.find(({ status }) => status !== 204)?.status);
  });

  test('a token that leaked meanwhile does not open the way around', async () => {
    await rule({ event_types: ['booking.*'] });
    const { id } = (await subscribe()).body;
    const leaked = { level: 'token', id: state.person.tokenId, reason: 'leaked' };
    expect((await admin('POST', '/revocations', leaked)).status).toBe(202);
    const { createPersonalToken } = await import('../../src/access/index.ts');
    const again = { label: 'again', env: 'live' as const, scopes, accountId: state.person.id };
    const { token } = await createPersonalToken(state.hub.hub, 'test', again);
    const resumed = await state.hub.call('POST', `/v1/subscriptions/${id}/resume`, token);
    expect(resumed.status).toBe(409);
    expect(await waiting(id)).toBeDefined();
    expect((await decide(id, 'approve')).status).toBe(204);
    // Approved; and still stopped for what the token was.
    expect((await state.hub.call('GET', `/v1/subscriptions/${id}`, token)).body).toMatchObject({
      state: 'disabled',
      state_reason: 'token_leaked',
    });
    expect((await state.hub.call('POST', `/v1/subscriptions/${id}/resume`, token)).body.state).toBe('active');
  });

  test('a rule holds for the app, the scopes and the types that it names, all of them', async () => {
    const app = await appGrant(state.hub, state.person.id, ['bookings:read', 'webhooks:manage']);
    const other = await appGrant(state.hub, state.person.id, ['bookings:read', 'webhooks:manage']);
    await rule({ app: app.appId, event_types: ['booking.confirmed'] });
    const stateFor = async (token: string, types: string[]) => {
      const wish = { endpoint: { type: 'webhook', url: state.sink.origin }, event_types: types };
      return (await state.hub.call('POST', '/v1/subscriptions', token, wish)).body.state;
    };
    expect(await stateFor(app.token, ['*'])).toBe('pending_approval');
    expect(await stateFor(app.token, ['booking.cancelled'])).toBe('active');
    expect(await stateFor(other.token, ['booking.confirmed'])).toBe('active');
    expect(await stateFor(state.person.token, ['booking.confirmed'])).toBe('active');

    // The scope counts where the payload would show something by it.
    await rule({ scopes: ['bookings.contact:read'] });
    expect(await stateFor(state.person.token, ['booking.confirmed'])).toBe('pending_approval');
    expect(await stateFor(state.person.token, ['review.published'])).toBe('active');
    expect(await stateFor(other.token, ['booking.confirmed'])).toBe('active');
  });

  test('a rule that names nothing, or what reveals nothing, is refused', async () => {
    for (const [wish, pointer] of [
      [{}, ''],
      [{ scopes: ['rfps:create'] }, '/scopes/0'],
      [{ scopes: ['nonsense'] }, '/scopes/0'],
      [{ event_types: ['nonsense.*'] }, '/event_types/0'],
      [{ app: 'app_nobody' }, '/app'],
      [{ app: null, scopes: ['money:read'], more: 1 }, '/more'],
    ] as const) {
      const answer = await admin('POST', '/approval-rules', { note: 'n', ...wish });
      expect(answer.status, JSON.stringify(wish)).toBe(422);
      expect(answer.body.errors[0].pointer).toBe(pointer);
    }
    expect((await admin('DELETE', `/approval-rules/${state.hub.hub.ids.newId('apr')}`)).status).toBe(404);
    expect(
      (await admin('POST', `/approvals/${state.hub.hub.ids.newId('sub')}/approve`, { version: 1, note: 'n' }))
        .status,
    ).toBe(404);
    expect((await admin('GET', '/approvals?after=nonsense')).status).toBe(400);
  });

  test('each deed is on record once, with who did it and why', async () => {
    const ruleId = await rule({ event_types: ['booking.*'], note: 'why it is needed' });
    const { id } = (await subscribe()).body;
    await decide(id, 'approve');
    await admin('POST', `/approvals/${id}/approve`, { version: 1, note: 'again' });
    await admin('DELETE', `/approval-rules/${ruleId}`);
    const { audit } = state.hub.hub.store.tables;
    const rows = await state.hub.hub.store.db.select().from(audit).where(eq(audit.subject, id));
    expect(rows.filter(({ action }) => action === 'subscription.approve')).toEqual([
      expect.objectContaining({
        actor: expect.stringMatching(/^staff:usr_/),
        accountId: state.person.id,
        detail: expect.objectContaining({ note: 'looked at', rule: ruleId, host: '127.0.0.1' }),
      }),
    ]);
    const made = await state.hub.hub.store.db
      .select()
      .from(audit)
      .where(eq(audit.subject, ruleId))
      .orderBy(audit.position);
    expect(made.map(({ action }) => action)).toEqual(['approval_rule.create', 'approval_rule.end']);
  });
});
