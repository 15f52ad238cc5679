import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleEvent } from '../../src/catalog/index.ts';
import { eventFor } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { mightyStaffToken } from '../harness/staff.ts';
import { runZap, type Zap, zaps } from './run-zap.ts';
import { zapierStand } from './stand.ts';

const zap = zapierStand();
const state = {} as { sink: Sink; publisher: string; authData: Record<string, string>; published: any[] };
beforeAll(async () => {
  state.sink = await startSink();
  state.publisher = await zap.stand.hub.service();
  state.authData = await zap.connect();
  state.published = [];
});
afterAll(() => state.sink?.close());

const publish = async (type: string, data = sampleEvent(type)): Promise<void> => {
  const event = eventFor([zap.stand.account.id], { type, data });
  const answer = await zap.stand.hub.call('POST', '/v1/events', state.publisher, event);
  expect(answer.status, JSON.stringify(answer.body)).toBe(202);
  state.published.push({ ...event, id: answer.body.id });
};
const lastOf = (type: string) => state.published.findLast((event) => event.type === type);

describe('sample zaps, from what happens to the last step [S2-41]', () => {
  const happen = async (type: string) => {
    const data = sampleEvent(type);
    // What a deliverable belongs to has happened before it.
    if (typeof data['booking_id'] === 'string' && !type.startsWith('booking.'))
      await publish('booking.confirmed', {
        ...sampleEvent('booking.confirmed'),
        booking_id: data['booking_id'],
      });
    await publish(type, data);
  };
  const played = async (file: string) => {
    const one = zaps.find(([name]) => name === file)![1];
    return runZap(zap, one, { authData: state.authData, sink: state.sink, happen });
  };

  test('there are three at least, each with one step of ours or a trigger of ours', () => {
    expect(zaps.length).toBeGreaterThanOrEqual(3);
    for (const [file, { name, about, trigger, steps }] of zaps) {
      expect(
        [name, about].every((text) => text.length > 0),
        file,
      ).toBe(true);
      expect(
        [trigger, ...steps].some(({ app }) => app === 'patchbay'),
        file,
      ).toBe(true);
    }
  });

  test('confirmed bookings into a spreadsheet', async () => {
    const { row } = await played('bookings-to-spreadsheet.json');
    const { id, city, data } = lastOf('booking.confirmed');
    expect(row).toEqual({
      Booking: data.booking_id,
      Title: data.title,
      Starts: data.starts_at,
      Ends: data.ends_at,
      City: city,
      Event: id,
    });
  });

  test('a form entry becomes an RFP, and only one', async () => {
    const { rfp, note } = await played('form-to-rfp.json');
    expect(rfp).toMatchObject({ external_ref: 'typeform-e7f3q2', data: { title: 'Autumn lookbook' } });
    expect(note).toEqual({ Text: `Asked for Autumn lookbook (${rfp.id}): ${rfp.state}.` });
    expect((await played('form-to-rfp.json')).rfp.id).toBe(rfp.id);
  });

  test('the team is told when work is accepted', async () => {
    const { booking, mail } = await played('accepted-work-by-mail.json');
    expect(booking.data.booking_id).toBe(lastOf('deliverable.accepted').data.booking_id);
    expect(mail.Subject).toBe(`Accepted: ${lastOf('deliverable.accepted').data.title}`);
    expect(mail.Body).toContain(`For ${booking.data.title}, now confirmed.`);
  });

  test('a zap that asks for what is not there would fail', async () => {
    const broken: Zap = {
      name: 'broken',
      about: 'broken',
      trigger: { app: 'other', event: 'other', sample: {} },
      steps: [{ name: 'row', app: 'other', action: 'other', input: { x: '{{trigger.nothing}}' } }],
    };
    await expect(runZap(zap, broken, { authData: state.authData, sink: state.sink, happen })).rejects.toThrow(
      'trigger.nothing, which is not there',
    );
  });
});

describe('zaps that an operator wants to look at first', () => {
  test('one for money is inert until staff approve it; one for bookings is not asked about [S2-51]', async () => {
    const staff = await mightyStaffToken(zap.stand.ports);
    const admin = (method: string, path: string, body?: unknown) =>
      zap.stand.hub.call(method, `/admin/v1${path}`, staff, body);
    const rule = { app: zap.client.clientId, event_types: ['escrow.*'], note: 'money by Zapier' };
    expect((await admin('POST', '/approval-rules', rule)).status).toBe(201);
    const switchOn = (key: string, event: string) =>
      zap.play(zap.app.triggers[key].operation.performSubscribe, {
        authData: state.authData,
        inputData: { event },
        targetUrl: `${state.sink.origin}/${key}-zap`,
      });
    const money = await switchOn('escrow', 'escrow.released');
    await switchOn('booking', 'booking.confirmed');
    // Switched on once more while it waits, it is the same one.
    expect((await switchOn('escrow', 'escrow.released')).id).toBe(money.id);
    const arrived = (key: string) => state.sink.received.filter(({ path }) => path === `/${key}-zap`);

    await publish('escrow.released');
    await publish('booking.confirmed');
    await until('the booking arrives', () => arrived('booking').length === 1);
    expect(arrived('escrow')).toEqual([]);
    const { data } = (await admin('GET', '/approvals')).body;
    expect(data).toEqual([
      expect.objectContaining({
        subscription: money.id,
        via: 'hook',
        app: { id: zap.client.clientId, name: 'Zapier' },
      }),
    ]);

    const decision = { version: data[0].version, note: 'the finance team asked for it' };
    expect((await admin('POST', `/approvals/${money.id}/approve`, decision)).status).toBe(204);
    await publish('escrow.released');
    await until('the payout arrives', () => arrived('escrow').length > 0);
    expect(arrived('escrow').map(({ body }) => JSON.parse(body).id)).toEqual([lastOf('escrow.released').id]);
  });
});
