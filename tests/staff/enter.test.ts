import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { revoke, suspend, unsuspend } from '../../src/access/index.ts';
import { endRole, grantRole } from '../../src/staff/index.ts';
import { startTestHub, type TestHub } from '../harness/hub.ts';
import { addStaff, type Browser, browserOf, staffTokenOf } from '../harness/staff.ts';

const minuteMs = 60_000;

describe('who staff are', () => {
  const state = {} as { hub: TestHub };
  beforeAll(async () => {
    state.hub = await startTestHub();
  });
  afterAll(() => state.hub.stopAndForget());

  const me = (browser: Browser) => browser.call('GET', '/admin/v1/me');
  const trail = async (subject: string, action: string) => {
    const { store } = state.hub.hub;
    const { audit } = store.tables;
    return store.db
      .select()
      .from(audit)
      .where(and(eq(audit.subject, subject), eq(audit.action, action)));
  };
  /** The store says that it was some minutes earlier. */
  const signedInBefore = async (browser: Browser, ms: number): Promise<void> => {
    const { store, clock } = state.hub.hub;
    const { sessions } = store.tables;
    const createdAt = new Date(clock.ms() - ms);
    await store.write((db) => [
      db.update(sessions).set({ createdAt }).where(eq(sessions.id, browser.sessionId)),
    ]);
  };

  test('a session says who it is, and what its roles allow together', async () => {
    const { hub } = state.hub;
    const id = await addStaff(hub, ['support', 'finance']);
    const { status, body } = await me(await browserOf(state.hub, id));
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, name: 'Sam Osei', elevation: null });
    expect(body.roles.toSorted()).toEqual(['finance', 'support']);
    expect(body.permissions).toContain('people:read');
    expect(body.permissions).not.toContain('revocations:create');
  });

  test('a role counts from the next call on, and is gone at the next', async () => {
    const { hub } = state.hub;
    const userId = await addStaff(hub, []);
    const browser = await browserOf(state.hub, userId);
    expect(await me(browser)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    await grantRole(hub, { by: 'cli', userId, role: 'legal' });
    expect((await me(browser)).body.roles).toEqual(['legal']);
    await endRole(hub, { by: 'cli', userId, role: 'legal' });
    expect((await me(browser)).status).toBe(403);
    expect(await trail(userId, 'staff.grant')).toMatchObject([{ actor: 'cli', detail: { role: 'legal' } }]);
    expect(await trail(userId, 'staff.end')).toHaveLength(1);
  });

  test('a role is held once, given again after its end, and of two who give it one hears that', async () => {
    const { hub } = state.hub;
    const userId = await addStaff(hub, []);
    const give = () => grantRole(hub, { by: 'cli', userId, role: 'ops' });
    const both = await Promise.allSettled([give(), give()]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await trail(userId, 'staff.grant')).toHaveLength(1);
    await endRole(hub, { by: 'cli', userId, role: 'ops' });
    await expect(endRole(hub, { by: 'cli', userId, role: 'ops' })).rejects.toMatchObject({ status: 404 });
    await give();
    expect(await trail(userId, 'staff.grant')).toHaveLength(2);
  });

  test('nobody changes their own roles; a colleague with an elevation does, and it is on record', async () => {
    const { hub } = state.hub;
    const [boss, other] = [await addStaff(hub, ['platform'], 'Boss'), await addStaff(hub, [], 'New')];
    const browser = await browserOf(state.hub, boss);
    const give = (user: string, role: string) => browser.call('POST', '/admin/v1/staff', { user, role });
    expect(await give(other, 'support')).toMatchObject({ status: 403, body: { code: 'elevation_needed' } });
    await browser.elevate('staff:manage');
    expect(await give(boss, 'security')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await give(other, 'support')).status).toBe(201);
    expect((await give(other, 'support')).status).toBe(409);
    expect((await give('usr_01kam0000000000000000000zz', 'support')).status).toBe(404);
    const list = await browser.call('GET', '/admin/v1/staff');
    expect(list.body.data).toContainEqual(
      expect.objectContaining({ user: other, role: 'support', granted_by: `staff:${boss}` }),
    );
    const end = (user: string, role: string) =>
      browser.call('DELETE', `/admin/v1/staff/${user}/roles/${role}`);
    expect((await end(boss, 'platform')).status).toBe(403);
    expect((await end(other, 'support')).status).toBe(204);
    expect((await end(other, 'support')).status).toBe(404);
    expect(await trail(other, 'staff.end')).toMatchObject([{ actor: `staff:${boss}` }]);
  });

  test('who is suspended answers 403, who is revoked must sign in again', async () => {
    const { hub } = state.hub;
    const id = await addStaff(hub, ['security']);
    const browser = await browserOf(state.hub, id);
    await suspend(hub, { level: 'user', id, reason: 'a lost laptop', actor: 'cli' });
    expect(await me(browser)).toMatchObject({ status: 403, body: { code: 'suspended' } });
    await unsuspend(hub, { level: 'user', id, actor: 'cli' });
    expect((await me(browser)).status).toBe(200);
    await revoke(hub, { level: 'user', id, reason: 'left', actor: 'cli' });
    expect((await me(browser)).status).toBe(401);
    expect((await me(await browserOf(state.hub, id))).status).toBe(200);
  });

  test('what changes something must come from a page of ours; a read needs no such proof', async () => {
    const browser = await browserOf(state.hub, await addStaff(state.hub.hub, ['security']));
    const wish = { permissions: ['people:unmask'], reason: 'a page of somebody else' };
    for (const foreign of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': '', origin: 'https://evil.example' },
      { 'sec-fetch-site': '' },
    ])
      expect((await browser.call('POST', '/admin/v1/elevations', wish, foreign)).status).toBe(403);
    expect((await me(browser)).body.elevation).toBeNull();
    expect((await browser.call('GET', '/admin/v1/me', undefined, { 'sec-fetch-site': 'none' })).status).toBe(
      200,
    );
  });

  test('cookies that are no session’s count against their address, and honest ones are served on', async () => {
    const hub = await startTestHub({ PATCHBAY_BAD_TOKENS_PER_ADDRESS: '5' });
    try {
      const browser = await browserOf(hub, await addStaff(hub.hub, ['security']));
      const statuses: number[] = [];
      for (let i = 0; i < 8; i++) {
        const cookie = `patchbay=${String(i).repeat(43)}`;
        statuses.push((await hub.call('GET', '/admin/v1/me', null, undefined, { cookie })).status);
      }
      expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
      expect(statuses.slice(5)).toEqual([429, 429, 429]);
      expect((await me(browser)).status).toBe(200);
    } finally {
      await hub.stopAndForget();
    }
  });

  test('the caps of a person hold for staff as for everybody', async () => {
    const hub = await startTestHub({ PATCHBAY_USER_UNITS_PER_MINUTE: '3' });
    try {
      // What opens the browser spends one.
      const browser = await browserOf(hub, await addStaff(hub.hub, ['security']));
      expect([(await me(browser)).status, (await me(browser)).status]).toEqual([200, 200]);
      expect(await me(browser)).toMatchObject({ status: 429, body: { 'violated-policies': ['user'] } });
    } finally {
      await hub.stopAndForget();
    }
  });

  test('an elevation opens what it names, ends by itself a second later than it says, and by hand before [S1-15]', async () => {
    const { store, clock } = state.hub.hub;
    const browser = await browserOf(state.hub, await addStaff(state.hub.hub, ['security']));
    const mint = () =>
      browser.call('POST', '/admin/v1/staff-tokens', { label: 'x', permissions: ['search:read'] });
    expect(await mint()).toMatchObject({ status: 403, body: { code: 'elevation_needed' } });
    const { status, body } = await browser.elevate('staff:script');
    expect(status).toBe(201);
    const lastsMs = Date.parse(body.until) - clock.ms();
    expect(lastsMs).toBeGreaterThan(14 * minuteMs);
    expect(lastsMs).toBeLessThanOrEqual(15 * minuteMs);
    expect((await mint()).status).toBe(201);
    expect((await me(browser)).body.elevation).toEqual(body);
    // Another of the same person has nothing of it.
    const other = await browserOf(state.hub, (await me(browser)).body.id);
    expect((await me(other)).body.elevation).toBeNull();
    const { elevations } = store.tables;
    await store.write((db) => [
      db
        .update(elevations)
        .set({ expiresAt: new Date(clock.ms() - 1_000) })
        .where(eq(elevations.id, body.id)),
    ]);
    expect(await mint()).toMatchObject({ status: 403, body: { code: 'elevation_needed' } });
    const again = (await browser.elevate('staff:script')).body;
    expect((await mint()).status).toBe(201);
    expect((await other.call('DELETE', `/admin/v1/elevations/${again.id}`)).status).toBe(204);
    expect((await mint()).status).toBe(403);
    expect((await browser.call('DELETE', `/admin/v1/elevations/${again.id}`)).status).toBe(404);
  });

  test('an elevation takes the place of the one before, and is on record with its reason', async () => {
    const browser = await browserOf(state.hub, await addStaff(state.hub.hub, ['security']));
    const { id } = (await me(browser)).body;
    await browser.elevate('people:unmask');
    const { body } = await browser.elevate('revocations:create', 'suspensions:create');
    expect((await me(browser)).body.elevation.permissions).toEqual([
      'revocations:create',
      'suspensions:create',
    ]);
    expect((await trail(id, 'staff.elevate')).at(-1)).toMatchObject({
      actor: `staff:${id}`,
      detail: { elevation: body.id, holder: browser.sessionId, reason: 'a test of what it opens' },
    });
  });

  test('an elevation takes a fresh sign-in, a reason, and a role that gives what it names', async () => {
    const { hub } = state.hub;
    const browser = await browserOf(state.hub, await addStaff(hub, ['support']));
    expect(await browser.elevate('revocations:create')).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    const ask = (over: object) =>
      browser.call('POST', '/admin/v1/elevations', {
        permissions: ['people:unmask'],
        reason: 'a reason of enough length',
        ...over,
      });
    expect((await ask({ reason: 'because' })).status).toBe(422);
    expect((await ask({ permissions: [] })).status).toBe(422);
    expect((await ask({ permissions: ['search:read'] })).status).toBe(422);
    await signedInBefore(browser, 9 * minuteMs);
    expect((await ask({})).status).toBe(201);
    await signedInBefore(browser, 11 * minuteMs);
    expect(await ask({})).toMatchObject({ status: 403, body: { code: 'sign_in_again' } });
  });

  test('where an issuer tells when the person proved themselves, that counts and not the session’s own age', async () => {
    const { hub } = state.hub;
    const browser = await browserOf(state.hub, await addStaff(hub, ['support']));
    const { sessionOrigins } = hub.store.tables;
    const at = (ms: number) => new Date(hub.clock.ms() + ms);
    await hub.store.write((db) => [
      db.insert(sessionOrigins).values({
        id: browser.sessionId,
        identityId: 'https://issuer.example sam',
        issuer: 'https://issuer.example',
        sid: null,
        authenticatedAt: at(-60 * minuteMs),
        expiresAt: at(60 * minuteMs),
      }),
    ]);
    expect(await browser.elevate('people:unmask')).toMatchObject({
      status: 403,
      body: { code: 'sign_in_again' },
    });
  });

  test('a role that is lost takes its elevation along', async () => {
    const { hub } = state.hub;
    const userId = await addStaff(hub, ['platform', 'ops']);
    const browser = await browserOf(state.hub, userId);
    const { body } = await browser.elevate('staff:manage');
    expect(body.permissions).toEqual(['staff:manage']);
    await endRole(hub, { by: 'cli', userId, role: 'platform' });
    const other = await addStaff(hub, []);
    const give = await browser.call('POST', '/admin/v1/staff', { user: other, role: 'support' });
    expect(give).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });
});

