/** From an account that connects to a decline that comes back: the real hub, and Google on sockets of its own. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conformance } from '../../connectors/google-calendar/conformance.ts';
import { connector } from '../../connectors/google-calendar/index.ts';
import { scope } from '../../connectors/google-calendar/manifest.ts';
import type { GoogleCalendar } from '../../connectors/google-calendar/stand-in.ts';
import { finishConnect } from '../../src/connections/index.ts';
import { startVendor, type Vendor } from '../connections/vendor.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { startSink, until } from '../harness/sink.ts';

const scopes = ['bookings:read', 'webhooks:manage', 'connections:manage'];

describe('bookings in Google Calendar, through the hub', () => {
  let vendor: Vendor;
  let google: GoogleCalendar;
  let hub: TestHub;
  let core: string;
  let me: Awaited<ReturnType<TestHub['account']>>;
  let connection = '';
  let subscription = '';

  beforeAll(async () => {
    vendor = await startVendor(connector, conformance);
    google = vendor.standIn as GoogleCalendar;
    hub = await startTestHub({ ...vendor.environment, PATCHBAY_PUBLIC_URL: 'https://hub.example' });
    core = await hub.service();
    me = await hub.account(scopes);
  });
  afterAll(async () => {
    await hub.stopAndForget();
    await vendor.close();
  });

  const entries = () => google.objects() as { summary: string; start: { dateTime: string } }[];
  const publish = (booking: string, type: string, data: Record<string, unknown> = {}) => {
    const event = eventFor([me.id], { type, subject: `bookings/${booking}` });
    Object.assign(event['data'], { booking_id: booking, title: `Shoot ${booking}` }, data);
    return hub.call('POST', '/v1/events', core, event);
  };
  const entryOf = (booking: string) => entries().find(({ summary }) => summary === `Shoot ${booking}`);

  test('asks for one scope, makes one calendar, and is told of changes', async () => {
    const begun = await hub.call('POST', '/v1/connections', me.token, { connector: 'google-calendar' });
    expect(begun.status, JSON.stringify(begun.body)).toBe(201);
    connection = begun.body.id;
    const { searchParams } = new URL(begun.body.authorize_url);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      scope,
      access_type: 'offline',
      prompt: 'consent',
      code_challenge_method: 'S256',
      redirect_uri: 'https://hub.example/portal/connections/callback',
    });
    await finishConnect(
      hub.hub,
      { code: 'fake-code', state: searchParams.get('state')! },
      await hub.member(me.id),
    );
    const { body } = await hub.call('GET', `/v1/connections/${connection}`, me.token);
    expect(body).toMatchObject({ state: 'active', scopes: [scope] });
    expect([...google.calendars.values()].map(({ summary }) => summary)).toEqual(['Bookings']);
    expect([...google.channels.values()]).toMatchObject([
      { address: `https://hub.example/v1/inbound/google-calendar/${connection}` },
    ]);
  });

  test('a booking is one entry, which moves across the change of the clocks and goes with it [S2-32]', async () => {
    const endpoint = {
      type: 'connection',
      connection_id: connection,
      options: { requests: false, contact: false },
    };
    const made = await hub.call('POST', '/v1/subscriptions', me.token, {
      endpoint,
      event_types: ['booking.*'],
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    subscription = made.body.id;
    const at = (day: string, hour: number) => ({
      starts_at: `${day}T${hour}:00:00.000Z`,
      ends_at: `${day}T${hour + 2}:00:00.000Z`,
      time_zone: 'America/Chicago',
    });
    await publish('bkg_one', 'booking.confirmed', at('2027-03-13', 15));
    await until('it is there', () => entryOf('bkg_one') !== undefined);
    await publish('bkg_one', 'booking.rescheduled', { status: 'confirmed', ...at('2027-03-14', 14) });
    await until('it has moved', () => entryOf('bkg_one')?.start.dateTime === '2027-03-14T14:00:00.000Z');
    expect(entries()).toHaveLength(1);
    await publish('bkg_one', 'booking.cancelled');
    await until('it has gone', () => entries().length === 0);
  });

  test('a test is one entry at the next full hour, moved by the next test, and taken back by a recall', async () => {
    const settled = async (id: string, state: string) =>
      (await hub.call('GET', `/v1/deliveries/${id}`, me.token)).body.state === state;
    const fire = async () => {
      const { body } = await hub.call('POST', `/v1/subscriptions/${subscription}/test`, me.token);
      await until('it is there', () => settled(body.delivery_id, 'delivered'));
      return (await hub.call('GET', `/v1/deliveries/${body.delivery_id}`, me.token)).body;
    };
    const first = await fire();
    expect(JSON.stringify(first)).toContain('a test entry in your calendar, at the next full hour: created');
    expect(JSON.stringify(await fire())).toContain('at the next full hour: updated');
    const [entry] = entries();
    expect(entries()).toHaveLength(1);
    expect(entry).toMatchObject({ summary: 'Test from Patchbay', transparency: 'transparent' });
    expect(entry!.start.dateTime).toMatch(/:00:00\.000Z$/);
    await hub.call('POST', `/v1/connections/${connection}/recalls`, me.token);
    await until('it is taken back', () => entries().length === 0);
    await fire();
    expect(entries()).toHaveLength(1);
    await hub.call('POST', `/v1/connections/${connection}/recalls`, me.token);
    await until('it is taken back', () => entries().length === 0);
  });

  test('Google commits and its answer is lost: exactly one entry', async () => {
    let lost = 0;
    vendor.answerWith(({ method, path }) =>
      method === 'POST' && path.includes('/events?') && lost++ === 0 ? 'lose' : null,
    );
    await publish('bkg_two', 'booking.confirmed');
    await until('it is settled', async () => {
      const { body } = await hub.call('GET', `/v1/connections/${connection}/objects`, me.token);
      return body.data.some(({ key, state }: any) => key === 'booking:bkg_two' && state === 'made');
    });
    vendor.answerWith(null);
    expect(entries().filter(({ summary }) => summary === 'Shoot bkg_two')).toHaveLength(1);
    expect(lost).toBe(1);
  });

  test('an entry that its owner deletes declines the booking, once the account has switched that on', async () => {
    const { store } = hub.hub;
    const intents = () => store.db.select().from(store.tables.intents);
    const on = await hub.call('PATCH', `/v1/connections/${connection}`, me.token, {
      intents: ['booking.respond'],
    });
    expect(on.status).toBe(200);
    const [channel] = google.channels;
    const push = (number: number, token = channel![1].token) =>
      fetch(`${hub.origin}/v1/inbound/google-calendar/${connection}`, {
        method: 'POST',
        headers: {
          'x-goog-channel-id': channel![0],
          'x-goog-channel-token': token,
          'x-goog-message-number': String(number),
          'x-goog-resource-state': 'exists',
        },
      });
    expect((await push(1, 'another token')).status).toBe(401);
    expect((await push(2)).status).toBe(204);
    const listed = () =>
      vendor.received.filter(({ method, path }) => method === 'GET' && path.includes('maxResults'));
    await until('where it begins is known', () => listed().length === 1);
    const [calendar] = google.calendars.values();
    const [event] = [...calendar!.events.values()].filter(({ status }) => status !== 'cancelled');
    google.byHand(event!.id, 'delete');
    expect((await push(3)).status).toBe(204);
    await until('it is recorded', async () => (await intents()).length > 0);
    // Of an origin that staff have not approved yet.
    expect(await intents()).toMatchObject([
      {
        kind: 'booking.respond',
        state: 'pending_review',
        data: { subject: 'bookings/bkg_two', response: 'decline' },
      },
    ]);
  });

  test('disconnecting stops the channel and revokes at Google, and silence follows; no token is in the log', async () => {
    expect((await hub.call('DELETE', `/v1/connections/${connection}`, me.token)).status).toBe(204);
    await until('Google was told', () => vendor.revoked.length > 0);
    expect(google.channels.size).toBe(0);
    const before = vendor.received.length;
    const sink = await startSink();
    await hub.call('POST', '/v1/subscriptions', me.token, {
      endpoint: { type: 'webhook', url: `${sink.origin}/hook` },
      event_types: ['booking.*'],
    });
    await publish('bkg_three', 'booking.confirmed');
    await until('others have heard of it', () => sink.received.length === 1);
    await sink.close();
    expect(vendor.received).toHaveLength(before);
    const log = hub.log.lines.join('\n');
    for (const secret of [...vendor.revoked, 'fake-client-secret', 'fake-code'])
      expect(log).not.toContain(secret);
  });
});
