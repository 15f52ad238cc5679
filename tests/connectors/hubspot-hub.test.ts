/** From an account that connects to a deal that moves: the real hub, and HubSpot on a port of its own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finishConnect } from '../../src/connections/index.ts';
import { startTestHub, type TestHub, eventFor } from '../harness/hub.ts';
import { startSink, until } from '../harness/sink.ts';
import { mightyStaffToken } from '../harness/staff.ts';
import { agreed, allScopes, asked, notAgreed } from './hubspot-account.ts';
import { clientSecret, type HubSpotServer, signedMove, startHubSpot } from './hubspot-server.ts';

const options = {
  pipeline: 'default',
  stage_open: 'appointmentscheduled',
  stage_quoted: 'contractsent',
  stage_awarded: 'closedwon',
  stage_closed: 'closedlost',
};
const scopes = ['rfps:read', 'bookings.contact:read', 'money:read', 'webhooks:manage', 'connections:manage'];

describe('RFPs in HubSpot, through the hub', () => {
  let vendor: HubSpotServer;
  let hub: TestHub;
  let core: string;
  let reader: string;
  let me: Awaited<ReturnType<TestHub['account']>>;
  let connection = '';
  let subscription = '';

  beforeAll(async () => {
    vendor = await startHubSpot(allScopes);
    hub = await startTestHub({
      PATCHBAY_PUBLIC_URL: 'https://hub.example',
      PATCHBAY_CONNECTORS: 'hubspot',
      PATCHBAY_HUBSPOT_CLIENT_ID: 'fake-client-id',
      PATCHBAY_HUBSPOT_CLIENT_SECRET: clientSecret,
      PATCHBAY_VENDOR_STAND_INS: `https://api.hubapi.com=${vendor.origin}`,
    });
    core = await hub.service();
    reader = await hub.service(['intents:read']);
    me = await hub.account(scopes);
  });
  afterAll(async () => {
    await hub.stopAndForget();
    await vendor.close();
  });

  let rfps = 0;
  const rfp = (buyer: Record<string, unknown>) => {
    rfps += 1;
    const id = `rfp_test${rfps}`;
    const publish = (type: string, over: Record<string, unknown> = {}) => {
      const event = eventFor([me.id], { type, subject: `rfps/${id}` });
      Object.assign(event['data'], { rfp_id: id, title: `Lookbook ${rfps}`, buyer }, over);
      return hub.call('POST', '/v1/events', core, event);
    };
    return { id, publish };
  };
  const dealOf = (id: string) => vendor.deals().find(({ deal }) => deal.patchbay_rfp_id === id);
  const vendorId = async (key: string): Promise<string | null> => {
    const { data } = (await hub.call('GET', `/v1/connections/${connection}/objects?limit=100`, me.token))
      .body;
    return data.find((one: any) => one.key === key)?.id ?? null;
  };
  // The API's own answer; what the test asks of it is asserted.
  const intents = async () => (await hub.call('GET', '/v1/intents', reader)).body.data as any[];
  const move = (objectId: string, propertyValue: string) =>
    fetch(
      `${hub.origin}/v1/inbound/hubspot`,
      signedMove('https://hub.example/v1/inbound/hubspot', { objectId: Number(objectId), propertyValue }),
    );

  it('asks for the scopes that it needs, and for one that the admin may refuse', async () => {
    const begun = await hub.call('POST', '/v1/connections', me.token, { connector: 'hubspot' });
    expect(begun.status).toBe(201);
    const url = new URL(begun.body.authorize_url);
    expect(url.origin + url.pathname).toBe('https://app.hubspot.com/oauth/authorize');
    expect(url.searchParams.get('scope')!.split(' ').toSorted()).toEqual(asked.toSorted());
    expect(url.searchParams.get('optional_scope')).toBe('crm.schemas.deals.write');
    connection = begun.body.id;
    await finishConnect(
      hub.hub,
      { code: 'fake-code', state: url.searchParams.get('state')! },
      await hub.member(me.id),
    );
    expect((await hub.call('GET', `/v1/connections/${connection}`, me.token)).body).toMatchObject({
      state: 'active',
      label: 'HubSpot account 62515',
      scopes: allScopes,
    });
    expect(vendor.vendor.objects()).toEqual([
      expect.objectContaining({ name: 'patchbay_rfp_id', hasUniqueValue: true }),
    ]);
  });

  it('offers what HubSpot has: pipelines, stages, properties', async () => {
    const listed = async (field: string) =>
      (await hub.call('GET', `/v1/connections/${connection}/choices/${field}`, me.token)).body.data.map(
        ({ id }: any) => id,
      );
    expect(await listed('pipeline')).toEqual(['default', '88110']);
    expect(await listed('stage_awarded')).toContain('closedwon');
    expect(await listed('fields')).toContain('closedate');
  });

  it('previews the mapping on a real event, and sends nothing', async () => {
    const { id, publish } = rfp(agreed);
    await publish('rfp.created', { city: 'houston' });
    const before = vendor.calls.length;
    const spec = { options: { ...options, fields: { rfp_city: 'city' } }, event_types: ['rfp.*'], last: 1 };
    const preview = await hub.call('POST', `/v1/connections/${connection}/preview`, me.token, spec);
    expect(preview.body.data[0].ops[0]).toMatchObject({
      kind: 'deal',
      body: {
        id,
        properties: { dealname: 'Lookbook 1', rfp_city: 'houston', dealstage: 'appointmentscheduled' },
      },
    });
    const wrong = { ...spec, options: { ...options, fields: { rfp_city: 'buyer.email' } } };
    expect((await hub.call('POST', `/v1/connections/${connection}/preview`, me.token, wrong)).status).toBe(
      422,
    );
    expect(vendor.calls).toHaveLength(before);
  });

  it('an RFP is a deal with its contact, and moves as it is quoted and awarded: one deal [S2-25]', async () => {
    const made = await hub.call('POST', '/v1/subscriptions', me.token, {
      endpoint: { type: 'connection', connection_id: connection, options },
      event_types: ['rfp.*'],
    });
    expect(made.status).toBe(201);
    subscription = made.body.id;
    const { id, publish } = rfp(agreed);
    for (const [type, stage] of [
      ['rfp.created', 'appointmentscheduled'],
      ['rfp.quoted', 'contractsent'],
      ['rfp.awarded', 'closedwon'],
    ] as const) {
      await publish(type);
      await until(`${type} has moved the deal`, () => dealOf(id)?.deal.dealstage === stage);
    }
    await until('the contact is tied', () => dealOf(id)?.contacts.length === 1);
    expect(vendor.deals()).toHaveLength(1);
  });

  it('a test is one deal without a contact, in the stage of a new RFP, and a recall archives it', async () => {
    const tests = () => vendor.deals().filter(({ deal }) => deal.dealname.startsWith('Test from Patchbay'));
    for (const applied of ['created', 'updated']) {
      const { body } = await hub.call('POST', `/v1/subscriptions/${subscription}/test`, me.token);
      const shown = async () =>
        (await hub.call('GET', `/v1/deliveries/${body.delivery_id}`, me.token)).body as { state: string };
      await until('it is there', async () => (await shown()).state === 'delivered');
      expect(JSON.stringify(await shown())).toContain(`a test deal in the stage of a new RFP: ${applied}`);
      expect(tests()).toMatchObject([{ deal: { dealstage: 'appointmentscheduled' }, contacts: [] }]);
    }
    const { data } = (await hub.call('GET', `/v1/connections/${connection}/calls`, me.token)).body;
    expect(data[0]).toMatchObject({ purpose: 'test', address: expect.stringContaining('upsert') as string });
    await hub.call('POST', `/v1/connections/${connection}/recalls`, me.token, { key: 'test:' });
    await until('it is taken back', () => tests().length === 0);
  });

  it('who did not agree is in no request [S2-23]', async () => {
    const jordan = { ...notAgreed, name: 'Jordan Okafor', email: 'jordan.okafor@example.com' };
    const { id, publish } = rfp(jordan);
    await publish('rfp.created');
    await until('the deal is there', () => dealOf(id) !== undefined);
    expect(dealOf(id)!.contacts).toEqual([]);
    expect(JSON.stringify(vendor.calls)).not.toMatch(/jordan/i);
  });

  it('HubSpot commits and its answer is lost: exactly one deal, one contact, one tie', async () => {
    const { id, publish } = rfp({ ...agreed, email: 'lost.answer@example.com' });
    await until('all that was before has arrived', async () => {
      const path = `/v1/deliveries?subscription=${subscription}&limit=100`;
      const { data } = (await hub.call('GET', path, me.token)).body;
      return data.every(({ state }: any) => state === 'delivered');
    });
    vendor.loseAnswers(1);
    const from = vendor.calls.length;
    await publish('rfp.created');
    await until('all of it is there', () => dealOf(id)?.contacts.length === 1);
    const paths = vendor.calls.slice(from).map(({ path }) => path.replace('/crm/objects/2026-09', ''));
    expect(paths.slice(0, 2)).toEqual(['/0-3/batch/upsert', '/0-3/batch/read']);
    expect(vendor.deals().filter(({ deal }) => deal.patchbay_rfp_id === id)).toHaveLength(1);
    expect(
      vendor.contacts().filter(({ contact }) => contact.email === 'lost.answer@example.com'),
    ).toHaveLength(1);
  });

  it('a token that came too late is renewed, and the deal is made', async () => {
    const { id, publish } = rfp(notAgreed);
    vendor.expire();
    await publish('rfp.created');
    await until('the deal is there', () => dealOf(id) !== undefined);
    expect(vendor.forms.at(-1)!.form.get('grant_type')).toBe('refresh_token');
  });

  it('an RFP from before is made by a replay of what is missing', async () => {
    expect(dealOf('rfp_test1')).toBeUndefined();
    const since = new Date(Date.now() - 3_600_000).toISOString();
    const begun = await hub.call('POST', `/v1/subscriptions/${subscription}/replay`, me.token, {
      since,
      only: 'missing',
    });
    expect(begun.status).toBe(202);
    await until('the deal is there', () => dealOf('rfp_test1') !== undefined);
    expect(vendor.deals()).toHaveLength(5);
  });

  it('a deal that is moved there asks the core, once both switches are on and staff know the origin', async () => {
    const { id, publish } = rfp(notAgreed);
    await publish('rfp.created');
    await until('the hub knows its id', async () => (await vendorId(`deal:${id}`)) !== null);
    const deal = (await vendorId(`deal:${id}`))!;

    expect((await move(deal, 'closedwon')).status).toBe(204);
    await hub.call('PATCH', `/v1/connections/${connection}`, me.token, { intents: ['rfp.stage'] });
    expect((await move(deal, 'closedwon')).status).toBe(204);
    expect(await intents()).toEqual([]);

    const endpoint = {
      type: 'connection',
      connection_id: connection,
      options: { ...options, stage_changes: true },
    };
    await hub.call('POST', '/v1/subscriptions', me.token, { endpoint, event_types: ['rfp.closed'] });
    expect((await move(deal, 'closedwon')).status).toBe(204);
    expect(await intents()).toEqual([]);

    const source = '/admin/v1/intent-sources/connector:hubspot/rfp.stage';
    const approval = { state: 'approved', note: 'known to us' };
    expect((await hub.call('PUT', source, await mightyStaffToken(hub.hub), approval)).status).toBe(200);
    expect((await move(deal, 'closedwon')).status).toBe(204);
    await until('the core reads it', async () => (await intents()).length > 0);
    expect(await intents()).toEqual([
      expect.objectContaining({ kind: 'rfp.stage', data: { subject: `rfps/${id}`, stage: 'awarded' } }),
    ]);
    const forged = signedMove('https://hub.example/v1/inbound/slack', {
      objectId: Number(deal),
      propertyValue: 'closedlost',
    });
    expect((await fetch(`${hub.origin}/v1/inbound/hubspot`, forged)).status).toBe(401);
    expect(await intents()).toHaveLength(1);
  });

  it('a recall puts the deals into the bin, and says of contacts that they stay', async () => {
    const begun = await hub.call('POST', `/v1/connections/${connection}/recalls`, me.token, {});
    const path = `/v1/connections/${connection}/recalls/${begun.body.id}`;
    await until('it is through', async () => (await hub.call('GET', path, me.token)).body.state === 'done');
    expect(vendor.deals()).toEqual([]);
    const { left } = (await hub.call('GET', path, me.token)).body;
    expect(left.length).toBeGreaterThan(0);
    expect(left.every(({ key }: any) => key.startsWith('contact:'))).toBe(true);
    expect(left[0].why).toContain('https://app.hubspot.com/contacts/62515/record/0-1/');
  });

  it('disconnecting revokes at HubSpot, and silence follows; no token stands in the log', async () => {
    await hub.call('DELETE', `/v1/connections/${connection}`, me.token);
    await until('HubSpot was told', () =>
      vendor.forms.some(({ path }) => path === '/oauth/2026-09/token/revoke'),
    );
    expect(vendor.forms.at(-1)!.form.get('token')).toBe('fake-refresh');
    const before = vendor.calls.length;
    const sink = await startSink();
    const endpoint = { type: 'webhook', url: `${sink.origin}/hook` };
    await hub.call('POST', '/v1/subscriptions', me.token, { endpoint, event_types: ['rfp.*'] });
    await rfp(agreed).publish('rfp.created');
    await until('others have heard of it', () => sink.received.length === 1);
    await sink.close();
    expect(vendor.calls).toHaveLength(before);
    expect(hub.log.lines.join('\n')).not.toMatch(/fake-access|fake-refresh|fake-client-secret/);
  });
});

describe('an admin who does not let us change HubSpot', () => {
  let vendor: HubSpotServer;
  let hub: TestHub;
  beforeAll(async () => {
    vendor = await startHubSpot(asked);
    hub = await startTestHub({
      PATCHBAY_CONNECTORS: 'hubspot',
      PATCHBAY_HUBSPOT_CLIENT_ID: 'fake-client-id',
      PATCHBAY_HUBSPOT_CLIENT_SECRET: clientSecret,
      PATCHBAY_VENDOR_STAND_INS: `https://api.hubapi.com=${vendor.origin}`,
    });
  });
  afterAll(async () => {
    await hub.stopAndForget();
    await vendor.close();
  });

  it('is told exactly what to make; once it is there, all is well', async () => {
    const { id, token } = await hub.account(scopes);
    const begun = await hub.call('POST', '/v1/connections', token, { connector: 'hubspot' });
    const state = new URL(begun.body.authorize_url).searchParams.get('state')!;
    const { row } = await finishConnect(hub.hub, { code: 'fake-code', state }, await hub.member(id));
    expect(row).toMatchObject({ state: 'degraded', stateReason: 'missing_property' });

    const check = async () => (await hub.call('POST', `/v1/connections/${row.id}/check`, token)).body;
    expect(await check()).toMatchObject({
      state: 'degraded',
      is_well: false,
      detail: expect.stringMatching(
        /^An admin of HubSpot makes one deal property at .*internal name patchbay_rfp_id/,
      ),
    });
    const made = { name: 'patchbay_rfp_id', label: 'Patchbay RFP ID', type: 'string', hasUniqueValue: true };
    vendor.vendor.addProperty(made);
    expect(await check()).toMatchObject({ state: 'active', state_reason: null, is_well: true, detail: '' });
  });
});
