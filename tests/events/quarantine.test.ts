import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hubCaller, redrive, redriveKind } from '../../src/events/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

describe('quarantine', () => {
  const state = {} as { hub: TestHub; sink: Sink; publisher: string };
  beforeAll(async () => {
    state.hub = await startTestHub();
    state.sink = await startSink();
    state.publisher = await state.hub.service();
  });
  afterAll(async () => {
    await state.hub.stopAndForget();
    await state.sink.close();
  });

  const call = (method: string, path: string, token: string | null, body?: unknown) =>
    state.hub.call(method, path, token, body);
  const subscribe = async (token: string, path: string) => {
    const endpoint = { type: 'webhook', url: `${state.sink.origin}/${path}` };
    const made = await call('POST', '/v1/subscriptions', token, { endpoint, event_types: ['booking.*'] });
    expect(made.status).toBe(201);
  };
  const receivedAt = (path: string) => state.sink.received.filter((one) => one.path === `/${path}`);
  /** A valid event, and the same with a required field missing, as it was published. */
  const publishBroken = async (audience: string[], over: Record<string, unknown> = {}) => {
    const good = eventFor(audience, over);
    const { confirmed_at: _, ...data } = good['data'] as Record<string, unknown>;
    const published = await call('POST', '/v1/events', state.publisher, { ...good, data });
    expect(published.body).toMatchObject({ status: 'quarantined' });
    return { id: published.body.id as string, good, sequence: published.body.sequence as number };
  };
  const deliveriesOf = async (id: string) => {
    const { store } = state.hub.hub;
    const { deliveries, events } = store.tables;
    const [event] = (await store.db.select().from(events)).filter((one) => one.id === id);
    return (await store.db.select().from(deliveries)).filter((d) => d.eventPosition === event!.position);
  };

  test('an event that breaks its schema is kept, listed with its reasons, and delivered to nobody [S1-02]', async () => {
    const account = await state.hub.account();
    await subscribe(account.token, 'nobody');
    const { id, sequence } = await publishBroken([account.id]);

    const listed = await call('GET', '/v1/quarantine?limit=1', state.publisher);
    expect(listed.status).toBe(200);
    expect(listed.body.data).toHaveLength(1);
    expect(listed.body.data[0]).toMatchObject({ id, type: 'booking.confirmed', sequence });
    expect(listed.body.data[0].reasons[0]).toMatchObject({ pointer: '/confirmed_at' });
    expect(listed.body.data[0]).not.toHaveProperty('data');

    const one = await call('GET', `/v1/quarantine/${id}`, state.publisher);
    expect(one.body.data).not.toHaveProperty('confirmed_at');
    expect(JSON.parse(one.body.receipt.body as string)).toMatchObject({ type: 'booking.confirmed' });
    expect(await deliveriesOf(id)).toHaveLength(0);
    expect(receivedAt('nobody')).toHaveLength(0);
  });

  test('pages go on from the cursor, newest first', async () => {
    const account = await state.hub.account();
    const ids = [];
    for (let i = 0; i < 3; i++) ids.unshift((await publishBroken([account.id])).id);
    const first = await call('GET', '/v1/quarantine?limit=2', state.publisher);
    const second = await call(
      'GET',
      `/v1/quarantine?limit=2&after=${first.body.next_cursor}`,
      state.publisher,
    );
    const seen = [...first.body.data, ...second.body.data].map((one: { id: string }) => one.id);
    expect(seen.slice(0, 3)).toEqual(ids);
  });

  test('mended data is accepted, delivered once, under the old sequence number', async () => {
    const account = await state.hub.account();
    await subscribe(account.token, 'mended');
    const { id, good, sequence } = await publishBroken([account.id]);
    const newer = await call('POST', '/v1/events', state.publisher, {
      ...eventFor([account.id]),
      subject: good['subject'],
    });
    expect(newer.body.sequence).toBe(sequence + 1);

    const answer = await call('POST', `/v1/quarantine/${id}/redrive`, state.publisher, {
      data: good['data'],
    });
    expect(answer).toMatchObject({ status: 200, body: { id, status: 'accepted', sequence } });
    await until('both arrive', () => receivedAt('mended').length === 2);
    const bodies = receivedAt('mended').map((one) => JSON.parse(one.body) as Record<string, unknown>);
    expect(bodies.find((body) => body['id'] === id)).toMatchObject({ sequence });
    expect((await call('GET', `/v1/quarantine/${id}`, state.publisher)).status).toBe(404);
  });

  test('whoever subscribed while it lay in quarantine gets it when it is accepted', async () => {
    const account = await state.hub.account();
    const { id, good } = await publishBroken([account.id]);
    await subscribe(account.token, 'later');
    await call('POST', `/v1/quarantine/${id}/redrive`, state.publisher, { data: good['data'] });
    await until('it arrives', () => receivedAt('later').length > 0);
    expect(receivedAt('later')).toHaveLength(1);
  });

  test('a re-driven event takes a new place in the feed, and no later event takes its place', async () => {
    const account = await state.hub.account();
    const { id, good } = await publishBroken([account.id]);
    const next = await call('POST', '/v1/events', state.publisher, eventFor([account.id]));
    await call('POST', `/v1/quarantine/${id}/redrive`, state.publisher, { data: good['data'] });
    const after = await call('POST', '/v1/events', state.publisher, eventFor([account.id]));
    const { store } = state.hub.hub;
    const { events, feed } = store.tables;
    const rows = await store.db.select().from(events);
    const positionOf = (one: string) => rows.find((row) => row.id === one)!.position;
    const places = [next.body.id, id, after.body.id].map(positionOf);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(new Set(places).size).toBe(3);
    const seen = (await store.db.select().from(feed)).filter((row) => row.accountId === account.id);
    expect(seen.map((row) => row.eventPosition)).toEqual(places);
  });

  test('an old event does not overwrite the newer state of its booking', async () => {
    const account = await state.hub.account();
    const { id, good } = await publishBroken([account.id]);
    const data = { ...(good['data'] as object), confirmed_at: '2026-12-01T10:00:00.000Z' };
    await call('POST', '/v1/events', state.publisher, { ...good, data });
    await call('POST', `/v1/quarantine/${id}/redrive`, state.publisher, { data: good['data'] });
    const { store } = state.hub.hub;
    const { entities, events } = store.tables;
    const rows = await store.db
      .select({ entityId: entities.entityId, data: events.data })
      .from(entities)
      .innerJoin(events, eq(events.position, entities.eventPosition));
    const booking = (good['data'] as { booking_id: string }).booking_id;
    expect(rows.find((row) => row.entityId === booking)?.data).toMatchObject(data);
  });

  test('two re-drives at the same moment accept and deliver once', async () => {
    const account = await state.hub.account();
    await subscribe(account.token, 'race');
    const { id, good } = await publishBroken([account.id]);
    const { hub } = state.hub;
    const ctx = { ...hub, caller: hubCaller('live'), requestId: 'req_race' };
    const data = good['data'] as Record<string, unknown>;
    const answers = await Promise.allSettled([
      redrive(ctx, id, { data }),
      redrive(ctx, id, { data }),
      redrive(ctx, id, { data }),
    ]);
    expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'state_conflict' });
    await until('it arrives', () => receivedAt('race').length === 1);
    expect(await deliveriesOf(id)).toHaveLength(1);
    const { feed, tasks, audit } = hub.store.tables;
    const ofAccount = (await hub.store.db.select().from(feed)).filter((row) => row.accountId === account.id);
    expect(ofAccount).toHaveLength(1);
    expect((await hub.store.db.select().from(tasks)).filter((row) => row.subject === id)).toHaveLength(1);
    expect((await hub.store.db.select().from(audit)).filter((row) => row.subject === id)).toHaveLength(1);
  });

  test('a re-drive of many that two workers do at once accepts and delivers each event once', async () => {
    const account = await state.hub.account();
    await subscribe(account.token, 'many');
    const { hub } = state.hub;
    const { events, feed, tasks } = hub.store.tables;
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { id, good } = await publishBroken([account.id], { city: 'el-paso' });
      const data = good['data'] as Record<string, unknown>;
      await hub.store.write((db) => [db.update(events).set({ data }).where(eq(events.id, id))]);
      ids.push(id);
    }
    const payload = { env: 'live', type: null, reason: 'schema:/confirmed_at', publisher: null };
    const [last] = await hub.store.db
      .select()
      .from(events)
      .where(eq(events.id, ids[2] ?? ''));
    const task = {
      id: 'tsk_twice',
      cursor: null,
      payload: { ...payload, through: last?.position, asked: 3, tokenId: 'cli', userId: null },
    } as unknown as Parameters<ReturnType<typeof redriveKind>>[0];
    // Both have read before either writes.
    const chunks = [await redriveKind(hub)(task), await redriveKind(hub)(task)];
    for (const chunk of chunks) await hub.store.write((db) => [...chunk.statements(db)]);
    await chunks[0]?.after?.();
    await until('all arrive', () => receivedAt('many').length === 3);
    expect(chunks[0]?.isLast).toBe(true);
    for (const id of ids) expect(await deliveriesOf(id)).toHaveLength(1);
    const ofAccount = (await hub.store.db.select().from(feed)).filter((row) => row.accountId === account.id);
    expect(ofAccount).toHaveLength(3);
    const expansions = (await hub.store.db.select().from(tasks)).filter((row) => ids.includes(row.subject));
    expect(expansions).toHaveLength(3);
  });

  test('what is still wrong answers 422 with pointers and stays', async () => {
    const { id } = await publishBroken([(await state.hub.account()).id]);
    const answer = await call('POST', `/v1/quarantine/${id}/redrive`, state.publisher);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([{ pointer: '/data/confirmed_at' }]);
    const version = await call('POST', `/v1/quarantine/${id}/redrive`, state.publisher, {
      schema_version: 99,
    });
    expect(version.body.errors).toMatchObject([{ pointer: '/schema_version' }]);
    expect((await call('GET', `/v1/quarantine/${id}`, state.publisher)).status).toBe(200);
  });

  test('refusals: 401 without a token, 403 without the scope, 404 for none, 409 twice', async () => {
    const account = await state.hub.account();
    const { id, good } = await publishBroken([account.id]);
    const path = `/v1/quarantine/${id}/redrive`;
    expect((await call('GET', '/v1/quarantine', null)).status).toBe(401);
    expect((await call('GET', '/v1/quarantine', account.token)).status).toBe(403);
    expect((await call('POST', path, account.token, {})).status).toBe(403);
    expect((await call('POST', '/v1/quarantine/evt_none/redrive', state.publisher, {})).status).toBe(404);
    expect((await call('GET', '/v1/quarantine?after=xyz', state.publisher)).status).toBe(400);
    expect((await call('POST', path, state.publisher, { data: good['data'] })).status).toBe(200);
    expect((await call('POST', path, state.publisher, { data: good['data'] })).status).toBe(409);
  });
});