describe('tokens of staff', () => {
  const state = {} as { hub: TestHub; browser: Browser; userId: string };
  beforeAll(async () => {
    state.hub = await startTestHub();
    state.userId = await addStaff(state.hub.hub, ['security']);
    state.browser = await browserOf(state.hub, state.userId);
  });
  afterAll(() => state.hub.stopAndForget());
  const mint = async (over: object = {}) => {
    await state.browser.elevate('staff:script');
    return state.browser.call('POST', '/admin/v1/staff-tokens', {
      label: 'a sweep',
      permissions: ['search:read', 'staff:script'],
      ...over,
    });
  };
  const by = (token: string, method: string, path: string, body?: unknown) =>
    state.hub.call(method, `/admin/v1/${path}`, token, body);

  test('do what they were made with and no more, and never for longer than eight hours', async () => {
    const { status, body } = await mint();
    expect(status).toBe(201);
    expect((await by(body.token, 'GET', 'me')).body.permissions).toEqual(['search:read', 'staff:script']);
    expect((await by(body.token, 'GET', 'search?q=nothing')).status).toBe(200);
    expect((await by(body.token, 'GET', 'staff')).status).toBe(403);
    expect(Date.parse(body.expires_at) - state.hub.hub.clock.ms()).toBeLessThanOrEqual(60 * minuteMs);
    expect((await mint({ minutes: 481 })).status).toBe(422);
    expect((await mint({ permissions: ['everything'] })).status).toBe(422);
  });

  test('are elevated from a session of the same person alone, and lose it with the time', async () => {
    const { body } = await mint();
    const use = () => by(body.token, 'POST', 'staff-tokens', { label: 'y', permissions: ['search:read'] });
    expect(await use()).toMatchObject({ status: 403, body: { code: 'elevation_needed' } });
    const ask = { permissions: ['staff:script'], reason: 'the sweep needs it now', token: body.id };
    expect(await by(body.token, 'POST', 'elevations', ask)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    const colleague = await browserOf(state.hub, await addStaff(state.hub.hub, ['security'], 'Kim'));
    expect((await colleague.call('POST', '/admin/v1/elevations', ask)).status).toBe(404);
    expect((await state.browser.call('POST', '/admin/v1/elevations', ask)).status).toBe(201);
    expect((await use()).status).toBe(201);
    // The session's own is another.
    expect((await by(body.token, 'GET', 'me')).body.elevation.permissions).toEqual(['staff:script']);
  });

  test('are made of what one may alone; one’s own are listed and ended, a colleague’s by who manages staff', async () => {
    const { hub } = state.hub;
    expect(await mint({ permissions: ['search:read', 'quarantine:redrive'] })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    const { body: made } = await mint({ label: 'to be ended' });
    const list = async (who: Browser, of = 'own') => who.call('GET', `/admin/v1/staff-tokens?of=${of}`);
    const own = (await list(state.browser)).body.data;
    expect(own[0]).toMatchObject({ id: made.id, label: 'to be ended', state: 'active' });
    expect(JSON.stringify(own)).not.toContain(made.token);
    const ops = await browserOf(state.hub, await addStaff(hub, ['ops'], 'Olu'));
    expect((await list(ops)).body.data).toEqual([]);
    expect((await list(ops, 'all')).status).toBe(403);
    const end = (who: Browser) => who.call('DELETE', `/admin/v1/staff-tokens/${made.id}`);
    expect((await end(ops)).status).toBe(404);
    const platform = await browserOf(state.hub, await addStaff(hub, ['platform'], 'Ida'));
    expect((await list(platform, 'all')).body.data[0]).toMatchObject({ id: made.id });
    expect(await end(platform)).toMatchObject({ status: 403, body: { code: 'elevation_needed' } });
    await platform.elevate('staff:manage');
    expect((await end(platform)).status).toBe(204);
    expect((await by(made.token, 'GET', 'me')).status).toBe(401);
    expect((await end(platform)).status).toBe(404);
    const { body: second } = await mint();
    expect((await state.browser.call('DELETE', `/admin/v1/staff-tokens/${second.id}`)).status).toBe(204);
    // A token of an account is none of theirs.
    const { tokenId } = await state.hub.account();
    expect((await state.browser.call('DELETE', `/admin/v1/staff-tokens/${tokenId}`)).status).toBe(404);
  });

  test('end with the role, with a suspension, and when they are revoked', async () => {
    const { hub } = state.hub;
    const userId = await addStaff(hub, ['security']);
    const token = await staffTokenOf(hub, userId, ['security']);
    expect((await by(token, 'GET', 'me')).status).toBe(200);
    await suspend(hub, { level: 'user', id: userId, reason: 'x', actor: 'cli' });
    expect(await by(token, 'GET', 'me')).toMatchObject({ status: 403, body: { code: 'suspended' } });
    await unsuspend(hub, { level: 'user', id: userId, actor: 'cli' });
    await endRole(hub, { by: 'cli', userId, role: 'security' });
    expect(await by(token, 'GET', 'me')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    await grantRole(hub, { by: 'cli', userId, role: 'security' });
    expect((await by(token, 'GET', 'me')).status).toBe(200);
    await revoke(hub, { level: 'user', id: userId, reason: 'left', actor: 'cli' });
    expect((await by(token, 'GET', 'me')).status).toBe(401);
  });

  test('a cookie beside a token is not looked at: who sends a token is that token', async () => {
    const { body } = await mint();
    const answer = await state.browser.call('GET', '/admin/v1/me', undefined, {
      authorization: `Bearer ${body.token}`,
    });
    expect(answer.body.permissions).toEqual(['search:read', 'staff:script']);
  });
});
