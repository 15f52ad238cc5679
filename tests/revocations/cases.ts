import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPersonalToken } from '../../src/access/index.ts';
import { createPartner } from '../../src/oauth/index.ts';
import { createSignInLink, readSignInLink } from '../../src/sessions/index.ts';
import { until } from '../harness/sink.ts';
import { addStaff, browserOf } from '../harness/staff.ts';
import { linkScopes, type RevocationStand, startRevocationStand } from './stand.ts';

const exactly = (count: number) => ({ count, at_least: false });

/** What a revocation stops, on a real store. */
export function proveRevocations(title: string, environment: () => Promise<Record<string, string>>): void {
  describe(title, () => {
    const state = {} as { stand: RevocationStand };
    beforeAll(async () => {
      state.stand = await startRevocationStand(await environment());
    });
    afterAll(() => state.stand.stop());
    const rowOf = async (level: string, id: string) => {
      const { epochs } = state.stand.ports.store.tables;
      const rows = await state.stand.ports.store.db
        .select()
        .from(epochs)
        .where(eq(epochs.id, `${level}:${id}`));
      return rows[0] ?? null;
    };
    /** A partner of its own with one app, so that nobody else ends with it. */
    const newApp = async () => {
      const partnerId = await createPartner(state.stand.ports, 'test', 'A partner');
      const client = await state.stand.app({ partnerId, kind: 'confidential' });
      return { partnerId, client };
    };

    test('an id that is nobody’s is 404 at every level, and leaves no epoch behind', async () => {
      const { revoke, suspend, officer, lift } = state.stand;
      for (const level of ['token', 'grant', 'user', 'app', 'partner', 'account']) {
        const subject = { level, id: `nobody_${level}` };
        expect(await revoke(subject)).toMatchObject({ status: 404, body: { code: 'not_found' } });
        expect(await officer.call('POST', '/admin/v1/revocations/preview', subject)).toMatchObject({
          status: 404,
        });
        if (level !== 'token') {
          expect(await suspend(subject)).toMatchObject({ status: 404 });
          expect(await lift(subject)).toMatchObject({ status: 404 });
        }
        expect(await rowOf(level, subject.id)).toBeNull();
      }
    });

    test('bad input is refused with a pointer, never a 500', async () => {
      const { officer } = state.stand;
      const wrong = [
        {},
        { level: 'installation', id: 'x', reason: 'abuse' },
        { level: 'user', id: '', reason: 'abuse' },
        { level: 'user', id: 'usr_x', reason: 'because' },
        { level: 'user', id: 'usr_x', reason: 'abuse', force: true },
      ];
      for (const body of wrong) {
        expect((await officer.call('POST', '/admin/v1/revocations', body)).status).toBe(422);
        expect((await officer.call('POST', '/admin/v1/suspensions', body)).status).toBe(422);
      }
      expect((await officer.call('GET', '/admin/v1/revocations?limit=no')).status).toBe(400);
      expect((await officer.call('GET', '/admin/v1/revocations?after=no')).status).toBe(400);
      expect((await officer.call('GET', '/admin/v1/suspensions?after=no')).status).toBe(400);
      expect((await officer.call('GET', '/admin/v1/revocations/rvk_none')).status).toBe(404);
      expect((await officer.call('DELETE', '/admin/v1/suspensions/token/x')).status).toBe(404);
    });

    test('who may look may not revoke, and who may revoke needs an elevation', async () => {
      const { hub, ports, userId } = state.stand;
      const wish = { level: 'user', id: userId, reason: 'abuse' };
      const support = await browserOf(hub, await addStaff(ports, ['support']));
      expect((await support.call('GET', '/admin/v1/revocations')).status).toBe(200);
      expect((await support.call('POST', '/admin/v1/revocations', wish)).status).toBe(403);
      const calm = await browserOf(hub, await addStaff(ports, ['security']));
      expect(await calm.call('POST', '/admin/v1/revocations', wish)).toMatchObject({
        status: 403,
        body: { code: 'elevation_needed' },
      });
      expect((await hub.call('POST', '/admin/v1/revocations', null, wish)).status).toBe(401);
    });

    test('an app: what the preview promised is what the receipt counts, and nothing of it leaves', async () => {
      const { client, partnerId } = await newApp();
      const { link, subscribe, publish, deliveriesOf, preview, revoke, completed, hub, sink } = state.stand;
      const { access_token } = await link(client);
      const sub = await subscribe(access_token, { max_per_second: 1 });
      await publish(20);
      await until('one has left', () => sub.arrived().length > 0);
      const seen = await preview({ level: 'app', id: client.clientId });
      expect(seen).toMatchObject({
        name: 'Acme',
        standing: 'valid',
        last_revocation: null,
        tokens: { total: exactly(3), access: 1, refresh: 1, client_secrets: 1 },
        grants: exactly(1),
        subscriptions: exactly(1),
        accounts: exactly(1),
        users: exactly(1),
        connections: exactly(0),
        sessions: exactly(0),
      });
      expect(seen.deliveries.queued.count + sub.arrived().length).toBeGreaterThanOrEqual(20);
      expect(await rowOf('app', client.clientId)).toBeNull();

      const answer = await revoke({ level: 'app', id: client.clientId }, 'abuse', { note: 'spam' });
      const answeredAt = Date.now();
      expect((await hub.call('GET', '/v1/me', access_token)).status).toBe(401);
      const done = await completed(answer);
      expect(done).toMatchObject({
        level: 'app',
        subject: client.clientId,
        note: 'spam',
        stopped: { tokens: 3, grants: 1, subscriptions: 1, sessions: 0 },
      });
      expect(done.actor).toMatch(/^staff:usr_/);
      expect(done.effect_ms).toBeGreaterThanOrEqual(0);
      const rows = await deliveriesOf(sub.id);
      expect(rows.filter((row) => row.state === 'cancelled')).toHaveLength(done.cancelled);
      expect(new Set(rows.map((row) => row.state))).toEqual(new Set(['delivered', 'cancelled']));
      expect(rows.filter((row) => row.state === 'delivered')).toHaveLength(sub.arrived().length);
      // The last that left is named, and was there before anything was answered.
      expect(rows.find((row) => row.id === done.last_delivery)).toMatchObject({ state: 'delivered' });
      expect(Date.parse(done.last_sent_at ?? '')).toBeLessThanOrEqual(answeredAt);
      expect(sink.received.some(({ headers }) => headers['webhook-id'] === done.last_delivery)).toBe(true);
      const after = await preview({ level: 'partner', id: partnerId });
      expect(after).toMatchObject({ tokens: { total: exactly(0) }, grants: exactly(0) });
      expect(after.deliveries).toEqual({ queued: exactly(0), held: exactly(0) });
    });

    test('a person: their browsers, links, tokens and what they made in the portal all end; the account’s own goes on', async () => {
      const { inBrowser, publish, deliveriesOf, revoke, completed, ports, userId, account, hub, preview } =
        state.stand;
      const token = await createPersonalToken(ports, 'test', {
        label: 'of Ada',
        env: 'live',
        scopes: ['bookings:read', 'webhooks:manage'],
        accountId: account.id,
        userId,
      });
      const made = await inBrowser();
      const others = await state.stand.subscribe(account.token);
      const { url } = await createSignInLink(ports, 'test', userId);
      await publish(12);
      await until('it flows', () => made.arrived().length > 0 && others.arrived().length > 0);
      const seen = await preview({ level: 'user', id: userId });
      expect(seen).toMatchObject({ name: null, users: exactly(1), accounts: exactly(1) });
      expect(seen.sessions.count).toBeGreaterThan(0);
      expect(seen.deliveries.queued.count).toBeGreaterThan(0);

      const answer = await revoke({ level: 'user', id: userId }, 'requested');
      expect(await made.enter()).toBeNull();
      expect((await hub.call('GET', '/v1/me', token.token)).status).toBe(401);
      const secret = new URL(url).searchParams.get('link') ?? '';
      await expect(readSignInLink(ports, secret)).rejects.toMatchObject({ code: 'not_found' });
      const done = await completed(answer);
      expect(done.stopped.sessions).toBe(seen.sessions.count);
      expect(done.stopped.subscriptions).toBe(seen.subscriptions.count);
      expect(done.cancelled).toBeGreaterThan(0);
      const states = new Set((await deliveriesOf(made.id)).map(({ state: one }) => one));
      expect(states).toEqual(new Set(['delivered', 'cancelled']));
      const { subscriptions, tokens } = ports.store.tables;
      const [row] = await ports.store.db.select().from(subscriptions).where(eq(subscriptions.id, made.id));
      expect(row).toMatchObject({ state: 'disabled', stateReason: 'revoked' });
      const [ended] = await ports.store.db.select().from(tokens).where(eq(tokens.id, token.id));
      expect(ended?.revokedReason).toBe('requested');
      // What the account itself had goes on, and the person may come in again by a new link.
      await until('all of the others arrive', () => others.arrived().length === 12);
      expect(await (await inBrowser()).enter()).not.toBeNull();
    });

    test('revoking twice is harmless and says so; what was made since can be revoked', async () => {
      const { client, partnerId } = await newApp();
      const { link, revoke, completed, account, ports, hub } = state.stand;
      await link(client);
      const first = await completed(await revoke({ level: 'partner', id: partnerId }));
      expect(await revoke({ level: 'partner', id: partnerId }, 'abuse')).toMatchObject({
        status: 200,
        body: { id: first.id, already: true, reason: 'violation' },
      });
      const mine = { level: 'account', id: (await hub.account()).id };
      const once = await completed(await revoke(mine));
      expect((await revoke(mine)).body).toMatchObject({ id: once.id, already: true });
      await createPersonalToken(ports, 'test', {
        label: 'later',
        env: 'live',
        scopes: ['bookings:read'],
        accountId: mine.id,
      });
      expect(await revoke(mine)).toMatchObject({ status: 202, body: { already: false } });
      expect((await hub.call('GET', '/v1/me', account.token)).status).toBe(200);
    });

    test('a token that was given up and turns out to have leaked: what it made stops then', async () => {
      const { hub, revoke, completed, preview, officer } = state.stand;
      const owner = await hub.account(['bookings:read', 'webhooks:manage', 'tokens:manage']);
      const minted = await hub.call('POST', '/v1/tokens', owner.token, {
        label: 'child',
        scopes: ['bookings:read', 'webhooks:manage'],
      });
      const made = await state.stand.subscribe(minted.body.token as string);
      const subject = { level: 'token', id: owner.tokenId };
      expect(await preview(subject, 'leaked')).toMatchObject({
        made: { tokens: exactly(1), subscriptions: exactly(1) },
        made_stops: true,
        accounts: exactly(1),
      });
      expect(await completed(await revoke(subject, 'requested'))).toMatchObject({
        account: owner.id,
        stopped: { tokens: 1, subscriptions: 0 },
      });
      expect((await hub.call('GET', '/v1/me', minted.body.token as string)).status).toBe(200);
      expect(await completed(await revoke(subject, 'leaked'))).toMatchObject({
        stopped: { tokens: 1, subscriptions: 1 },
      });
      expect((await hub.call('GET', '/v1/me', minted.body.token as string)).status).toBe(401);
      expect((await revoke(subject, 'requested')).body).toMatchObject({ already: true, reason: 'leaked' });
      const page = await officer.call('GET', `/admin/v1/revocations?subject=${owner.tokenId}&limit=1`);
      expect(page.body.data).toMatchObject([{ reason: 'leaked' }]);
      const next = await officer.call(
        'GET',
        `/admin/v1/revocations?subject=${owner.tokenId}&limit=1&after=${page.body.next_cursor}`,
      );
      expect(next.body).toMatchObject({ data: [{ reason: 'requested' }], next_cursor: null });
      expect(made.arrived()).toEqual([]);
    });

    test('a refresh token ends with its chain: the preview and the receipt say so', async () => {
      const { client } = await newApp();
      const { link, refresh, preview, revoke, completed, ports, subscribe, me } = state.stand;
      const first = await link(client);
      const made = await subscribe(first.access_token);
      const next = await refresh(client, first.refresh_token);
      const { tokens } = ports.store.tables;
      const rows = await ports.store.db.select().from(tokens).where(eq(tokens.appId, client.clientId));
      const subject = { level: 'token', id: rows.find(({ kind }) => kind === 'r')?.id ?? '' };
      expect(await preview(subject, 'leaked')).toMatchObject({
        tokens: { total: exactly(3), access: 2, refresh: 1 },
        made: { subscriptions: exactly(1) },
        made_stops: true,
      });
      expect((await completed(await revoke(subject, 'leaked'))).stopped).toMatchObject({
        tokens: 3,
        subscriptions: 1,
      });
      expect((await me(next.body.access_token as string)).status).toBe(401);
      expect(made.arrived()).toEqual([]);
    });

    test('a receipt is for who asked, for the account, and for nobody else', async () => {
      const { hub, officer } = state.stand;
      const owner = await hub.account(['bookings:read', 'tokens:manage', 'webhooks:manage']);
      const other = await hub.account();
      const minted = await hub.call('POST', '/v1/tokens', owner.token, {
        label: 'x',
        scopes: ['bookings:read'],
      });
      const answer = await hub.call('DELETE', `/v1/tokens/${minted.body.id}`, owner.token);
      const path = `/v1/revocations/${answer.body.id}`;
      const shown = await hub.call('GET', path, owner.token);
      expect(shown).toMatchObject({ status: 200, body: { account: owner.id, stopped: { tokens: 1 } } });
      expect(shown.body).not.toHaveProperty('note');
      expect(shown.body).not.toHaveProperty('actor');
      expect((await hub.call('GET', path, other.token)).status).toBe(404);
      expect((await officer.call('GET', `/admin${path}`)).body).toMatchObject({
        actor: `token:${owner.tokenId}`,
      });
    });

    test('suspended, then revoked, then lifted: nothing that was revoked comes back', async () => {
      const { client } = await newApp();
      const { link, subscribe, publish, deliveriesOf, suspend, lift, revoke, completed, hub, officer } =
        state.stand;
      const { access_token, refresh_token } = await link(client);
      const sub = await subscribe(access_token);
      const subject = { level: 'app', id: client.clientId };
      expect(await suspend(subject)).toMatchObject({ status: 201, body: { reason: 'suspicious' } });
      expect((await suspend(subject)).status).toBe(200);
      expect(await hub.call('GET', '/v1/me', access_token)).toMatchObject({
        status: 403,
        body: { code: 'suspended' },
      });
      await publish(3);
      await until('all are held', async () =>
        (await deliveriesOf(sub.id)).every(({ state: one }) => one === 'held'),
      );
      const listed = await officer.call('GET', '/admin/v1/suspensions?level=app');
      expect(listed.body.data).toMatchObject([{ level: 'app', id: client.clientId }]);
      const done = await completed(await revoke(subject));
      expect(done.cancelled).toBe(3);
      expect((await lift(subject)).status).toBe(204);
      expect((await lift(subject)).status).toBe(404);
      expect((await hub.call('GET', '/v1/me', access_token)).status).toBe(401);
      expect((await state.stand.refresh(client, refresh_token)).status).toBe(401);
      await publish(1);
      expect((await deliveriesOf(sub.id)).map(({ state: one }) => one)).toEqual(
        Array.from({ length: 3 }, () => 'cancelled'),
      );
      expect(sub.arrived()).toEqual([]);
    });

    test('lifted in time, what waited goes out', async () => {
      const { client, partnerId } = await newApp();
      const { link, subscribe, publish, suspend, lift, hub, deliveriesOf } = state.stand;
      const { access_token } = await link(client);
      const sub = await subscribe(access_token);
      const subject = { level: 'partner', id: partnerId };
      await suspend(subject);
      await publish(2);
      await until('both are held', async () =>
        (await deliveriesOf(sub.id)).every(({ state: one }) => one === 'held'),
      );
      expect((await lift(subject)).status).toBe(204);
      expect((await hub.call('GET', '/v1/me', access_token)).status).toBe(200);
      await until('both arrive', () => sub.arrived().length === 2);
    });

    test('what the marketplace has suspended is lifted by the marketplace', async () => {
      const { hub, lift } = state.stand;
      const owner = await hub.account();
      const core = await hub.service();
      await hub.call('PUT', `/v1/accounts/${owner.id}/status`, core, { status: 'suspended' });
      expect(await lift({ level: 'account', id: owner.id })).toMatchObject({
        status: 409,
        body: { code: 'state_conflict' },
      });
      await hub.call('PUT', `/v1/accounts/${owner.id}/status`, core, { status: 'active' });
      expect((await hub.call('GET', '/v1/me', owner.token)).status).toBe(200);
    });

    test('tokens minted while their owner is revoked are dead, whoever was first', async () => {
      const { client } = await newApp();
      const { link, refresh, revoke, me, completed } = state.stand;
      const { refresh_token } = await link(client, linkScopes);
      const racing = Array.from({ length: 12 }, () => refresh(client, refresh_token));
      const answer = await revoke({ level: 'app', id: client.clientId });
      const given = (await Promise.all(racing)).filter(({ status }) => status === 200);
      for (const { body } of given) expect((await me(body.access_token as string)).status).toBe(401);
      expect((await refresh(client, refresh_token)).status).toBe(401);
      await completed(answer);
    });

    test('events published while the grant is revoked are delivered before it or cancelled, none lost', async () => {
      const { client } = await newApp();
      const { link, subscribe, publish, revoke, completed, deliveriesOf, grantOf } = state.stand;
      const { access_token } = await link(client);
      const sub = await subscribe(access_token);
      const grant = await grantOf(access_token);
      const publishing = Array.from({ length: 6 }, () => publish(10));
      const answer = await revoke({ level: 'grant', id: grant });
      const answeredAt = Date.now();
      await Promise.all(publishing);
      await completed(answer);
      await until('none is on its way', async () =>
        (await deliveriesOf(sub.id)).every(({ state: one }) => one === 'cancelled' || one === 'delivered'),
      );
      const delivered = (await deliveriesOf(sub.id)).filter(({ state: one }) => one === 'delivered');
      expect(delivered).toHaveLength(sub.arrived().length);
      const { attempts, deliveries } = state.stand.ports.store.tables;
      const begun = await state.stand.ports.store.db
        .select({ at: attempts.startedAt })
        .from(attempts)
        .innerJoin(deliveries, eq(deliveries.id, attempts.deliveryId))
        .where(eq(deliveries.subscriptionId, sub.id));
      expect(begun.filter(({ at }) => at.getTime() > answeredAt)).toEqual([]);
    });
  });
}
