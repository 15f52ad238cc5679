/** From an account that connects Slack to a button that is pressed there: the real hub, with Bolt, and Slack on ports of its own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connector } from '#connectors/slack';
import { conformance } from '../../connectors/slack/conformance.ts';
import { finishConnect } from '../../src/connections/index.ts';
import { startVendor, type Vendor } from '../connections/vendor.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { until } from '../harness/sink.ts';
import { mightyStaffToken } from '../harness/staff.ts';
import { command, happened, press, signed } from './slack-desk.ts';

const scopes = ['bookings:read', 'rfps:read', 'webhooks:manage', 'connections:manage'];
const secrets = ['xoxb-not-a-real-token', 'not-a-real-webhook', 'fake-client-secret', 'fake-signing-secret'];

describe.each([
  { name: 'one channel', at: 0, tier: 'one-channel', channel: 'C0BOOKINGS', edits: false },
  { name: 'messages that stay current', at: 1, tier: 'updates', channel: 'C0RFPS', edits: true },
])('Slack through the hub: $name', ({ at, tier, channel, edits }) => {
  let vendor: Vendor;
  let hub: TestHub;
  let core: string;
  let me: Awaited<ReturnType<TestHub['account']>>;
  let connection = '';
  const options = { respond: 'person', ...(edits ? { channel } : {}) };
  const messages = () => vendor.standIn.objects() as { channel: string; text: string; blocks: any[] }[];

  beforeAll(async () => {
    vendor = await startVendor(connector, conformance, at);
    hub = await startTestHub({ PATCHBAY_PUBLIC_URL: 'https://hub.example', ...vendor.environment });
    core = await hub.service();
    me = await hub.account(scopes);
  });
  afterAll(async () => {
    await hub.stopAndForget();
    await vendor.close();
  });

  let bookings = 0;
  const booking = () => {
    bookings += 1;
    const id = `bkg_slack${at}${bookings}`;
    const publish = (type: string) => {
      const event = eventFor([me.id], { type, subject: `bookings/${id}` });
      Object.assign(event['data'], {
        booking_id: id,
        title: `Shoot ${id}`,
        provider: { account_id: me.id, role: 'photographer' },
      });
      return hub.call('POST', '/v1/events', core, event);
    };
    return {
      id,
      publish,
      said: () => messages().filter(({ blocks }) => JSON.stringify(blocks).includes(id)),
    };
  };
  const send = async (body: string, secret = 'fake-signing-secret') => {
    const { headers, raw } = await signed(body, new Date(), secret);
    return fetch(`${hub.origin}/v1/inbound/slack`, { method: 'POST', headers, body: Buffer.from(raw) });
  };
  const subscribe = (given: object, event_types = ['booking.*']) =>
    hub.call('POST', '/v1/subscriptions', me.token, {
      endpoint: { type: 'connection', connection_id: connection, options: given },
      event_types,
    });

  it('asks Slack for the scopes of this tier', async () => {
    const begun = await hub.call('POST', '/v1/connections', me.token, { connector: 'slack', tier });
    expect(begun.status).toBe(201);
    const url = new URL(begun.body.authorize_url);
    expect(url.pathname).toBe('/oauth/v2/authorize');
    const asked = connector.manifest.tiers.find(({ id }) => id === tier)!.scopes;
    expect(url.searchParams.get('scope')).toBe(asked.join(','));
    connection = begun.body.id;
    await finishConnect(
      hub.hub,
      { code: 'fake-code', state: url.searchParams.get('state')! },
      await hub.member(me.id),
    );
    expect((await hub.call('GET', `/v1/connections/${connection}`, me.token)).body).toMatchObject({
      state: 'active',
      label: expect.stringContaining('Bayou City Denim'),
    });
  });

  it('a direct message is refused before anything is made of it [S2-34]', async () => {
    const refused = await subscribe({ channel: 'U0LINH' });
    expect(refused.status).toBe(422);
    expect(JSON.stringify(refused.body.errors)).toContain('Direct messages are off');
    const waits = await subscribe({ channel: 'U0LINH', direct_messages: true });
    expect(waits.status).toBe(201);
    const { publish } = booking();
    await publish('booking.requested');
    const trace = await hub.call('GET', `/v1/deliveries?subscription=${waits.body.id}`, me.token);
    expect(trace.body.data).toEqual([]);
    await hub.call('DELETE', `/v1/subscriptions/${waits.body.id}`, me.token);
    expect(messages()).toEqual([]);
  });

  it('a booking is told, and what becomes of it', async () => {
    expect((await subscribe(options)).status).toBe(201);
    const { publish, said } = booking();
    for (const [type, words] of [
      ['booking.requested', 'Booking requested'],
      ['booking.confirmed', 'Booking confirmed'],
      ['booking.cancelled', 'Booking cancelled'],
    ] as const) {
      await publish(type);
      await until(words, () => said().some(({ text }) => text.includes(words)));
    }
    expect(said()).toHaveLength(edits ? 1 : 3);
    expect(said().every((message) => message.channel === channel)).toBe(true);
  });

  it('Slack posts and its answer is lost: exactly one message, and the user is told', async () => {
    const { publish, said } = booking();
    const creates = ({ path }: { path: string }) =>
      path.startsWith('/services/') || path === '/api/chat.postMessage';
    vendor.answerWith((request) => (creates(request) ? 'lose' : null));
    await publish('booking.requested');
    const failed = async () => {
      const { data } = (await hub.call('GET', '/v1/deliveries?state=dead&limit=100', me.token)).body;
      return data[0];
    };
    await until('its delivery is given up', async () => (await failed()) !== undefined);
    vendor.answerWith(null);
    expect(said()).toHaveLength(1);
    const shown = (await hub.call('GET', `/v1/deliveries/${(await failed()).id}`, me.token)).body;
    expect(JSON.stringify(shown)).toContain('unknown_outcome');
    expect(JSON.stringify(shown)).toContain('not sent twice');
  });

  it('"Accept" reaches the core, once the connection takes it and staff know the origin', async () => {
    const { id, publish, said } = booking();
    await publish('booking.requested');
    await until('it is told', () => said().length === 1);
    const row = said()[0]!.blocks.at(-1);
    const pressed = () =>
      send(
        press('', '', {
          channel: { id: channel, name: 'x' },
          actions: [{ ...row.elements[0], block_id: row.block_id }],
        }),
      );
    const reader = await hub.service(['intents:read']);
    const intents = async () => (await hub.call('GET', '/v1/intents', reader)).body.data as any[];
    expect((await pressed()).status).toBe(200);
    expect(await intents()).toEqual([]);
    await hub.call('PATCH', `/v1/connections/${connection}`, me.token, { intents: ['booking.respond'] });
    const source = '/admin/v1/intent-sources/connector:slack/booking.respond';
    const approval = { state: 'approved', note: 'known to us' };
    expect((await hub.call('PUT', source, await mightyStaffToken(hub.hub), approval)).status).toBe(200);
    for (let time = 0; time < 2; time += 1) expect((await pressed()).status).toBe(200);
    await until('the core reads it', async () => (await intents()).length > 0);
    expect(await intents()).toEqual([
      expect.objectContaining({
        kind: 'booking.respond',
        data: { subject: `bookings/${id}`, response: 'accept' },
      }),
    ]);
    const words = vendor.received
      .filter(({ path }) => path.startsWith('/actions/'))
      .map(({ body }) => JSON.parse(body).text);
    expect(words).toEqual([
      expect.stringContaining('switched off'),
      expect.stringContaining('accepted this booking'),
      expect.stringContaining('given already'),
    ]);
  });

  it('/patchbay mute holds back, and unmute lets go: nothing is lost', async () => {
    const muted = await send(command('mute', { channel_id: channel }));
    expect(await muted.json()).toMatchObject({
      response_type: 'in_channel',
      text: expect.stringContaining('<@U0LINH> muted'),
    });
    const { publish, said } = booking();
    await publish('booking.requested');
    expect(await (await send(command('status', { channel_id: channel }))).json()).toMatchObject({
      text: expect.stringContaining('paused'),
    });
    expect(said()).toEqual([]);
    await send(command('unmute', { channel_id: channel }));
    await until('it comes', () => said().length === 1);
  });

  it('/patchbay test sends one; a forged one sends nothing', async () => {
    const tests = () => messages().filter(({ text }) => text.includes('This is a test')).length;
    expect((await send(command('test', { channel_id: channel }), 'another')).status).toBe(401);
    await send(command('test', { channel_id: channel }));
    await until('it comes', () => tests() === 1);
  });

  it('a recall takes back what can be taken back, and tells the rest', async () => {
    const begun = await hub.call('POST', `/v1/connections/${connection}/recalls`, me.token, {});
    const path = `/v1/connections/${connection}/recalls/${begun.body.id}`;
    await until('it is through', async () => (await hub.call('GET', path, me.token)).body.state === 'done');
    const { left } = (await hub.call('GET', path, me.token)).body;
    const standing = messages().filter(({ text }) => text !== 'This message was taken back.');
    // The one whose answer was lost is known by nobody but the user, who was told.
    if (edits) expect(standing).toHaveLength(1);
    else expect(left[0].why).toContain('https://bayou-city.slack.com/archives/C0BOOKINGS');
  });

  it('removed in Slack, it waits to be linked again; disconnected, it is silent; no secret was logged', async () => {
    expect((await send(happened({ type: 'app_uninstalled' }))).status).toBe(200);
    expect((await hub.call('GET', `/v1/connections/${connection}`, me.token)).body.state).toBe(
      'needs_reauth',
    );
    await hub.call('DELETE', `/v1/connections/${connection}`, me.token);
    await until('its end is known', async () => {
      const { state } = (await hub.call('GET', `/v1/connections/${connection}`, me.token)).body;
      return state === 'revoked';
    });
    const before = vendor.received.length;
    expect(await (await send(command('status', { channel_id: channel }))).json()).toMatchObject({
      text: expect.stringContaining('sends nothing'),
    });
    await booking().publish('booking.requested');
    expect(vendor.received).toHaveLength(before);
    for (const secret of secrets) expect(hub.log.lines.join('\n')).not.toContain(secret);
  });
});
