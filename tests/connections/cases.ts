import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { connector as calendar } from '../../connectors/google-calendar/index.ts';
import { conformance as calendarVendor } from '../../connectors/google-calendar/conformance.ts';
import { connector as slack } from '../../connectors/slack/index.ts';
import { conformance as slackVendor } from '../../connectors/slack/conformance.ts';
import { createKeyring } from '../../src/adapters/vault-keyring.ts';
import { createPersonalToken } from '../../src/access/index.ts';
import { connectorFindings } from '../../src/doctor/connectors.ts';
import { rewrapKind } from '../../src/keys/index.ts';
import { purge } from '../../src/retention/index.ts';
import { previewRevocation, revokeAccess } from '../../src/revocations/index.ts';
import type { Task } from '../../src/tasks/index.ts';
import { finishConnect, followMendLink, mendLink } from '../../src/connections/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { until } from '../harness/sink.ts';
import { startVendor, type Vendor } from './vendor.ts';

const scopes = [
  'bookings:read',
  'bookings.contact:read',
  'rfps:read',
  'deliverables:read',
  'webhooks:manage',
  'connections:manage',
];
type Account = Awaited<ReturnType<TestHub['account']>>;

export const proveConnections = (title: string, environmentOf: () => Promise<Record<string, string>>) =>
  describe(title, () => {
    const state = {} as { hub: TestHub; vendor: Vendor };
    afterEach(async () => {
      await state.hub.stopAndForget();
      await state.vendor.close();
    });

    const startCalendar = () => start(() => startVendor(calendar, calendarVendor));
    const startSlack = (at = 1) => start(() => startVendor(slack, slackVendor, at));
    async function start(vendor: () => Promise<Vendor>): Promise<Account> {
      state.vendor = await vendor();
      state.hub = await startTestHub({ ...(await environmentOf()), ...state.vendor.environment });
      return state.hub.account(scopes);
    }

    const tables = () => state.hub.hub.store.tables;
    const row = async (id: string) => {
      const { connections } = tables();
      return (await state.hub.hub.store.db.select().from(connections).where(eq(connections.id, id)))[0]!;
    };
    const deliveries = () => state.hub.hub.store.db.select().from(tables().deliveries);

    async function link(account: Account, connector: string, tier?: string): Promise<string> {
      const begun = await state.hub.call('POST', '/v1/connections', account.token, {
        connector,
        ...(tier ? { tier } : {}),
      });
      expect(begun.status).toBe(201);
      await back(begun.body.authorize_url as string, account);
      return begun.body.id as string;
    }
    async function back(authorizeUrl: string, account: Account | null): Promise<void> {
      const userId = account && (await state.hub.member(account.id));
      const { searchParams } = await state.vendor.consent(authorizeUrl);
      await finishConnect(state.hub.hub, Object.fromEntries(searchParams), userId);
    }
    async function subscribe(
      account: Account,
      connection: string,
      options: Record<string, unknown>,
      types = ['booking.*'],
    ): Promise<string> {
      const made = await state.hub.call('POST', '/v1/subscriptions', account.token, {
        endpoint: { type: 'connection', connection_id: connection, options },
        event_types: types,
      });
      expect(made).toMatchObject({ status: 201 });
      return made.body.id as string;
    }
    async function publish(account: Account, over: Record<string, unknown> = {}): Promise<string> {
      const published = await state.hub.call(
        'POST',
        '/v1/events',
        await state.hub.service(),
        eventFor([account.id], over),
      );
      expect(published).toMatchObject({ status: 202 });
      return published.body.id as string;
    }
    const isIn = (wanted: string) => async () => {
      const all = await deliveries();
      return all.length > 0 && all.every((one) => one.state === wanted);
    };
    const ofCalendar = { requests: true, contact: false };

    test('linked, subscribed, an event arrives at the vendor once, and its delivery and the log tell of it', async () => {
      const account = await startCalendar();
      const id = await link(account, 'google-calendar');
      expect(await row(id)).toMatchObject({ state: 'active', isSetUp: true });
      await subscribe(account, id, ofCalendar);
      await publish(account);
      await until('it is delivered', isIn('delivered'));
      expect(state.vendor.standIn.objects()).toHaveLength(1);
      const [delivery] = await deliveries();
      const shown = await state.hub.call('GET', `/v1/deliveries/${delivery!.id}`, account.token);
      expect(shown.body.attempts).toMatchObject([{ outcome: 'applied' }]);
      const objects = await state.hub.call('GET', `/v1/connections/${id}/objects`, account.token);
      expect(objects.body.data).toMatchObject([{ state: 'made', sequence: 1 }]);
      const calls = await state.hub.call('GET', `/v1/connections/${id}/calls`, account.token);
      expect(calls.body.data.map((call: { purpose: string }) => call.purpose)).toContain('deliver');
    });

    test('no token stands in a log, an answer, or the store as it is', async () => {
      const account = await startCalendar();
      const id = await link(account, 'google-calendar');
      await subscribe(account, id, ofCalendar);
      await publish(account);
      await until('it is delivered', isIn('delivered'));
      const { store } = state.hub.hub;
      const all = JSON.stringify([
        state.hub.log.lines,
        await store.db.select().from(tables().connections),
        await store.db.select().from(tables().credentials),
        await store.db.select().from(tables().connectionCalls),
        await store.db.select().from(tables().audit),
        (await state.hub.call('GET', `/v1/connections/${id}`, account.token)).body,
      ]);
      expect(all).not.toMatch(/fake-access|fake-refresh|fake-client-secret|fake-code/);
    });

    test('the vendor commits, the answer is lost, we try again: exactly one object', async () => {
      const account = await startCalendar();
      const id = await link(account, 'google-calendar');
      await subscribe(account, id, ofCalendar);
      const lost = { count: 0 };
      state.vendor.answerWith(({ method }) => (method !== 'GET' && lost.count++ === 0 ? 'lose' : null));
      await publish(account);
      await until('it waits', isIn('retrying'));
      expect((await deliveries())[0]).toMatchObject({ reason: 'vendor_unknown' });
      const [delivery] = await deliveries();
      expect(
        await state.hub.call('POST', `/v1/deliveries/${delivery!.id}/retry`, account.token),
      ).toMatchObject({ status: 202 });
      await until('it is delivered', isIn('delivered'));
      expect(state.vendor.standIn.objects()).toHaveLength(1);
    });

    test('where the vendor cannot be asked, nothing is posted twice and the user is told', async () => {
      const account = await startSlack(0);
      const id = await link(account, 'slack');
      await subscribe(account, id, { respond: 'off', direct_messages: false });
      state.vendor.answerWith(({ method }) => (method === 'POST' ? 'lose' : null));
      await publish(account);
      await until('it waits', isIn('retrying'));
      state.vendor.answerWith(null);
      const [delivery] = await deliveries();
      await state.hub.call('POST', `/v1/deliveries/${delivery!.id}/retry`, account.token);
      await until('it is given up', isIn('dead'));
      expect(state.vendor.standIn.objects()).toHaveLength(1);
      const shown = await state.hub.call('GET', `/v1/deliveries/${delivery!.id}`, account.token);
      expect(shown.body.attempts.at(-1).detail).not.toBe('');
    });

    test('a token that has ended is renewed once, whoever asks at the same moment', async () => {
      const account = await startCalendar();
      state.vendor.expireIn(30);
      const id = await link(account, 'google-calendar');
      const before = state.vendor.tokens.length;
      state.vendor.expireIn(3_600);
      await subscribe(account, id, ofCalendar);
      await publish(account);
      await until('it is delivered', isIn('delivered'));
      const checks = await Promise.all(
        Array.from({ length: 5 }, () => state.hub.call('POST', `/v1/connections/${id}/check`, account.token)),
      );
      expect(checks.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
      const refreshes = state.vendor.tokens
        .slice(before)
        .filter((form) => form.get('grant_type') === 'refresh_token');
      expect(refreshes).toHaveLength(1);
    });

    test('a dead credential holds what comes, is told once, and one link mends it', async () => {
      const account = await startSlack(1);
      const id = await link(account, 'slack', 'updates');
      await subscribe(account, id, { channel: 'C0RFPS', respond: 'off', direct_messages: false });
      state.vendor.answerWith(() => Response.json({ ok: false, error: 'token_revoked' }));
      await publish(account);
      await until('it is held', isIn('held'));
      expect(await row(id)).toMatchObject({ state: 'needs_reauth', stateReason: 'token_revoked' });
      const said = async () => {
        const { events } = tables();
        return state.hub.hub.store.db.select().from(events).where(eq(events.type, 'connection.broken'));
      };
      await until('it is said', async () => (await said()).length === 1);
      await publish(account);
      await until(
        'both are held',
        async () => (await deliveries()).filter((one) => one.state === 'held').length === 2,
      );
      expect(await said()).toHaveLength(1);
      // Never stopped itself, for it was not there yet; what it gets waits all the same.
      await subscribe(account, id, { channel: 'C0RFPS', respond: 'off', direct_messages: false });
      await publish(account);
      await until(
        'four are held',
        async () => (await deliveries()).filter((one) => one.state === 'held').length === 4,
      );

      state.vendor.answerWith(null);
      const url = new URL(mendLink(state.hub.hub, await row(id)));
      const target = await followMendLink(
        state.hub.hub,
        id,
        url.searchParams.get('until')!,
        url.searchParams.get('sig')!,
      );
      await expect(
        followMendLink(state.hub.hub, id, url.searchParams.get('until')!, 'forged'),
      ).rejects.toMatchObject({ code: 'not_found' });
      await back(target, null);
      await until('all are delivered', isIn('delivered'));
    });

    test('after the end: silence, the credential taken back and destroyed', async () => {
      const account = await startCalendar();
      // Ended as soon as it is there: what is taken back must be one that the vendor still knows.
      state.vendor.expireIn(30);
      const id = await link(account, 'google-calendar');
      await subscribe(account, id, ofCalendar);
      await publish(account);
      await until('it is delivered', isIn('delivered'));
      expect(await state.hub.call('DELETE', `/v1/connections/${id}`, account.token)).toMatchObject({
        status: 204,
      });
      const { credentials } = tables();
      await until(
        'it is shredded',
        async () => (await state.hub.hub.store.db.select().from(credentials)).length === 0,
      );
      const issued = state.vendor.tokens.length;
      expect(issued).toBeGreaterThan(2);
      expect(state.vendor.revoked).toEqual([`fake-refresh-${issued}`]);
      const calls = state.vendor.received.length;
      await publish(account);
      expect(await state.hub.call('POST', `/v1/connections/${id}/check`, account.token)).toMatchObject({
        status: 409,
      });
      expect(await state.hub.call('POST', `/v1/connections/${id}/reconnect`, account.token)).toMatchObject({
        status: 409,
      });
      expect(state.vendor.received).toHaveLength(calls);
      expect((await deliveries()).filter((one) => one.state === 'pending')).toHaveLength(0);
    });

    test('a later state is not undone by an earlier one that comes late', async () => {
      const account = await startCalendar();
      const id = await link(account, 'google-calendar');
      const sub = await subscribe(account, id, ofCalendar);
      const first = eventFor([account.id]);
      const later = eventFor([account.id], { type: 'booking.rescheduled', subject: first['subject'] });
      const moved = {
        ...later,
        data: {
          ...later['data'],
          booking_id: first['data'].booking_id,
          starts_at: '2026-12-24T15:00:00.000Z',
          ends_at: '2026-12-24T18:00:00.000Z',
        },
      };
      await state.hub.call('POST', `/v1/subscriptions/${sub}/pause`, account.token);
      const token = await state.hub.service();
      for (const event of [first, moved])
        expect(await state.hub.call('POST', '/v1/events', token, event)).toMatchObject({
          body: { status: 'accepted' },
        });
      await state.hub.call('POST', `/v1/subscriptions/${sub}/resume`, account.token);
      await until(
        'both are delivered',
        async () => (await deliveries()).length === 2 && (await isIn('delivered')()),
      );
      expect(JSON.stringify(state.vendor.standIn.objects())).toContain('2026-12-24');
    });

    test('preview says what real events would do, and sends nothing', async () => {
      const account = await startCalendar();
      const id = await link(account, 'google-calendar');
      await publish(account);
      const calls = state.vendor.received.length;
      const preview = await state.hub.call('POST', `/v1/connections/${id}/preview`, account.token, {
        options: ofCalendar,
        event_types: ['booking.*'],
      });
      expect(preview).toMatchObject({ status: 200, body: { data: [{ ops: [{ kind: 'entry' }] }] } });
      expect(state.vendor.received).toHaveLength(calls);
      const wrong = await state.hub.call('POST', `/v1/connections/${id}/preview`, account.token, {
        options: { nonsense: 1 },
        event_types: ['booking.*'],
      });
      expect(wrong).toMatchObject({ status: 422, body: { errors: expect.any(Array) } });
    });

    test('recall takes back what was made, with a report', async () => {
      const account = await startCalendar();
      const id = await link(account, 'google-calendar');
      await subscribe(account, id, ofCalendar);
      await publish(account);
      await publish(account);
      await until(
        'both are delivered',
        async () => (await deliveries()).length === 2 && (await isIn('delivered')()),
      );
      const begun = await state.hub.call('POST', `/v1/connections/${id}/recalls`, account.token);
      expect(begun.status).toBe(202);
      await until('it is done', async () => {
        const at = await state.hub.call(
          'GET',
          `/v1/connections/${id}/recalls/${begun.body.id}`,
          account.token,
        );
        return at.body.state === 'done' && at.body.recalled === 2 && at.body.left_count === 0;
      });
      expect(state.vendor.standIn.objects()).toHaveLength(0);
    });

    test('a connector that the operator has not switched on cannot be linked', async () => {
      const account = await startCalendar();
      const refused = await state.hub.call('POST', '/v1/connections', account.token, { connector: 'slack' });
      expect(refused).toMatchObject({ status: 404 });
      const listed = await state.hub.call('GET', '/v1/connectors', account.token);
      expect(listed.body.data.map((one: { id: string }) => one.id)).toEqual(['google-calendar']);
    });

    test('bad input to each route is told in words', async () => {
      const account = await startCalendar();
      const id = await link(account, 'google-calendar');
      const other = await state.hub.account(scopes);
      const { call } = state.hub;
      expect(await call('GET', `/v1/connections/${id}`, other.token)).toMatchObject({ status: 404 });
      expect(await call('DELETE', `/v1/connections/${id}`, other.token)).toMatchObject({ status: 404 });
      expect(
        await call('POST', '/v1/connections', account.token, { connector: 'google-calendar', tier: 'all' }),
      ).toMatchObject({ status: 422 });
      expect(
        await call('POST', '/v1/connections', account.token, { connector: 'google-calendar', more: 1 }),
      ).toMatchObject({ status: 422 });
      expect(
        await call('PATCH', `/v1/connections/${id}`, account.token, { intents: ['everything'] }),
      ).toMatchObject({ status: 422 });
      expect(await call('GET', `/v1/connections/${id}/calls?cursor=nonsense`, account.token)).toMatchObject({
        status: 400,
      });
      expect(await call('GET', `/v1/connections/${id}/choices/calendar`, account.token)).toMatchObject({
        status: 404,
      });
      expect(await call('POST', '/v1/inbound/google-calendar', null, {})).toMatchObject({ status: 404 });
      expect(await call('POST', `/v1/inbound/google-calendar/${id}`, null, {})).toMatchObject({
        status: 401,
      });
      const subscription = await call('POST', '/v1/subscriptions', account.token, {
        endpoint: { type: 'connection', connection_id: id, options: { requests: 'maybe' } },
        event_types: ['booking.*'],
      });
      expect(subscription).toMatchObject({
        status: 422,
        body: {
          errors: expect.arrayContaining([
            expect.objectContaining({ pointer: '/endpoint/options/requests' }),
          ]),
        },
      });
      const begun = await call('POST', '/v1/connections', account.token, { connector: 'google-calendar' });
      const { searchParams } = await state.vendor.consent(begun.body.authorize_url as string);
      const once = Object.fromEntries(searchParams);
      await expect(finishConnect(state.hub.hub, once, null)).rejects.toMatchObject({ code: 'forbidden' });
      // A state is good for once, whoever came with it.
      const member = await state.hub.member(account.id);
      await expect(finishConnect(state.hub.hub, once, member)).rejects.toMatchObject({ code: 'not_found' });
    });

    test('a revocation takes the credentials back, and its receipt says what the vendor said', async () => {
      const account = await startCalendar();
      const id = await link(account, 'google-calendar');
      await subscribe(account, id, ofCalendar);
      const { hub } = state.hub;
      const preview = await previewRevocation(hub, { level: 'account', id: account.id });
      expect(preview.connections).toEqual({ count: 1, at_least: false });
      const { receipt } = await revokeAccess(hub, 'test', {
        level: 'account',
        id: account.id,
        reason: 'requested',
      });
      const { revocations, credentials } = tables();
      const now = async () =>
        (await hub.store.db.select().from(revocations).where(eq(revocations.id, receipt.id)))[0]!;
      await until('the receipt is complete', async () => (await now()).completedAt !== null);
      expect(await now()).toMatchObject({ credentials: 1, credentialsRevoked: 1, credentialsShredded: 1 });
      expect(await hub.store.db.select().from(credentials)).toEqual([]);
      expect(state.vendor.revoked).toHaveLength(1);
      expect(await row(id)).toMatchObject({ state: 'revoked' });
      const calls = state.vendor.received.length;
      await publish(account);
      expect(state.vendor.received).toHaveLength(calls);
    });

    test('what a leaked token has linked stops until a person links it again', async () => {
      const account = await startCalendar();
      const id = await link(account, 'google-calendar');
      const other = await createPersonalToken(state.hub.hub, 'test', {
        label: 'another',
        env: 'live',
        scopes,
        accountId: account.id,
      });
      await subscribe({ ...account, token: other.token }, id, ofCalendar);
      const { hub } = state.hub;
      await revokeAccess(hub, 'test', { level: 'token', id: account.tokenId, reason: 'leaked' });
      await publish(account);
      await until('it is held', isIn('held'));
      expect(state.vendor.standIn.objects()).toHaveLength(0);
      const again = await state.hub.call('POST', `/v1/connections/${id}/reconnect`, other.token);
      await back(again.body.authorize_url as string, account);
      await until('it is delivered', isIn('delivered'));
    });

    test('a rotation of the master key wraps credentials anew, and the old key can go', async () => {
      const account = await startCalendar();
      const id = await link(account, 'google-calendar');
      await state.hub.call('POST', '/v1/connections', account.token, { connector: 'google-calendar' });
      const { hub } = state.hub;
      const { credentials, connectStates } = tables();
      const [before] = await hub.store.db.select().from(credentials);
      const masters = [1, 2].map((version) => ({ version, key: new Uint8Array(32).fill(version) }));
      const old = createKeyring({ masterKeys: masters, current: 1 }, hub.chance);
      const plain = await hub.vault.open(before!.sealed, { owner: id, record: id, field: 'credential' });
      const sealed = await old.seal(plain, { owner: id, record: id, field: 'credential' });
      await hub.store.write((db) => [
        db.update(credentials).set({ sealed }),
        db.delete(connectStates),
        db.delete(tables().secrets),
      ]);
      const vault = createKeyring({ masterKeys: masters, current: 2 }, hub.chance);
      // All that this kind reads of a task.
      const task = { payload: { version: 2 }, cursor: null as unknown } as unknown as Task;
      for (let isLast = false; !isLast;) {
        const chunk = await rewrapKind({ ...hub, vault })(task);
        await hub.store.write((db) => [...chunk.statements(db)]);
        task.cursor = chunk.cursor;
        isLast = chunk.isLast;
      }
      const [after] = await hub.store.db.select().from(credentials);
      expect(after!.sealed).toMatch(/^v1\.2\./);
      const onlyNew = createKeyring({ masterKeys: masters.slice(1), current: 2 }, hub.chance);
      expect(await onlyNew.open(after!.sealed, { owner: id, record: id, field: 'credential' })).toEqual(
        plain,
      );
    });

    test('what is old of its log goes, an authorization nobody came back from too; receipts stay', async () => {
      const account = await startCalendar();
      const id = await link(account, 'google-calendar');
      await subscribe(account, id, ofCalendar);
      await publish(account);
      await until('it is delivered', isIn('delivered'));
      await state.hub.call('POST', '/v1/connections', account.token, { connector: 'google-calendar' });
      const { hub } = state.hub;
      const { connections, connectionCalls, connectionRefs, connectStates } = tables();
      await purge(hub);
      expect(await hub.store.db.select().from(connectionCalls)).not.toHaveLength(0);
      expect(await hub.store.db.select().from(connections)).toHaveLength(2);
      const in40Days = {
        ...hub.clock,
        ms: () => hub.clock.ms() + 40 * 86_400_000,
        now: () => new Date(hub.clock.ms() + 40 * 86_400_000),
      };
      await purge({ ...hub, clock: in40Days });
      expect(await hub.store.db.select().from(connectionCalls)).toEqual([]);
      expect(await hub.store.db.select().from(connectStates)).toEqual([]);
      expect((await hub.store.db.select().from(connections)).map((one) => one.id)).toEqual([id]);
      expect(await hub.store.db.select().from(connectionRefs)).toHaveLength(1);
    });

    test('the doctor says which vendor has given no app, and whose API ends soon', async () => {
      const account = await startSlack();
      expect(account.id).toMatch(/^acc_/);
      const { hub } = state.hub;
      expect(await connectorFindings(hub)).toMatchObject([{ state: 'good' }]);
      const without = { ...hub.connectors, app: () => null };
      expect(await connectorFindings({ ...hub, connectors: without })).toMatchObject([{ state: 'bad' }]);
      const ending = (endsAt: string) => ({
        ...hub.connectors,
        load: async () => ({ ...slack, manifest: { ...slack.manifest, vendorApi: { name: 'x', endsAt } } }),
      });
      const after = (days: number) => new Date(hub.clock.ms() + days * 86_400_000).toISOString().slice(0, 10);
      for (const [days, verdict] of [
        [400, 'good'],
        [30, 'warn'],
        [-2, 'bad'],
      ] as const)
        expect(await connectorFindings({ ...hub, connectors: ending(after(days)) })).toMatchObject([
          { state: verdict },
        ]);
    });

    test('a credential that other connections to the same workspace go by is taken back with the last of them', async () => {
      const account = await startSlack(1);
      const ids = [await link(account, 'slack', 'updates'), await link(account, 'slack', 'updates')];
      const { credentials } = tables();
      const kept = () => state.hub.hub.store.db.select().from(credentials);
      await state.hub.call('DELETE', `/v1/connections/${ids[0]}`, account.token);
      await until('the first is shredded', async () => (await kept()).length === 1);
      expect(state.vendor.revoked).toEqual([]);
      await state.hub.call('DELETE', `/v1/connections/${ids[1]}`, account.token);
      await until('the second is shredded', async () => (await kept()).length === 0);
      expect(state.vendor.revoked).toHaveLength(1);
    });

    test('events of one thing that are sent at the same moment make one message', async () => {
      const account = await startSlack(1);
      const id = await link(account, 'slack', 'updates');
      const sub = await subscribe(account, id, { channel: 'C0RFPS', respond: 'off', direct_messages: false });
      await publish(account);
      await until('the first has vouched for the connection', isIn('delivered'));
      await state.hub.call('POST', `/v1/subscriptions/${sub}/pause`, account.token);
      const one = eventFor([account.id]);
      for (const type of [
        'booking.requested',
        'booking.confirmed',
        'booking.rescheduled',
        'booking.cancelled',
      ]) {
        const event = eventFor([account.id], { type, subject: one['subject'] });
        const data = { ...event['data'], booking_id: one['data'].booking_id };
        const published = await state.hub.call('POST', '/v1/events', await state.hub.service(), {
          ...event,
          data,
        });
        expect(published).toMatchObject({ body: { status: 'accepted' } });
      }
      await state.hub.call('POST', `/v1/subscriptions/${sub}/resume`, account.token);
      await until(
        'all are delivered',
        async () => (await deliveries()).length === 5 && (await isIn('delivered')()),
      );
      expect(state.vendor.standIn.objects()).toHaveLength(2);
    });

    test('a vendor that fails five times in a row is left in peace, and no try is spent', async () => {
      const account = await startCalendar();
      const id = await link(account, 'google-calendar');
      await subscribe(account, id, ofCalendar);
      state.vendor.answerWith(() => Response.json({}, { status: 503 }));
      for (let n = 0; n < 7; n++) await publish(account);
      await until('one waits for the circuit', async () =>
        (await deliveries()).some(({ reason, tries }) => reason === 'breaker_open' && tries === 0),
      );
      expect(state.vendor.standIn.objects()).toEqual([]);
    });
  });
