import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appGrant } from '../events/app-grant.ts';
import { clusterEnvironment } from '../harness/cluster.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { until } from '../harness/sink.ts';
import { describeWith } from '../services/describe.ts';
import { signedFlows } from './signed.ts';
import { partnerApp, readIntents, reviewer, wish } from './wishes.ts';

describe('RFPs that come in, on SQLite', () => flows(async () => ({})));
await describeWith('postgres', 'RFPs that come in, on PostgreSQL', ({ url }) =>
  flows(() => clusterEnvironment(url)),
);

function flows(environment: () => Promise<Record<string, string>>): void {
  const on = {} as { hub: TestHub; core: string; staff: string };
  beforeAll(async () => {
    on.hub = await startTestHub(await environment());
    on.core = await on.hub.service(['intents:read']);
    on.staff = await reviewer(on.hub);
  });
  afterAll(() => on.hub?.stopAndForget());
  const post = (token: string | null, body: unknown, headers: Record<string, string> = {}) =>
    on.hub.call('POST', '/v1/rfps', token, body, headers);
  const approve = async (source: string, state = 'approved') => {
    const path = `/admin/v1/intent-sources/${source}/rfp.create`;
    const answer = await on.hub.call('PUT', path, on.staff, { state, note: 'known to us' });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body.decided as number;
  };
  const seen = async (after = '') => readIntents(on.hub, on.core, after);
  /** On PostgreSQL the end of the feed waits for what began before it. */
  const arrives = async (id: string, after = '') => {
    await until(`the core reads ${id}`, async () => (await seen(after)).rows.some((row) => row.id === id));
    return (await seen(after)).rows.find((row) => row.id === id);
  };

  signedFlows(on);

  test('a partner’s waits for staff, who approve its app; then it reaches the core and comes back answered [S2-36]', async () => {
    const { token, appId, partnerId } = await partnerApp(on.hub);
    const body = wish();
    const asked = await post(token, body);
    expect(asked).toMatchObject({
      status: 202,
      body: { state: 'pending_review', kind: 'rfp.create', external_ref: body['external_ref'], result: null },
    });
    const { id } = asked.body;
    expect(asked.headers.get('location')).toMatch(new RegExp(`/v1/rfps/requests/${id}$`));
    expect((await seen()).rows.map((row) => row.id)).not.toContain(id);
    const early = await on.hub.call('POST', `/v1/intents/${id}/result`, on.core, {
      result: 'accepted',
      subject: 'rfps/rfp_1',
    });
    expect(early).toMatchObject({ status: 409, body: { code: 'state_conflict' } });

    const pending = await on.hub.call('GET', '/admin/v1/intent-sources?state=pending', on.staff);
    expect(pending.body.data).toContainEqual(
      expect.objectContaining({ source: `app:${appId}`, kind: 'rfp.create' }),
    );
    expect(await approve(`app:${appId}`)).toBe(1);
    const { external_ref: _, ...data } = body;
    expect(await arrives(id)).toMatchObject({
      state: 'open',
      source: `app:${appId}`,
      account: null,
      app: appId,
      partner: partnerId,
      data,
    });
    // What comes from now on goes straight through.
    expect((await post(token, wish())).body.state).toBe('open');

    const result = { result: 'accepted', subject: 'rfps/rfp_2026' };
    const answer = () => on.hub.call('POST', `/v1/intents/${id}/result`, on.core, result);
    expect(await answer()).toMatchObject({
      status: 200,
      body: { state: 'answered', subject: 'rfps/rfp_2026' },
    });
    expect(await answer()).toMatchObject({ status: 200, body: { state: 'answered' } });
    const other = { result: 'refused', reason: 'No.' };
    expect(await on.hub.call('POST', `/v1/intents/${id}/result`, on.core, other)).toMatchObject({
      status: 409,
      body: { code: 'state_conflict' },
    });
    const told = await on.hub.call('GET', `/v1/rfps/requests/${id}`, token);
    expect(told).toMatchObject({
      status: 200,
      body: { state: 'answered', result: 'accepted', subject: 'rfps/rfp_2026' },
    });
    expect(told.body).not.toHaveProperty('source');
  });

  test('an app’s grant and a person’s token ask for their account; each sees its own alone', async () => {
    const mine = await on.hub.account(['rfps:create', 'rfps:read']);
    const app = await appGrant(on.hub, mine.id, ['rfps:create']);
    const body = wish();
    const [byMe, byApp] = [await post(mine.token, body), await post(app.token, body)];
    expect([byMe.status, byApp.status]).toEqual([202, 202]);
    expect(byMe.body.id).not.toBe(byApp.body.id);
    await approve(`account:${mine.id}`);
    await approve(`app:${app.appId}`);
    expect(await arrives(byMe.body.id)).toMatchObject({
      source: `account:${mine.id}`,
      account: mine.id,
      app: null,
    });
    expect(await arrives(byApp.body.id)).toMatchObject({
      source: `app:${app.appId}`,
      account: mine.id,
      grant: app.grantId,
    });

    const list = await on.hub.call('GET', '/v1/rfps/requests', app.token);
    expect(list.body.data.map((row: { id: string }) => row.id)).toEqual([byApp.body.id]);
    for (const [token, id] of [
      [mine.token, byApp.body.id],
      [app.token, byMe.body.id],
    ])
      expect((await on.hub.call('GET', `/v1/rfps/requests/${id}`, token)).status).toBe(404);
    const stranger = await on.hub.account(['rfps:create']);
    expect((await on.hub.call('GET', `/v1/rfps/requests/${byMe.body.id}`, stranger.token)).status).toBe(404);
    // The same reference of another account is another RFP.
    expect((await post(stranger.token, body)).status).toBe(202);
  });

  test('the same again is the same; other content under a key or a reference is 409 [S2-36]', async () => {
    const { token } = await on.hub.account(['rfps:create']);
    const body = wish();
    const key = { 'idempotency-key': 'run-1' };
    const first = await post(token, body, key);
    const again = [
      await post(token, body, key),
      await post(token, Object.fromEntries(Object.entries(body).toReversed()), key),
      await post(token, body),
      await post(token, body, { 'idempotency-key': 'run-2' }),
    ];
    for (const answer of again) expect(answer).toMatchObject({ status: 202, body: first.body });
    expect(await post(token, { ...wish(), title: 'Another' }, key)).toMatchObject({
      status: 409,
      body: { code: 'idempotency_conflict' },
    });
    expect(await post(token, { ...body, title: 'Another' })).toMatchObject({
      status: 409,
      body: { code: 'conflict', errors: [{ pointer: '/external_ref' }] },
    });
    const burst = wish();
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, i) => post(token, burst, { 'idempotency-key': `k${i % 2}` })),
    );
    expect(new Set(all.map((answer) => answer.body.id)).size).toBe(1);
  });

  test('nobody who asks can say that an identity was verified [S1-27] [S2-12]', async () => {
    const { token } = await on.hub.account(['rfps:create']);
    expect(await post(token, { ...wish(), id_verified_at: '2026-11-01T00:00:00Z' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/id_verified_at' }] },
    });
  });

  test('every refusal has its code, and nothing of it is kept', async () => {
    const { token } = await on.hub.account(['rfps:create']);
    const { intents } = on.hub.hub.store.tables;
    const count = async () => (await on.hub.hub.store.db.select().from(intents)).length;
    const before = await count();
    const bad: [unknown, string][] = [
      [{ ...wish(), budget_cents: 5 }, '/budget_cents'],
      [{ ...wish(), buyer: { name: 'Ada' } }, '/buyer'],
      [wish({ external_ref: '' }), '/external_ref'],
      [wish({ title: ' ' }), '/title'],
      [wish({ brief: 'x'.repeat(5_001) }), '/brief'],
      [wish({ roles: ['astronaut'] }), '/roles/0'],
      [
        wish({ shoot_starts_at: '2026-12-02T10:00:00Z', shoot_ends_at: '2026-12-01T10:00:00Z' }),
        '/shoot_ends_at',
      ],
      [wish({ references: [{ url: 'http://media.example.com/1' }] }), '/references/0/url'],
      [wish({ references: [{ url: 'https://10.0.0.1/1' }] }), '/references/0/url'],
      [wish({ references: [{ url: 'https://user:pass@media.example.com/1' }] }), '/references/0/url'],
      [wish({ references: [{ url: 'https://db.internal/1' }] }), '/references/0/url'],
    ];
    for (const [body, pointer] of bad) {
      const answer = await post(token, body);
      expect(answer, pointer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
      expect(
        answer.body.errors.map((e: { pointer: string }) => e.pointer),
        pointer,
      ).toContain(pointer);
    }
    expect((await post(null, wish())).status).toBe(401);
    expect((await post((await on.hub.account(['rfps:read'])).token, wish())).body.code).toBe('scope_missing');
    expect((await post(token, wish({ brief: 'x'.repeat(70_000) }))).status).toBe(413);
    expect((await post(token, wish(), { 'idempotency-key': 'a b' })).status).toBe(400);
    expect(await count()).toBe(before);
    const service = await on.hub.service(['events:publish']);
    expect((await on.hub.call('GET', '/v1/intents', service)).status).toBe(403);
    expect((await on.hub.call('GET', '/v1/intents?after=nonsense', on.core)).body.code).toBe(
      'invalid_cursor',
    );
  });

  test('a blocked origin is turned away, and what waited from it is refused', async () => {
    const { id, token } = await on.hub.account(['rfps:create']);
    const asked = await post(token, wish());
    expect(await approve(`account:${id}`, 'blocked')).toBe(1);
    const told = await on.hub.call('GET', `/v1/rfps/requests/${asked.body.id}`, token);
    expect(told.body).toMatchObject({ state: 'refused', result: null, reason: expect.any(String) });
    expect(await post(token, wish())).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  test('staff let one through or refuse it, each once and on record', async () => {
    const { token } = await on.hub.account(['rfps:create']);
    const [yes, no] = [await post(token, wish()), await post(token, wish())];
    const review = (id: string, decision: string) =>
      on.hub.call('POST', `/admin/v1/intents/${id}/review`, on.staff, {
        decision,
        reason: 'Not for this city.',
      });
    const listed = await on.hub.call('GET', '/admin/v1/intents?limit=100', on.staff);
    expect(listed.body.data.map((row: { id: string }) => row.id)).toEqual(
      expect.arrayContaining([yes.body.id, no.body.id]),
    );
    expect((await review(yes.body.id, 'approve')).status).toBe(204);
    expect((await review(no.body.id, 'refuse')).status).toBe(204);
    expect((await review(no.body.id, 'approve')).body.code).toBe('state_conflict');
    expect((await review(on.hub.hub.ids.newId('int'), 'approve')).status).toBe(404);
    await arrives(yes.body.id);
    expect((await seen()).rows.map((row) => row.id)).not.toContain(no.body.id);
    expect((await on.hub.call('GET', `/v1/rfps/requests/${no.body.id}`, token)).body).toMatchObject({
      state: 'refused',
      reason: 'Not for this city.',
    });
    const { audit } = on.hub.hub.store.tables;
    const trail = await on.hub.hub.store.db.select().from(audit).orderBy(audit.position);
    expect(trail.filter(({ subject }) => subject === no.body.id).map(({ action }) => action)).toEqual([
      'intent.record',
      'intent.refuse',
    ]);
  });

  test('the core misses none that was approved late, however far it has read, and needs nobody to be there [S2-36]', async () => {
    const [slow, quick] = [await on.hub.account(['rfps:create']), await on.hub.account(['rfps:create'])];
    await approve(`account:${quick.id}`);
    const late = await post(slow.token, wish());
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) ids.push((await post(quick.token, wish())).body.id);
    await arrives(ids.at(-1)!);
    const { after } = await seen();
    await approve(`account:${slow.id}`);
    await arrives(late.body.id, after);
    const all = (await seen()).rows.map((row) => row.id);
    expect(new Set(all).size).toBe(all.length);
    expect(all.filter((id) => ids.includes(id))).toEqual(ids);
  });

  test('an accepted one comes back as an event that names it', async () => {
    const mine = await on.hub.account(['rfps:create', 'rfps:read']);
    await approve(`account:${mine.id}`);
    const { body } = await post(mine.token, wish());
    const event = eventFor([mine.id], { type: 'rfp.created' });
    Object.assign(event['data'], { intent_id: body.id, external_ref: body.external_ref });
    event['subject'] = `rfps/${event['data'].rfp_id}`;
    expect((await on.hub.call('POST', '/v1/events', await on.hub.service(), event)).body.status).toBe(
      'accepted',
    );
    const read = await on.hub.call('GET', `/v1/rfps/${event['data'].rfp_id}`, mine.token);
    expect(read.body.data).toMatchObject({ intent_id: body.id, external_ref: body.external_ref });
  });
}
