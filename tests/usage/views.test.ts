import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runInvoices } from '#src/usage';
import { eventFor } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { addStaff, browserOf, staffTokenOf } from '../harness/staff.ts';
import { type Client, type Stand, startStand } from '../oauth/stand.ts';

/** One partner with two apps that a person has linked, and one account by itself; all of them are sent events. */
describe('who sees whose use', () => {
  const on = {} as { stand: Stand; sink: Sink; apps: Client[]; linked: string[]; own: string };

  beforeAll(async () => {
    const stand = await startStand({ PATCHBAY_OFFERED_PLANS: 'high_volume' });
    const sink = await startSink();
    await stand.review();
    const apps = [stand.confidentialApp, await stand.app({ kind: 'confidential', name: 'Second' })];
    const scope = 'bookings:read reviews:read webhooks:manage';
    const linked: string[] = [];
    for (const app of apps) {
      const tokens = await stand.linked(app, { scope }, stand.approval({ scopes: scope.split(' ') }));
      linked.push(tokens.access_token);
    }
    const other = await stand.hub.account();
    for (const token of [...linked, other.token]) {
      const made = await stand.hub.call('POST', '/v1/subscriptions', token, {
        endpoint: { type: 'webhook', url: sink.origin },
        event_types: ['booking.*'],
        max_per_second: 1_000,
      });
      if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    }
    const core = await stand.hub.service();
    const publish = (count: number) =>
      stand.hub.call('POST', '/v1/events', core, {
        events: Array.from({ length: count }, () => eventFor([stand.account.id, other.id])),
      });
    await publish(1);
    await until('all are proven', () => sink.received.length === 3);
    await publish(20);
    await until('all has arrived', () => sink.received.length === 63);
    await until('all is settled', async () => {
      await stand.ports.usage.flush();
      const { deliveries } = stand.ports.store.tables;
      const rows = await stand.ports.store.db.select().from(deliveries);
      return rows.every(({ state }) => state === 'delivered');
    });
    await stand.ports.usage.flush();
    Object.assign(on, { stand, sink, apps, linked, own: other.id });
  });
  afterAll(async () => {
    await on.sink.close();
    await on.stand.stop();
  });

  const ownToken = async (app: Client): Promise<string> => {
    const answer = await on.stand.token(app, { grant_type: 'client_credentials' });
    return answer.body.access_token as string;
  };
  const staff = async (query: string) => {
    const { hub, ports } = on.stand;
    const token = await staffTokenOf(ports, await addStaff(ports, ['support']), ['support']);
    return hub.call('GET', `/admin/v1/usage${query}`, token);
  };

  test('a partner sees each of its apps, all people together [S2-38]', async () => {
    const { hub, partnerId } = on.stand;
    const token = await ownToken(on.apps[0]!);
    const { status, body } = await hub.call('GET', '/v1/usage/apps?days=2', token);
    expect(status).toBe(200);
    expect(body.of).toBe(`partner:${partnerId}`);
    const [first, second] = on.apps.map(({ clientId }) =>
      body.apps.find(({ app_id }: { app_id: string }) => app_id === clientId),
    );
    expect(first.days).toHaveLength(2);
    expect(first.days[0]).toMatchObject({
      calls: { creates: 1 },
      deliveries: { delivered: 21, failed_attempts: 0 },
      limit_hits: { ours: 0, theirs: 0 },
    });
    expect(second).toMatchObject({ name: 'Second', days: [{ deliveries: { delivered: 21 } }, { units: 0 }] });
  });

  test('nobody else sees it: a person’s consent, an account’s own token, the marketplace', async () => {
    const { call, service, account } = on.stand.hub;
    const tokens = [on.linked[0]!, (await account()).token, await service()];
    for (const token of tokens) expect((await call('GET', '/v1/usage/apps', token)).status).toBe(403);
    expect((await call('GET', '/v1/usage/apps', null)).status).toBe(401);
    expect((await call('GET', '/v1/usage/apps?days=32', await ownToken(on.apps[0]!))).status).toBe(400);
  });

  test('staff see who uses most, by partner, app, account, user and grant', async () => {
    const { partnerId, userId } = on.stand;
    const top = async (by: string) => (await staff(`?by=${by}&order=delivered`)).body.data as any[];
    expect((await top('partner'))[0]).toMatchObject({ id: partnerId, deliveries: { delivered: 42 } });
    const apps = (await top('app')).slice(0, 2).map(({ id }) => String(id));
    expect(new Set(apps)).toEqual(new Set(on.apps.map(({ clientId }) => clientId)));
    expect((await top('account'))[0]).toMatchObject({ id: on.own, deliveries: { delivered: 21 } });
    expect((await top('user'))[0]).toMatchObject({ id: userId, deliveries: { delivered: 42 } });
    const grants = (await top('grant')).map(({ deliveries }) => Number(deliveries.delivered));
    expect(grants.filter((delivered) => delivered > 0)).toEqual([21, 21, 21]);
    expect((await staff('?by=grant&order=delivered&limit=1')).body.data).toHaveLength(1);
    expect((await staff('?by=everything')).status).toBe(400);
  });

  test('without the permission usage:read nobody does', async () => {
    const { hub, ports } = on.stand;
    for (const path of ['/admin/v1/usage', '/admin/v1/blocks']) {
      expect((await hub.call('GET', path, on.linked[0]!)).status).toBe(403);
      expect((await hub.call('GET', path, null)).status).toBe(401);
      const nobody = await browserOf(hub, await addStaff(ports, []));
      expect((await nobody.call('GET', path)).status).toBe(403);
    }
  });

  test('the meter of a month is the count of deliveries that were taken [S2-38]', async () => {
    const { ports, partnerId } = on.stand;
    const { deliveries } = ports.store.tables;
    const taken = await ports.store.db.select().from(deliveries).where(eq(deliveries.state, 'delivered'));
    const invoices = await runInvoices(ports, new Date().toISOString().slice(0, 7));
    const meter = invoices.reduce((sum, invoice) => sum + invoice.deliveries, 0);
    expect(meter).toBe(taken.length);
    expect(invoices.find(({ payer }) => payer === `partner:${partnerId}`)).toMatchObject({ deliveries: 42 });
  });

  test('an invoice run yields $0 for all, whatever their plan [S1-20]', async () => {
    const { ports, partnerId } = on.stand;
    const { partners } = ports.store.tables;
    await ports.store.write((db) => [
      db.update(partners).set({ plan: 'high_volume' }).where(eq(partners.id, partnerId)),
    ]);
    const invoices = await runInvoices(ports, new Date().toISOString().slice(0, 7));
    expect(invoices.map(({ plan }) => plan)).toContain('high_volume');
    expect(invoices.map(({ usd }) => usd)).toEqual(invoices.map(() => 0));
    expect(await runInvoices(ports, '2020-01')).toEqual([]);
    await expect(runInvoices(ports, '2026-13')).rejects.toMatchObject({ code: 'validation_failed' });
  });
});
