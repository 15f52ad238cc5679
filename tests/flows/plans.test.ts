import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { startSink, until } from '../harness/sink.ts';

/** The caps above token and grant, the plan's day, and what a caller is told of both. */
describe('levels, plans and usage on a running hub', () => {
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  });
  const hubWith = async (environment: Record<string, string>): Promise<TestHub> => {
    const hub = await startTestHub(environment);
    undo.push(() => hub.stopAndForget());
    return hub;
  };
  /** As the authorization server would have made it: of this person, by this app. */
  const tokenOf = async (
    { hub, account }: TestHub,
    of: { userId: string; appId: string; partnerId: string },
  ) => {
    const made = await account();
    const { tokens } = hub.store.tables;
    await hub.store.write((db) => [
      db
        .update(tokens)
        .set({ ...of, kind: 'k' })
        .where(eq(tokens.id, made.tokenId)),
    ]);
    return made;
  };

  test('a person’s cap holds across apps and grants; the next person has one of their own [S2-50]', async () => {
    const hub = await hubWith({ PATCHBAY_USER_UNITS_PER_MINUTE: '6' });
    const ids = { userId: 'usr_a', appId: 'app_a', partnerId: 'ptr_a' };
    const first = await tokenOf(hub, ids);
    const second = await tokenOf(hub, { ...ids, appId: 'app_b', partnerId: 'ptr_b' });
    const third = await tokenOf(hub, { ...ids, userId: 'usr_b' });
    const told = await hub.call('GET', '/v1/me', first.token);
    expect(told.headers.get('ratelimit-policy')).toBe(
      '"token";q=12000;w=60, "grant";q=24000;w=60, "user";q=6;w=60, "app";q=600000;w=60, "partner";q=1200000;w=60, ' +
        '"day";q=20000000;w=86400',
    );
    for (let i = 0; i < 5; i += 1)
      expect((await hub.call('GET', '/v1/me', (i % 2 ? first : second).token)).status).toBe(200);
    const refused = await hub.call('GET', '/v1/me', second.token);
    expect(refused.body).toMatchObject({ code: 'quota_exceeded', 'violated-policies': ['user'] });
    expect((await hub.call('GET', '/v1/me', third.token)).status).toBe(200);
  });

  test.each([
    ['app', 'PATCHBAY_APP_UNITS_PER_MINUTE'],
    ['partner', 'PATCHBAY_PARTNER_UNITS_PER_MINUTE'],
  ])('one cap for all people of %s [S2-49]', async (level, setting) => {
    const hub = await hubWith({ [setting]: '4' });
    const people = ['usr_a', 'usr_b', 'usr_c'].map((userId) =>
      tokenOf(hub, { userId, appId: 'app_a', partnerId: 'ptr_a' }),
    );
    const [a, b, c] = await Promise.all(people);
    for (const one of [a, b, a, b]) expect((await hub.call('GET', '/v1/me', one!.token)).status).toBe(200);
    expect((await hub.call('GET', '/v1/me', c!.token)).body).toMatchObject({ 'violated-policies': [level] });
    const elsewhere = await hub.account();
    expect((await hub.call('GET', '/v1/me', elsewhere.token)).status).toBe(200);
  });

  test('what creates has a cap of its own; reading and changing go on', async () => {
    const hub = await hubWith({ PATCHBAY_CREATES_PER_MINUTE: '3' });
    const { token } = await hub.account();
    const create = () => hub.call('POST', '/v1/subscriptions', token, {});
    for (let i = 0; i < 3; i += 1) expect((await create()).status).toBe(422);
    const refused = await create();
    expect(refused.status).toBe(429);
    expect(refused.body['violated-policies']).toEqual(['creates']);
    expect((await hub.call('GET', '/v1/subscriptions', token)).status).toBe(200);
  });

  test('a day that is used up ends at midnight, survives a restart, and spends nothing else', async () => {
    const environment = { PATCHBAY_UNITS_PER_DAY: '10' };
    const hub = await hubWith(environment);
    const { token } = await hub.account();
    for (let i = 0; i < 10; i += 1) expect((await hub.call('GET', '/v1/me', token)).status).toBe(200);
    const refused = await hub.call('GET', '/v1/me', token);
    expect(refused).toMatchObject({ status: 429, body: { 'violated-policies': ['day'] } });
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(86_400);
    // Whole but for what came back meanwhile: a call that the day refuses spends nothing else.
    expect(refused.headers.get('ratelimit')).toMatch(
      new RegExp(`^"token";r=1(1|2)\\d{3};t=[01], .*"day";r=0;t=${refused.headers.get('retry-after')}$`),
    );
    await hub.stop();
    const again = await startTestHub({ ...environment, PATCHBAY_DATA: hub.folder });
    undo.push(() => again.stop());
    expect((await again.call('GET', '/v1/me', token)).body).toMatchObject({ 'violated-policies': ['day'] });
    // The marketplace's own has no day.
    expect((await again.call('GET', '/v1/me', await again.service())).status).toBe(200);
  });

  test('usage tells calls by day and class, what is left, and whose limit was hit [S2-38]', async () => {
    const hub = await hubWith({ PATCHBAY_UNITS_PER_DAY: '1000', PATCHBAY_TOKEN_UNITS_PER_MINUTE: '14' });
    const sink = await startSink();
    undo.push(() => sink.close());
    sink.answer((_, response) => void response.writeHead(429).end());
    const { id, token, grantId } = await hub.account();
    const other = await hub.account();
    const made = await hub.call('POST', '/v1/subscriptions', token, {
      endpoint: { type: 'webhook', url: sink.origin },
      event_types: ['booking.*'],
    });
    expect(made.status).toBe(201);
    for (let i = 0; i < 9; i += 1) expect((await hub.call('GET', '/v1/me', token)).status).toBe(200);
    expect((await hub.call('GET', '/v1/me', token)).status).toBe(429);
    const own = await hub.service();
    expect((await hub.call('POST', '/v1/events', own, eventFor([id]))).status).toBe(202);
    await until('the endpoint has refused', () => sink.received.length > 0);
    const { usageDays } = hub.hub.store.tables;
    await until('the refusal is counted', async () => {
      await hub.hub.usage.flush();
      const rows = await hub.hub.store.db.select().from(usageDays);
      return rows.some(({ holder, theirs }) => holder === `grant:${grantId}` && theirs === 1);
    });
    const row = await hub.hub.store.db.select().from(usageDays);
    expect(row.find(({ holder }) => holder === `grant:${grantId}`)).toMatchObject({
      reads: 9,
      writes: 0,
      creates: 1,
      units: 14,
      refused: 1,
      theirs: 1,
    });
    const shown = await hub.call('GET', '/v1/usage?days=2', other.token);
    expect(shown.body).toMatchObject({
      of: `grant:${other.grantId}`,
      plan: { name: 'free', units_per_day: 1_000, units_left_today: 999 },
      days: [{ units: 0 }, { units: 0, limit_hits: { ours: 0, theirs: 0 } }],
    });
    await hub.hub.usage.flush();
    const later = await hub.call('GET', '/v1/usage', other.token);
    expect(later.body.days).toHaveLength(7);
    expect(later.body).toMatchObject({
      plan: { units_left_today: 998 },
      days: [{ calls: { reads: 1 } }, {}, {}, {}, {}, {}, {}],
    });
    expect((await hub.call('GET', '/v1/usage?days=91', other.token)).status).toBe(400);
  });

  test('only four dry-runs of a grant run at once; a slot whose process died comes back', async () => {
    const hub = await hubWith({});
    const { token, grantId } = await hub.account();
    const { callLeases } = hub.hub.store.tables;
    const held = (expiresAt: Date) =>
      hub.hub.store.write((db) =>
        [0, 1, 2, 3].map((slot) =>
          db
            .insert(callLeases)
            .values({ id: `dry-run:grant:${grantId}:${slot}`, mark: 'other', expiresAt })
            .onConflictDoUpdate({ target: callLeases.id, set: { expiresAt } }),
        ),
      );
    const tryOut = () => hub.call('POST', '/v1/subscriptions/dry-run', token, { event_types: ['booking.*'] });
    await held(new Date(Date.now() + 30_000));
    const refused = await tryOut();
    expect(refused).toMatchObject({ status: 429, body: { 'violated-policies': ['concurrency'] } });
    expect(refused.headers.get('retry-after')).toBe('1');
    await held(new Date(Date.now() - 1));
    expect((await tryOut()).status).toBe(200);
    const left = await hub.hub.store.db.select().from(callLeases);
    expect(left.filter(({ mark }) => mark !== 'other')).toEqual([]);
  });

  test('who goes on through thousands of refusals is turned away, whatever the caps say [S2-53]', async () => {
    const hub = await hubWith({ PATCHBAY_TOKEN_UNITS_PER_MINUTE: '1', PATCHBAY_MAX_REFUSED_CALLS: '5' });
    const { token } = await hub.account();
    const statuses: string[] = [];
    for (let i = 0; i < 9; i += 1) statuses.push((await hub.call('GET', '/v1/me', token)).body.code ?? 'ok');
    expect(statuses).toEqual(['ok', ...Array(6).fill('quota_exceeded'), 'abnormal_usage', 'abnormal_usage']);
    const blocked = await hub.call('GET', '/v1/me', token);
    expect(blocked.body.type).toBe('https://iana.org/assignments/http-problem-types#abnormal-usage-detected');
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(590);
  });
});
