import { eq, like } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addMember, raiseVersion, revoke, suspend } from '../../src/access/index.ts';
import { openCase } from '../../src/cases/index.ts';
import { encodeCursor } from '../../src/columns/index.ts';
import { createApp, createPartner, hashNetwork } from '../../src/oauth/index.ts';
import { appGrant } from '../events/app-grant.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { addStaff, type Browser, browserOf } from '../harness/staff.ts';

/** What staff look up, on a hub of any store. */
export function inquirySuite(environment: () => Promise<Record<string, string>>): void {
  const state = {} as {
    hub: TestHub;
    sink: Sink;
    security: Browser;
    account: Awaited<ReturnType<TestHub['account']>>;
    app: Awaited<ReturnType<typeof appGrant>>;
    userId: string;
    subscription: string;
    caseId: string;
  };
  const get = (path: string, by = state.security) => by.call('GET', `/admin/v1/${path}`);
  const find = async (q: string, by = state.security) =>
    (await get(`search?q=${encodeURIComponent(q)}`, by)).body;
  const found = async (q: string, by = state.security): Promise<string[]> =>
    (await find(q, by)).data.map((one: { kind: string; id: string }) => `${one.kind} ${one.id}`);
  const trail = async (subject: string) => {
    const { audit } = state.hub.hub.store.tables;
    return state.hub.hub.store.db
      .select()
      .from(audit)
      .where(eq(audit.subject, subject))
      .orderBy(audit.position);
  };

  beforeAll(async () => {
    state.sink = await startSink();
    state.hub = await startTestHub(await environment());
    const { hub } = state.hub;
    state.account = await state.hub.account(['bookings:read', 'webhooks:manage', 'tokens:manage']);
    const { id } = state.account;
    state.app = await appGrant(state.hub, id, ['bookings:read']);
    state.userId = await addMember(hub, 'test', { accountId: id, userName: 'Ana Luna', role: 'owner' });
    const { users, accounts } = hub.store.tables;
    await hub.store.write((db) => [
      db.update(users).set({ email: 'Ana.Luna@example.com' }).where(eq(users.id, state.userId)),
      db.update(accounts).set({ name: 'Taqueria Luna 100%' }).where(eq(accounts.id, id)),
    ]);
    const wish = {
      endpoint: { type: 'webhook', url: `${state.sink.origin}/calendar` },
      event_types: ['booking.*'],
    };
    const made = await state.hub.call('POST', '/v1/subscriptions', state.account.token, wish);
    state.subscription = made.body.id;
    const publisher = await state.hub.service();
    await state.hub.call('POST', `/v1/subscriptions/${state.subscription}/test`, state.account.token);
    for (let i = 0; i < 4; i++) await state.hub.call('POST', '/v1/events', publisher, eventFor([id]));
    await until('all has been sent', () => state.sink.received.length >= 5);
    await hub.store.write((db) => [
      openCase(db, hub, {
        kind: 'refresh_reuse',
        subject: `grant:${state.app.grantId}`,
        evidence: { generation: 3 },
      }),
    ]);
    const [one] = await hub.store.db.select().from(hub.store.tables.cases);
    state.caseId = one?.id ?? '';
    await hub.usage.flush();
    state.security = await browserOf(state.hub, await addStaff(hub, ['security']));
  });
  afterAll(async () => {
    await state.hub?.stopAndForget();
    await state.sink?.close();
  });

  test('the whole trail is read by time, page by page, and that it was read is in it [S2-30]', async () => {
    const { account } = state;
    const all: { position: number; at: string; action: string; account: string | null; subject: string }[] =
      [];
    const until = new Date().toISOString();
    for (let after = ''; ;) {
      const { status, body } = await get(`audit?limit=7&until=${until}&after=${after}`);
      expect(status).toBe(200);
      all.push(...body.data);
      if (body.next_cursor === null) break;
      after = body.next_cursor;
    }
    const { audit } = state.hub.hub.store.tables;
    const rows = await state.hub.hub.store.db.select().from(audit).orderBy(audit.at, audit.position);
    const before = rows.filter(({ at }) => at < new Date(until));
    expect(all.map(({ position }) => position)).toEqual(before.map(({ position }) => position));
    expect(rows.at(-1)).toMatchObject({ action: 'look.audit', actor: expect.stringMatching(/^staff:usr_/) });
    const own = (await get(`audit?limit=100&account=${account.id}`)).body.data as typeof all;
    expect(own.map(({ action }) => action)).toContain('subscription.create');
    expect(own.filter((row) => row.account !== account.id && !row.subject.endsWith(account.id))).toEqual([]);
    const [first, second] = [rows[0]?.at.toISOString() ?? '', rows[1]?.at.toISOString() ?? ''];
    expect((await get(`audit?since=${first}&until=${first}`)).body).toEqual({ data: [], next_cursor: null });
    expect((await get(`audit?limit=1&since=${second}`)).body.data[0].at).toBe(second);
    for (const wrong of ['since=yesterday', 'account=Luna', 'until=2026-13-01T00:00:00Z', 'limit=0'])
      expect((await get(`audit?${wrong}`)).body.code, wrong).toBe('invalid_parameter');
    for (const made of [
      ['audit', -1, 1],
      ['audit', 9e15, 1],
      ['timeline', 1, 1],
    ] as const)
      expect((await get(`audit?after=${encodeCursor(made[0], [made[1], made[2]])}`)).body.code).toBe(
        'invalid_cursor',
      );
    const support = await browserOf(state.hub, await addStaff(state.hub.hub, ['support']));
    expect((await get('audit', support)).status).toBe(403);
    expect((await state.hub.call('GET', '/admin/v1/audit', account.token)).status).toBe(403);
  });

  test('everything is found by its id, with where to look on', async () => {
    const { account, app, userId, subscription, caseId, security } = state;
    const [event] = await state.hub.hub.store.db.select().from(state.hub.hub.store.tables.events);
    const delivery = String(state.sink.received[0]?.headers['webhook-id']);
    const expected: [string, string, object | null][] = [
      [account.tokenId, 'token', { level: 'token', id: account.tokenId }],
      [account.grantId, 'grant', { level: 'grant', id: account.grantId }],
      [userId, 'user', { level: 'user', id: userId }],
      [app.appId, 'app', { level: 'app', id: app.appId }],
      [app.partnerId, 'partner', { level: 'partner', id: app.partnerId }],
      [account.id, 'account', { level: 'account', id: account.id }],
      [subscription, 'subscription', { level: 'grant', id: account.grantId }],
      [delivery, 'delivery', { level: 'grant', id: account.grantId }],
      [event?.id ?? '', 'event', null],
      [caseId, 'case', { level: 'grant', id: app.grantId }],
      [security.sessionId, 'session', { level: 'user', id: expect.stringMatching(/^usr_/) }],
    ];
    for (const [id, kind, at] of expected)
      expect(await find(id)).toMatchObject({ read_as: 'id', data: [{ kind, id, matched: 'id', at }] });
    expect(await found('tok_01kam0000000000000000000zz')).toEqual([]);
  });

  test('people and organisations are found by the beginning of a name in any case, and by e-mail', async () => {
    const { account, userId } = state;
    for (const q of ['Taqueria', 'TAQUERIA LUNA', 'taqueria luna 100%'])
      expect(await found(q), q).toEqual([`account ${account.id}`]);
    expect(await found('ana l')).toEqual([`user ${userId}`]);
    expect(await found('ANA.LUNA@EXAMPLE.COM')).toEqual([`user ${userId}`]);
    expect(await found('App')).toContain(`app ${state.app.appId}`);
    expect(await found('Partner')).toContain(`partner ${state.app.partnerId}`);
    // `%` and `_` are letters like others.
    expect(await found('taqueria_luna')).toEqual([]);
    expect(await found('%luna')).toEqual([]);
  });

  test('endpoints are found by host, address and the beginning of their own address', async () => {
    const one = [`subscription ${state.subscription}`];
    expect(await found('127.0.0.1')).toEqual(one);
    expect(await found(`${state.sink.origin}/cal`)).toEqual(one);
    expect(await found(`${state.sink.origin}/other`)).toEqual([]);
    expect((await get('search?q=300.1.2.3')).status).toBe(400);
  });

  test('a token is found by the network that it was last renewed from', async () => {
    const { hub } = state.hub;
    const network = hashNetwork(hub, '198.51.100.7');
    await hub.store.write((db) => [
      db.insert(hub.store.tables.refreshes).values({ id: state.account.tokenId, generation: 1, network }),
    ]);
    expect(await found('198.51.100.9')).toEqual([`token ${state.account.tokenId}`]);
    expect(await found('198.51.101.9')).toEqual([]);
  });

  test('a token or a secret is refused with where to put it, and is in no log and no trail', async () => {
    const { token } = state.account;
    for (const q of [
      token,
      ` ${token} `,
      `see ${token.slice(0, 20)}`,
      'whsec_C2FVsBQIhrscChlQIMV',
      token.toUpperCase(),
    ]) {
      const { status, body } = await get(`search?q=${encodeURIComponent(q)}`);
      expect(status, q.slice(0, 8)).toBe(400);
      expect(body.detail).toContain('Paste it into the form');
    }
    expect(state.hub.log.lines.join('\n')).not.toContain(token.slice(12));
    expect(JSON.stringify(await trail('search'))).not.toContain(token.slice(12));
  });

  test('what is searched for by name or e-mail is nowhere in the trail; who searched, and what was found, is', async () => {
    await find('ana.luna@example.com');
    const rows = await trail('search');
    expect(JSON.stringify(rows).toLowerCase()).not.toContain('ana.luna');
    expect(rows.at(-1)).toMatchObject({
      action: 'look.search',
      actor: expect.stringMatching(/^staff:usr_/),
      requestId: expect.stringMatching(/^req_/),
      detail: { as: 'email', found: [state.userId], by: state.security.sessionId },
    });
  });

  test('only what a permission shows is found: ops see no people, finance no cases', async () => {
    const { hub } = state.hub;
    const [ops, finance] = await Promise.all(
      (['ops', 'finance'] as const).map(async (role) =>
        browserOf(state.hub, await addStaff(hub, [role], role)),
      ),
    );
    for (const q of ['ana l', 'taqueria', state.userId, state.account.id, 'ana.luna@example.com'])
      expect(await found(q, ops)).toEqual([]);
    expect(await found(state.account.tokenId, ops)).toHaveLength(1);
    expect(await found(state.caseId, finance)).toEqual([]);
  });

  test('people are masked by default; an elevation shows them, and each such look names it [S1-14]', async () => {
    const support = await browserOf(state.hub, await addStaff(state.hub.hub, ['support'], 'Kim Doe'));
    const path = `users/${state.userId}`;
    const masked = (await get(path, support)).body;
    expect(masked).toMatchObject({ title: 'A…', masked: true, facts: { email: 'A…@…' } });
    expect((await get(`accounts/${state.account.id}`, support)).body.below.members.newest[0].title).toBe(
      'A…',
    );
    expect((await find('ana l', support)).data[0].title).toBe('A…');
    const { body: elevation } = await support.elevate('people:unmask');
    const plain = (await get(path, support)).body;
    expect(plain).toMatchObject({
      title: 'Ana Luna',
      masked: false,
      facts: { email: 'Ana.Luna@example.com' },
    });
    expect((await trail(state.userId)).at(-1)).toMatchObject({
      action: 'look.user',
      actor: expect.stringMatching(/^staff:usr_/),
      detail: { unmasked: elevation.id, by: support.sessionId },
    });
    await support.call('DELETE', `/admin/v1/elevations/${elevation.id}`);
    expect((await get(path, support)).body.masked).toBe(true);
  });

  test('a record says what it is, who made it, and what hangs below', async () => {
    const { account, app, userId } = state;
    const token = (await get(`tokens/${account.tokenId}`)).body;
    expect(token).toMatchObject({
      level: 'token',
      title: 'test',
      standing: { state: 'active', because: null },
      made: { by: 'test' },
      facts: { kind: 'k', account: account.id, grant: account.grantId },
      below: { subscriptions: { count: 1, at_least: false, newest: [{ id: state.subscription }] } },
    });
    expect(JSON.stringify(token)).not.toContain('hash');
    expect((await get(`grants/${app.grantId}`)).body).toMatchObject({
      title: 'Taqueria Luna 100% → App',
      facts: { app: app.appId, partner: app.partnerId },
      below: { tokens: { count: 1 } },
    });
    expect((await get(`apps/${app.appId}`)).body.below).toMatchObject({
      grants: { count: 1 },
      tokens: { count: 1 },
    });
    expect((await get(`partners/${app.partnerId}`)).body.below).toMatchObject({
      apps: { count: 1 },
      tokens: { count: 1 },
    });
    expect((await get(`accounts/${account.id}`)).body).toMatchObject({
      title: 'Taqueria Luna 100%',
      below: { members: { count: 1 }, grants: { count: 2 }, subscriptions: { count: 1 } },
    });
    expect((await get(`users/${userId}`)).body).toMatchObject({
      made: { by: 'test' },
      facts: { accounts: [{ id: account.id, role: 'owner' }], staff_roles: [] },
    });
    expect((await get('tokens/tok_01kam0000000000000000000zz')).status).toBe(404);
  });

  test('a record says which level suspends or revokes it', async () => {
    const { hub } = state.hub;
    const other = await appGrant(state.hub, state.account.id, ['bookings:read']);
    await suspend(hub, { level: 'app', id: other.appId, reason: 'odd traffic', actor: 'test' });
    expect((await get(`grants/${other.grantId}`)).body.standing).toMatchObject({
      state: 'suspended',
      because: { of: `app:${other.appId}`, reason: 'odd traffic', since: expect.any(String) },
    });
    expect((await get(`apps/${other.appId}`)).body.standing.state).toBe('suspended');
    await revoke(hub, { level: 'partner', id: other.partnerId, reason: 'abuse', actor: 'test' });
    expect((await get(`grants/${other.grantId}`)).body.standing).toMatchObject({
      state: 'revoked',
      because: { of: `partner:${other.partnerId}`, reason: 'abuse' },
    });
    expect((await get(`partners/${other.partnerId}`)).body.standing.epochs).toMatchObject([{ now: 1 }]);
  });

  /** Every page of a timeline, three entries each. */
  const pages = async (path: string, kinds = 'deed,delivery,use,case') => {
    const entries: { kind: string; at: string; what: string; subject: string; actor: string | null }[] = [];
    for (let after = '', i = 0; i < 50; i++) {
      const { status, body } = await get(
        `${path}/timeline?limit=3&kinds=${kinds}&after=${encodeURIComponent(after)}`,
      );
      expect(status).toBe(200);
      entries.push(...body.data);
      if (body.next_cursor === null) return entries;
      after = body.next_cursor;
    }
    throw new Error('a timeline without an end');
  };

  test('a timeline is one order of deeds, deliveries and use, each once, however it is paged', async () => {
    const { account } = state;
    const entries = await pages(`accounts/${account.id}`);
    const whole = (await get(`accounts/${account.id}/timeline?limit=100`)).body.data;
    expect(entries).toEqual(whole);
    expect(new Set(entries.map(({ kind }) => kind))).toEqual(new Set(['deed', 'delivery', 'use']));
    expect(entries.filter(({ kind }) => kind === 'delivery')).toHaveLength(5);
    expect(entries.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['account.create', 'token.create', 'subscription.create', 'delivered']),
    );
    const times = entries.map(({ at }) => at);
    expect(times).toEqual(times.toSorted().toReversed());
    const grant = await pages(`grants/${account.grantId}`);
    expect(grant.filter(({ kind }) => kind === 'delivery')).toHaveLength(5);
    expect(grant.map(({ what }) => what)).toContain('subscription.create');
    const token = await pages(`tokens/${account.tokenId}`, 'deed,delivery');
    expect(token.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['token.create', 'subscription.create']),
    );
    expect(token.filter(({ kind }) => kind === 'delivery')).toHaveLength(5);
  });

  test('the timeline of a grant has what an app-wide subscription sent under it, and nothing of its neighbour', async () => {
    const [one, other] = [await state.hub.account(), await state.hub.account()];
    const app = await appGrant(state.hub, one.id, ['bookings:read', 'webhooks:manage']);
    const wish = {
      owner: 'app',
      endpoint: { type: 'webhook', url: `${state.sink.origin}/app` },
      event_types: ['booking.*'],
    };
    expect((await state.hub.call('POST', '/v1/subscriptions', app.token, wish)).status).toBe(201);
    const { store, ids } = state.hub.hub;
    const { grants } = store.tables;
    const [row] = await store.db.select().from(grants).where(eq(grants.id, app.grantId));
    const neighbour = ids.newId('grt');
    const { account: _, ...epochs } = row?.epochs ?? {};
    await store.write((db) => [
      db
        .insert(grants)
        .values({ ...row!, id: neighbour, accountId: other.id, epochs, createdAt: new Date() }),
      ...raiseVersion(db, state.hub.hub, { accountId: other.id }),
    ]);
    const publisher = await state.hub.service();
    for (const { id } of [one, other, other])
      await state.hub.call('POST', '/v1/events', publisher, eventFor([id]));
    const sent = async (path: string) => (await pages(path, 'delivery')).length;
    await until('all has been written down', async () => (await sent(`apps/${app.appId}`)) === 3);
    expect(await sent(`grants/${app.grantId}`)).toBe(1);
    expect(await sent(`grants/${neighbour}`)).toBe(2);
  });

  test('a timeline tells of cases and, when asked, of who looked', async () => {
    const { app } = state;
    expect(await pages(`grants/${app.grantId}`, 'case')).toMatchObject([
      { what: 'refresh_reuse', subject: state.caseId },
    ]);
    await get(`grants/${app.grantId}`);
    const looks = await pages(`grants/${app.grantId}`, 'look');
    expect(looks.length).toBeGreaterThan(0);
    for (const look of looks)
      expect(look).toMatchObject({ kind: 'look', actor: expect.stringMatching(/^staff:/) });
    expect((await pages(`grants/${app.grantId}`)).some(({ kind }) => kind === 'look')).toBe(false);
    const own = await pages(`users/${await ownId()}`, 'look');
    expect(own.length).toBeGreaterThan(5);
    const refused = await get(`grants/${app.grantId}/timeline?kinds=rumours`);
    expect(refused.status).toBe(400);
    const madeUp = [
      'nonsense',
      encodeCursor('timeline', ['1.5', '', '', '', '']),
      encodeCursor('timeline', ['', '', '-1', '', '']),
      encodeCursor('timeline', ['', '', '', '\0', '']),
      encodeCursor('timeline', ['', '', '', '', '\0']),
      encodeCursor('cases', ['cas_1']),
    ];
    for (const after of madeUp)
      expect((await get(`grants/${app.grantId}/timeline?after=${after}`)).body.code).toBe('invalid_cursor');
    expect((await get(`cases?after=${encodeCursor('cases', ['\0'])}`)).body.code).toBe('invalid_cursor');
    expect((await get('search?q=%00%00')).status).toBe(400);
  });
  const ownId = async (): Promise<string> => (await get('me')).body.id as string;

  test('each look leaves its row in the trail, of who looked and in which request', async () => {
    const { account, app, userId, caseId } = state;
    const { audit } = state.hub.hub.store.tables;
    const looks = async () =>
      state.hub.hub.store.db.select().from(audit).where(like(audit.action, 'look.%')).orderBy(audit.position);
    const paths: [string, string, string][] = [
      ['search?q=nobody', 'look.search', 'search'],
      [`tokens/${account.tokenId}`, 'look.token', account.tokenId],
      [`grants/${app.grantId}`, 'look.grant', app.grantId],
      [`users/${userId}`, 'look.user', userId],
      [`apps/${app.appId}`, 'look.app', app.appId],
      [`partners/${app.partnerId}`, 'look.partner', app.partnerId],
      [`accounts/${account.id}`, 'look.account', account.id],
      [`users/${userId}/timeline`, 'look.timeline', userId],
      [`users/${userId}/behaviour`, 'look.behaviour', userId],
      [`partners/${app.partnerId}/reviews`, 'look.partner', app.partnerId],
      ['partners', 'look.partners', 'partners'],
      ['cases', 'look.cases', 'cases'],
      [`cases/${caseId}`, 'look.case', caseId],
    ];
    for (const [path, action, subject] of paths) {
      const before = (await looks()).length;
      const { status, headers } = await get(path);
      const after = await looks();
      expect([path, status, after.length - before]).toEqual([path, 200, 1]);
      const requestId = headers.get('x-request-id');
      expect(after.at(-1)).toMatchObject({ action, subject, requestId, actor: `staff:${await ownId()}` });
    }
  });

  test('a day is compared with the days before it, in numbers and words', async () => {
    const { hub } = state.hub;
    const holder = `app:${state.app.appId}`;
    const day = (i: number) => new Date(hub.clock.ms() - i * 86_400_000).toISOString().slice(0, 10);
    const row = (i: number, reads: number) => ({
      id: `${day(i)} ${holder}`,
      day: day(i),
      holder,
      reads,
      writes: 0,
      creates: 0,
      units: reads,
      refused: 0,
      theirs: 0,
      delivered: 10,
      failed: 0,
    });
    await hub.store.write((db) => [
      db
        .insert(hub.store.tables.usageDays)
        .values([row(0, 1_000_000_000), ...Array.from({ length: 14 }, (_, i) => row(i + 1, 10_000_000))]),
    ]);
    const { body } = await get(`apps/${state.app.appId}/behaviour`);
    const [calls] = body.compared;
    expect(body.days_known).toBe(14);
    expect(calls).toMatchObject({ measure: 'calls', now: 1_000_000_000, usual_day: 10_000_000 });
    expect(calls.words).toContain('1,000,000,000 calls today so far; usually about');
    expect(body.days).toHaveLength(15);
    expect(body.days.at(-1)).toMatchObject({ day: day(0), calls: 1_000_000_000, delivered: 10 });
    expect(body.days[0]).toMatchObject({ day: day(14), calls: 10_000_000, refused: 0, failed: 0 });
    for (const path of ['grants', 'users', 'partners'] as const) {
      const id = { grants: state.account.grantId, users: state.userId, partners: state.app.partnerId }[path];
      expect((await get(`${path}/${id}/behaviour`)).status).toBe(200);
    }
  });

  test('cases are listed, read and closed, and the trail says by whom', async () => {
    expect((await get('cases')).body.data).toMatchObject([{ id: state.caseId, state: 'open' }]);
    expect((await get(`cases/${state.caseId}`)).body).toMatchObject({ evidence: { generation: 3 } });
    const close = () =>
      state.security.call('POST', `/admin/v1/cases/${state.caseId}/close`, { note: 'a restored phone' });
    const answers = await Promise.all(Array.from({ length: 5 }, close));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 404, 404, 404, 404]);
    expect((await trail(state.caseId)).filter(({ action }) => action === 'case.close')).toMatchObject([
      { actor: `staff:${await ownId()}`, detail: { note: 'a restored phone' } },
    ]);
    expect((await get('cases')).body.data).toEqual([]);
    expect((await get('cases?state=closed')).body.data).toHaveLength(1);
  });

  test('what was kept back is counted and tried; all that fits is re-driven at once, and what that brought is told', async () => {
    const { hub, account } = state;
    const { events, audit } = hub.hub.store.tables;
    const ops = await browserOf(hub, await addStaff(hub.hub, ['ops']));
    const publisher = await hub.service();
    const kept: { id: string; sequence: number; data: Record<string, unknown> }[] = [];
    for (let i = 0; i < 3; i++) {
      const good = eventFor([account.id]);
      const { confirmed_at: _, ...data } = good['data'] as Record<string, unknown>;
      const { body } = await hub.call('POST', '/v1/events', publisher, { ...good, data });
      kept.push({ id: body.id, sequence: body.sequence, data: good['data'] as Record<string, unknown> });
    }
    const strange = await hub.call('POST', '/v1/events', publisher, {
      ...eventFor([account.id]),
      type: 'booking.dreamt',
    });
    const counts = (await get('quarantine/counts', ops)).body;
    expect(counts).toMatchObject({
      total: 4,
      at_least: false,
      types: [
        { type: 'booking.confirmed', count: 3 },
        { type: 'booking.dreamt', count: 1 },
      ],
      publishers: [{ label: 'core', count: 4 }],
    });
    expect(counts.reasons).toContainEqual({ code: 'schema', pointer: '/confirmed_at', count: 3 });
    const listed = async (query: string): Promise<string[]> =>
      (await get(`quarantine?${query}`, ops)).body.data.map(({ id }: { id: string }) => id);
    expect(await listed('reason=unknown_type')).toEqual([strange.body.id]);
    expect(await listed('reason=schema:/confirmed_at&limit=2')).toEqual([kept[2]?.id, kept[1]?.id]);
    expect(await listed(`publisher=${counts.publishers[0].token}&type=booking.dreamt`)).toHaveLength(1);
    expect(await listed('env=test')).toEqual([]);

    // As if the catalogue had been mended: two of them are now what it says.
    for (const { id, data } of kept.slice(0, 2))
      await hub.hub.store.write((db) => [db.update(events).set({ data }).where(eq(events.id, id))]);
    expect((await get(`quarantine/${kept[0]?.id}`, ops)).body).toMatchObject({ now: [], data: null });
    const preview = (await get('quarantine/redrives/preview?env=live&type=booking.confirmed', ops)).body;
    expect(preview).toMatchObject({ count: 3, at_least: false, checked: 3, passing: 2 });
    const before = state.sink.received.length;
    const begun = await ops.call('POST', '/admin/v1/quarantine/redrives', {
      env: 'live',
      type: 'booking.confirmed',
      through: preview.through,
    });
    expect(begun).toMatchObject({ status: 202, body: { asked: 3 } });
    const { id: task } = begun.body;
    await until('both have arrived', () => state.sink.received.length === before + 2);
    const ended = (await get(`quarantine/redrives/${task}`, ops)).body;
    expect(ended).toMatchObject({ state: 'done', accepted: 2, stayed: 1, brought: { matching: 0 } });
    const made = (ended.brought.deliveries as { count: number }[]).reduce((sum, { count }) => sum + count, 0);
    expect(made).toBe(2);
    expect((await get(`quarantine/${kept[1]?.id}`, ops)).body).toMatchObject({
      state: 'accepted',
      sequence: kept[1]?.sequence,
      by: ended.by,
    });
    const rows = await hub.hub.store.db.select().from(audit).where(eq(audit.requestId, task));
    expect(rows.map(({ subject }) => subject).toSorted()).toEqual(
      kept
        .slice(0, 2)
        .map(({ id }) => id)
        .toSorted(),
    );
    expect(await listed('type=booking.confirmed')).toEqual([kept[2]?.id]);
    const nothing = { env: 'live', type: 'booking.never' };
    expect((await ops.call('POST', '/admin/v1/quarantine/redrives', nothing)).status).toBe(409);
    expect((await get('quarantine/redrives/tsk_01kam0000000000000000000zz', ops)).status).toBe(404);
  });

  test('partners are listed with what waits for a review; the latest counts for what it covers, until it ends', async () => {
    const { hub } = state.hub;
    const partnerId = await createPartner(hub, 'test', 'Lens & Co');
    await createApp(hub, 'test', {
      partnerId,
      name: 'Lens',
      env: 'live',
      kind: 'public',
      redirectUris: ['https://lens.example/back'],
      scopes: ['bookings:read', 'money:read', 'rfps:create'],
    });
    const waiting = async (): Promise<string[] | undefined> =>
      (await get('partners?state=waiting')).body.data.find(({ id }: { id: string }) => id === partnerId)
        ?.uncovered;
    const review = (body: object) =>
      state.security.call('POST', `/admin/v1/partners/${partnerId}/reviews`, {
        outcome: 'passed',
        note: 'looked at',
        ...body,
      });
    expect(await waiting()).toEqual(['rfps:create', 'money:read']);
    expect((await review({ scopes: ['money:read'], reference: 'DPA-7' })).status).toBe(201);
    expect(await waiting()).toEqual(['rfps:create']);
    const { body } = await get(`partners/${partnerId}/reviews`);
    expect(body).toMatchObject({
      reviews: [{ stands: true, scopes: ['money:read'], reference: 'DPA-7' }],
      wanted: [
        { scope: 'rfps:create', covered: false },
        { scope: 'money:read', covered: true },
      ],
      apps: [{ name: 'Lens' }],
    });
    expect((await review({})).status).toBe(201);
    expect(await waiting()).toBeUndefined();
    const { reviews } = hub.store.tables;
    await hub.store.write((db) => [
      db
        .update(reviews)
        .set({ expiresAt: new Date(hub.clock.ms() - 1_000) })
        .where(eq(reviews.partnerId, partnerId)),
    ]);
    expect(await waiting()).toEqual(['rfps:create', 'money:read']);
    expect((await get(`partners/${partnerId}/reviews`)).body.reviews[0].stands).toBe(false);
    expect((await review({ scopes: ['money:read', 'rfps:create'] })).status).toBe(201);
    const withdraw = () =>
      state.security.call('POST', `/admin/v1/partners/${partnerId}/reviews/withdraw`, { note: 'sold' });
    const answers = await Promise.all([withdraw(), withdraw(), withdraw()]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 409, 409]);
    // What was refused or withdrawn waits for nobody.
    expect(await waiting()).toBeUndefined();
    expect((await trail(partnerId)).map(({ action }) => action)).toEqual(
      expect.arrayContaining(['partner.review', 'partner.review_withdraw']),
    );
    for (const wrong of [
      { scopes: ['bookings:read'] },
      { scopes: [] },
      { scopes: ['events:publish', 'no:scope'] },
      { expires_at: '2020-01-01T00:00:00Z' },
      { expires_at: 'tomorrow' },
      { reference: '' },
      { outcome: 'withdrawn' },
    ])
      expect([wrong, (await review(wrong)).status]).toEqual([wrong, 422]);
  });
}
