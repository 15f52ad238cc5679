import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { finishConnect } from '../../src/connections/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { until } from '../harness/sink.ts';
import { startVendors } from '../portal/vendors.ts';

const ofCalendar = { requests: true, contact: false };
const scopes = ['bookings:read', 'rfps:read', 'webhooks:manage', 'connections:manage'];

describe('before anything flows', () => {
  const state = {} as {
    hub: TestHub;
    vendors: Awaited<ReturnType<typeof startVendors>>;
    account: Awaited<ReturnType<TestHub['account']>>;
  };
  beforeAll(async () => {
    state.vendors = await startVendors(['google-calendar', 'slack']);
    state.hub = await startTestHub(state.vendors.environment);
    state.account = await state.hub.account(scopes);
  });
  afterAll(async () => {
    await state.hub.stopAndForget();
    await state.vendors.close();
  });

  const call = (method: string, path: string, body?: unknown) =>
    state.hub.call(method, path, state.account.token, body);
  async function link(connector: 'google-calendar' | 'slack', tier?: string): Promise<string> {
    const { body } = await call('POST', '/v1/connections', { connector, ...(tier ? { tier } : {}) });
    const { searchParams } = await state.vendors.vendors[connector].consent(body.authorize_url as string);
    const member = await state.hub.member(state.account.id);
    await finishConnect(state.hub.hub, Object.fromEntries(searchParams), member);
    return body.id as string;
  }
  const endpoint = (id: string, options = {}) => ({ type: 'connection', connection_id: id, options });
  const subscribe = async (id: string, options = {}): Promise<string> => {
    const spec = { endpoint: endpoint(id, options), event_types: ['booking.confirmed'] };
    const { status, body } = await call('POST', '/v1/subscriptions', spec);
    expect(status).toBe(201);
    return body.id as string;
  };

  test('preview of what has never happened is of samples, marked as such; real events take their place', async () => {
    const id = await link('google-calendar');
    const calendar = state.vendors.vendors['google-calendar'];
    const calls = calendar.received.length;
    const wish = { options: ofCalendar, event_types: ['booking.*'], last: 2 };
    const sample = await call('POST', `/v1/connections/${id}/preview`, wish);
    expect(sample).toMatchObject({ status: 200, body: { data: [{ is_sample: true }, { is_sample: true }] } });
    expect(sample.body.data[0].ops).toMatchObject([{ kind: 'entry' }]);
    // Contact fields need a scope that this token does not have.
    expect(JSON.stringify(sample.body)).not.toContain('@example');
    await state.hub.call('POST', '/v1/events', await state.hub.service(), eventFor([state.account.id]));
    const real = await call('POST', `/v1/connections/${id}/preview`, wish);
    expect(real.body.data).toMatchObject([{ is_sample: false, ops: [{ kind: 'entry' }] }]);
    expect(calendar.received).toHaveLength(calls);
    await call('DELETE', `/v1/connections/${id}`);
  });

  test('what a tier does not go without is asked for before anything is made', async () => {
    const id = await link('slack', 'updates');
    const refused = {
      status: 422,
      body: {
        errors: [{ pointer: '/endpoint/options/channel', detail: expect.stringContaining('stay current') }],
      },
    };
    const spec = { endpoint: endpoint(id), event_types: ['booking.*'] };
    expect(await call('POST', '/v1/subscriptions', spec)).toMatchObject(refused);
    const made = await subscribe(id, { channel: 'C0RFPS' });
    expect(await call('PATCH', `/v1/subscriptions/${made}`, { endpoint: endpoint(id) })).toMatchObject(
      refused,
    );
    expect(
      await call('PATCH', `/v1/subscriptions/${made}`, { endpoint: endpoint(id, { channel: '' }) }),
    ).toMatchObject({ status: 422 });
    expect(
      await call('POST', `/v1/connections/${id}/preview`, { options: {}, event_types: ['booking.*'] }),
    ).toMatchObject({ status: 422, body: { errors: [{ pointer: '/options/channel' }] } });
    const { body } = await call('GET', '/v1/connectors');
    const slack = (body.data as { id: string; tiers: { needs: string[] }[] }[]).find(
      ({ id: one }) => one === 'slack',
    );
    expect(slack?.tiers.map(({ needs }) => needs)).toEqual([[], ['channel'], ['channel']]);
    await call('DELETE', `/v1/connections/${id}`);
  });

  test('backfill: counted, brought in once, stopped, brought in after all', async () => {
    const { vendors, hub, account } = state;
    const calendar = vendors.vendors['google-calendar'];
    const publisher = await hub.service();
    const subjects = ['bookings/bkg_one', 'bookings/bkg_one', 'bookings/bkg_two'];
    for (const subject of subjects)
      await hub.call('POST', '/v1/events', publisher, eventFor([account.id], { subject }));
    const since = new Date(Date.now() - 3_600_000).toISOString();
    const connection = await link('google-calendar');
    const id = await subscribe(connection, ofCalendar);
    const path = `/v1/subscriptions/${id}`;
    const missing = async () => (await call('GET', `${path}/missing?since=${since}`)).body;
    // One more is of the test before.
    expect(await missing()).toEqual({ events: 4, subjects: 3, there: 0, is_more: false });

    await call('POST', `${path}/pause`);
    const begin = async (only = 'missing') =>
      (await call('POST', `${path}/replay`, { since, only })).body.id as string;
    const at = async (task: string) => (await call('GET', `${path}/replays/${task}`)).body;
    const first = await begin();
    await until('it is made', async () => (await at(first)).state === 'done');
    expect(await at(first)).toMatchObject({ done: 4, there: 0, sent: { delivered: 0, waiting: 4, dead: 0 } });
    const stopped = await call('POST', `${path}/replays/${first}/stop`);
    expect(stopped).toMatchObject({ status: 200, body: { state: expect.stringMatching(/^stop/) } });
    await until('it is stopped', async () => (await at(first)).state === 'stopped');
    expect(await at(first)).toMatchObject({ sent: { delivered: 0, waiting: 0, dead: 0 } });
    expect(await call('POST', `${path}/replays/${first}/stop`)).toMatchObject({ status: 200 });
    expect(await missing()).toMatchObject({ events: 4, there: 0 });
    expect(calendar.standIn.objects()).toEqual([]);

    await call('POST', `${path}/resume`);
    const second = await begin();
    await until('all is there', async () => (await at(second)).sent.delivered === 4);
    expect(calendar.standIn.objects()).toHaveLength(3);
    expect(await missing()).toEqual({ events: 0, subjects: 0, there: 4, is_more: false });
    const calls = calendar.received.length;
    const third = await begin();
    await until('there is nothing more', async () => (await at(third)).state === 'done');
    expect(await at(third)).toMatchObject({ done: 0, there: 4, sent: { delivered: 0, waiting: 0, dead: 0 } });
    expect(calendar.received).toHaveLength(calls);

    const again = await begin('failed');
    await until('there was nothing dead', async () => (await at(again)).state === 'done');
    expect(await at(again)).toMatchObject({ sent: null });
    expect(await call('POST', `${path}/replays/${again}/stop`)).toMatchObject({ status: 409 });
    // What waits may be of the later one.
    expect(await call('POST', `${path}/replays/${third}/stop`)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('later replay') },
    });
    expect(await call('GET', `${path}/missing?since=yesterday`)).toMatchObject({ status: 400 });
  });
});
