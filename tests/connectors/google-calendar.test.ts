import { beforeEach, describe, expect, test } from 'vitest';
import type { ConnectorCtx, HubEvent, InboundHub, Op } from '#kit';
import { conformance } from '../../connectors/google-calendar/conformance.ts';
import { connector } from '../../connectors/google-calendar/index.ts';
import type { Kind, Options } from '../../connectors/google-calendar/manifest.ts';
import type { Entry } from '../../connectors/google-calendar/plan.ts';
import { type GoogleCalendar, googleCalendar, refusalOf } from '../../connectors/google-calendar/stand-in.ts';
import { Resync } from '../../src/connector-kit/index.ts';
import { eventsOf } from './conformance/events.ts';
import { connect, type Hub, inboundSecret } from './conformance/hub.ts';
import type { Scene } from './conformance/index.ts';

const options: Options = { requests: true, contact: false };
const dayMs = 86_400_000;

/** Google, a connection to it, and a booking in it. */
async function arrange() {
  const google: { is?: GoogleCalendar } = {};
  const hub = await connect(
    {
      connector,
      conformance: { ...conformance, standIn: (scopes) => (google.is = googleCalendar(scopes)) },
    },
    { name: 'test', tier: 'own-calendar', options, tokenAnswer: {} },
  );
  return { hub, google: google.is as GoogleCalendar };
}

const ctxOf = (hub: Hub, over: Partial<ConnectorCtx> = {}) =>
  ({ ...hub.ctx(), ...over }) as ConnectorCtx<Options>;

async function deliver(hub: Hub, event: HubEvent): Promise<Op<Kind>> {
  const [op] = connector.plan(event, options, hub.facts);
  if (!op) throw new Error(`${event.type} plans nothing`);
  expect(await hub.carry(op)).toBe('done');
  return op;
}

const entryId = (hub: Hub, op: Op): string => hub.refs.get(op.key)?.ref.id ?? '';
const story = (...scenes: Scene[]) => eventsOf(scenes);
const calls = (hub: Hub) => hub.line.calls.map(({ request }) => request);

describe('bookings in Google Calendar', () => {
  let hub: Hub;
  let google: GoogleCalendar;
  beforeEach(async () => ({ hub, google } = await arrange()));
  const sync = (cursor?: string, over?: Partial<ConnectorCtx>) =>
    hub.call(async () => connector.sync!(cursor, ctxOf(hub, over)));

  describe('time', () => {
    const houston = new Intl.DateTimeFormat('en-US', {
      timeZone: 'America/Chicago',
      dateStyle: 'short',
      timeStyle: 'short',
    });
    test.each([
      ['2026-10-31T14:00:00.000Z', '10/31/26, 9:00 AM'],
      ['2026-11-01T15:00:00.000Z', '11/1/26, 9:00 AM'],
      ['2026-11-01T06:30:00.000Z', '11/1/26, 1:30 AM'],
      ['2026-11-01T07:30:00.000Z', '11/1/26, 1:30 AM'],
      ['2027-03-13T15:00:00.000Z', '3/13/27, 9:00 AM'],
      ['2027-03-14T14:00:00.000Z', '3/14/27, 9:00 AM'],
    ])('%s is %s in Houston, across both changes of the clocks [S2-32]', (starts_at, shown) => {
      const ends_at = new Date(Date.parse(starts_at) + 3_600_000).toISOString();
      const [event] = story({ type: 'booking.confirmed', data: { starts_at, ends_at } });
      const { start, end } = connector.plan(event!, options, {})[0]!.body as Entry;
      expect(start.timeZone).toBe('America/Chicago');
      expect(houston.format(new Date(start.dateTime)).replaceAll('\u202f', ' ')).toBe(shown);
      expect(Date.parse(end.dateTime) - Date.parse(start.dateTime)).toBe(3_600_000);
    });
  });

  describe('what its owner does in Google', () => {
    test('a reminder and a colour of theirs outlive a move; what is ours is ours again', async () => {
      const [confirmed, moved] = story({ type: 'booking.confirmed' }, { type: 'booking.rescheduled' });
      const op = await deliver(hub, confirmed!);
      const reminders = { useDefault: false, overrides: [{ method: 'popup', minutes: 30 }] };
      google.byHand(entryId(hub, op), { colorId: '11', reminders, summary: 'My own title' });
      const before = calls(hub).length;
      const { body } = await deliver(hub, moved!);
      const [entry] = google.objects();
      expect(entry).toMatchObject({ ...(body as Entry), colorId: '11', reminders });
      expect(
        calls(hub)
          .slice(before)
          .map(({ method, headers }) => [method, headers.get('if-match') !== null]),
      ).toEqual([
        ['PUT', true],
        ['GET', false],
        ['PUT', true],
      ]);
    });

    test('unchanged, an entry is moved by one call', async () => {
      const [confirmed, moved] = story({ type: 'booking.confirmed' }, { type: 'booking.rescheduled' });
      await deliver(hub, confirmed!);
      const before = calls(hub).length;
      await deliver(hub, moved!);
      expect(calls(hub).slice(before)).toHaveLength(1);
    });

    test('deleted there, it comes back when the booking moves: an id stays taken for ever', async () => {
      const [confirmed, moved] = story({ type: 'booking.confirmed' }, { type: 'booking.rescheduled' });
      const op = await deliver(hub, confirmed!);
      google.byHand(entryId(hub, op), 'delete');
      expect(google.objects()).toEqual([]);
      await deliver(hub, moved!);
      expect(google.objects()).toHaveLength(1);
    });

    test('taken away by us and confirmed anew, it is made again under its id', async () => {
      const [confirmed, cancelled, again] = story(
        { type: 'booking.confirmed' },
        { type: 'booking.cancelled' },
        { type: 'booking.confirmed' },
      );
      await deliver(hub, confirmed!);
      await deliver(hub, cancelled!);
      expect(google.objects()).toEqual([]);
      await deliver(hub, again!);
      expect(google.objects()).toHaveLength(1);
    });

    test('changed twice in one moment, it is tried again', async () => {
      const [confirmed, moved] = story({ type: 'booking.confirmed' }, { type: 'booking.rescheduled' });
      const op = await deliver(hub, confirmed!);
      google.byHand(entryId(hub, op), { colorId: '1' });
      hub.line.break({
        committed: false,
        answer: () => Response.json(refusalOf(412, 'conditionNotMet'), { status: 412 }),
        meets: ({ index, method }) => method === 'PUT' && index === 2,
      });
      const [next] = connector.plan(moved!, options, hub.facts);
      expect(await hub.attempt(next!)).toMatchObject({
        kind: 'transient',
        code: 'conditionNotMet',
        slow: 'call',
      });
      await deliver(hub, moved!);
    });

    test('the calendar deleted: deliveries say what to do, and connecting again makes it anew', async () => {
      const [confirmed, moved] = story({ type: 'booking.confirmed' }, { type: 'booking.rescheduled' });
      await deliver(hub, confirmed!);
      google.calendars.clear();
      const [op] = connector.plan(moved!, options, hub.facts);
      expect(await hub.attempt(op!)).toMatchObject({ kind: 'permanent', code: 'calendar_gone' });
      expect(await hub.call(() => connector.health(ctxOf(hub)))).toMatchObject({
        ok: false,
        failure: { code: 'calendar_gone' },
      });
      const made = await hub.call(() => connector.setUp!(ctxOf(hub)));
      expect(made).toMatchObject({ ok: true });
      expect(google.calendars.size).toBe(1);
    });
  });

  describe('declines', () => {
    const declined = (op: Op<Kind>, ref: string, seq: number) => [
      {
        kind: 'booking.respond',
        key: `${ref}:${seq}`,
        subject: op.key.replace('booking:', 'bookings/'),
        response: 'decline',
      },
    ];

    test('an entry that its owner deletes is a decline, told once', async () => {
      const first = await sync();
      const op = await deliver(hub, story({ type: 'booking.confirmed' })[0]!);
      google.byHand(entryId(hub, op), 'delete');
      const second = await sync(first.cursor);
      expect(second.intents).toEqual(declined(op, entryId(hub, op), 1));
      expect((await sync(second.cursor)).intents).toEqual([]);
    });

    test('so is a no in the entry; the same revision is the same intent', async () => {
      const first = await sync();
      const op = await deliver(hub, story({ type: 'booking.confirmed' })[0]!);
      google.byHand(entryId(hub, op), {
        attendees: [
          { email: 'other@example.com', responseStatus: 'declined' },
          { self: true, responseStatus: 'declined' },
        ],
      });
      const { intents, cursor } = await sync(first.cursor);
      expect(intents).toEqual(declined(op, entryId(hub, op), 1));
      google.byHand(entryId(hub, op), 'delete');
      expect((await sync(cursor)).intents).toEqual(intents);
    });

    test('what we take away, what others decline and what was never ours is none', async () => {
      const first = await sync();
      const [confirmed, cancelled] = story({ type: 'booking.confirmed' }, { type: 'booking.cancelled' });
      const op = await deliver(hub, confirmed!);
      google.byHand(entryId(hub, op), {
        attendees: [{ email: 'other@example.com', responseStatus: 'declined' }],
      });
      const [calendar] = google.calendars.values();
      for (const [id, subject] of [
        ['mine', undefined],
        ['forged', 'bookings/bkg_of_another'],
        ['crooked', '../../accounts'],
      ])
        calendar?.events.set(id!, {
          id: id!,
          etag: '"0"',
          status: 'cancelled',
          ...(subject ? { extendedProperties: { private: { patchbay_subject: subject } } } : {}),
        });
      for (const id of ['mine', 'forged', 'crooked']) google.byHand(id, 'delete');
      await deliver(hub, cancelled!);
      expect((await sync(first.cursor)).intents).toEqual([]);
    });

    test('a sync token that Google has forgotten begins again, without telling of what was', async () => {
      const op = await deliver(hub, story({ type: 'booking.confirmed' })[0]!);
      google.byHand(entryId(hub, op), 'delete');
      await expect(sync('{"token":"-1"}')).rejects.toBeInstanceOf(Resync);
      expect((await sync()).intents).toEqual([]);
    });

    test('pages are asked one by one; only the last has a token', async () => {
      const page = (body: object) => ({
        committed: false,
        answer: () => Response.json(body),
        meets: ({ method }: { method: string }) => method === 'GET',
      });
      hub.line.break(page({ items: [], nextPageToken: 'p 2' }));
      const first = await sync();
      expect(first).toMatchObject({ hasMore: true, intents: [] });
      const second = await sync(first.cursor);
      expect(second.hasMore).toBe(false);
      expect(
        new URL(calls(hub).findLast(({ method }) => method === 'GET')!.url).searchParams.get('pageToken'),
      ).toBe('p 2');
    });

    test.each([401, 403, 404, 500])('a %i is no list, and no end of one', async (status) => {
      hub.line.break({
        committed: false,
        answer: () => new Response('no', { status }),
        meets: ({ method }) => method === 'GET',
      });
      await expect(sync()).rejects.toThrow('no answer');
    });
  });

  describe('the push channel', () => {
    test('is opened at the connecting, with the secret of the connection, and followed by another in time', async () => {
      const opened = () => [...google.channels.values()];
      expect(opened()).toEqual([
        {
          resourceId: expect.any(String),
          token: inboundSecret,
          address: 'https://hub.example/v1/inbound/google-calendar',
        },
      ]);
      const { cursor } = await sync();
      expect(opened()).toHaveLength(1);
      const later = { now: () => new Date(hub.ctx().now().getTime() + 6 * dayMs) };
      const next = await sync(cursor, later);
      expect(opened()).toHaveLength(2);
      const before = calls(hub).length;
      await sync(next.cursor, later);
      expect(calls(hub).slice(before)).toHaveLength(1);
      await hub.call(() => connector.tearDown!(ctxOf(hub, later)));
      expect(opened()).toEqual([]);
    });

    test('is done without where Google cannot reach the hub', async () => {
      const { google: other, hub: local } = await arrange();
      other.calendars.clear();
      other.channels.clear();
      const made = await local.call(() =>
        connector.setUp!(
          ctxOf(local, { facts: {}, inboundUrl: 'http://127.0.0.1/v1/inbound/google-calendar' }),
        ),
      );
      expect(made).toEqual({ ok: true, facts: { calendar: expect.any(String) } });
      const before = calls(local).length;
      await local.call(() => connector.tearDown!(ctxOf(local, { facts: { calendar: 'c1' } })));
      expect(calls(local)).toHaveLength(before);
    });

    test('brings news by its state alone, each once', async () => {
      const heard: string[] = [];
      const taken = new Set<string>();
      // All that a message of Google's asks of the hub.
      const inbound = {
        once: (id: string) => Promise.resolve(!taken.has(id) && taken.add(id) !== undefined),
        own: { changed: () => Promise.resolve(void heard.push('changed')) },
      } as unknown as InboundHub;
      const send = (state: string, number: string) =>
        connector.receive!(
          {
            method: 'POST',
            url: 'https://hub.example/v1/inbound/google-calendar/con_1',
            headers: new Headers({
              'x-goog-channel-id': 'c',
              'x-goog-message-number': number,
              'x-goog-resource-state': state,
            }),
            raw: new Uint8Array(),
          },
          inbound,
        );
      for (const [state, number] of [
        ['sync', '1'],
        ['exists', '2'],
        ['exists', '2'],
        ['not_exists', '3'],
      ])
        expect((await send(state!, number!)).status).toBe(204);
      expect(heard).toEqual(['changed', 'changed']);
    });
  });

  test('before the calendar is made there is nothing to ask about', async () => {
    const before = calls(hub).length;
    expect(await hub.call(() => connector.health(ctxOf(hub, { facts: {} })))).toEqual({ ok: true });
    expect(calls(hub)).toHaveLength(before);
  });

  test('a scope that was unticked is named, without a call', async () => {
    const before = calls(hub).length;
    const health = await hub.call(() => connector.health(ctxOf(hub, { scopes: new Set() })));
    expect(health).toMatchObject({
      ok: false,
      missingScopes: ['https://www.googleapis.com/auth/calendar.app.created'],
      failure: { kind: 'auth', next: 'reconnect' },
    });
    expect(calls(hub)).toHaveLength(before);
  });

  test('a request that is moved leaves the calendar where requests are not wanted', () => {
    const [requested, moved] = story(
      { type: 'booking.requested' },
      { type: 'booking.rescheduled', data: { status: 'requested' } },
    );
    const wish = { requests: false, contact: false };
    expect(connector.plan(requested!, wish, {})).toEqual([]);
    expect(connector.plan(moved!, wish, {})).toMatchObject([{ kind: 'removal' }]);
  });

  test('a booking of version 1 has its place in one line, and the street only where people are wanted', () => {
    const [event] = story({ type: 'booking.confirmed' });
    const { venue: _, ...rest } = event!.data;
    const old = {
      ...event!,
      data: { ...rest, location: 'Menil Park, Houston', address: '1533 Sul Ross St' },
    };
    const placeOf = (contact: boolean) =>
      (connector.plan(old, { requests: true, contact }, {})[0]!.body as Entry).location;
    expect(placeOf(true)).toBe('Menil Park, Houston, 1533 Sul Ross St');
    expect(placeOf(false)).toBe('Menil Park, Houston');
  });

  test('what people wrote is text in an entry, and no HTML', () => {
    const [event] = story({
      type: 'booking.confirmed',
      data: { notes: '<img src=x onerror=alert(1)> & <b>' },
    });
    const { description } = connector.plan(event!, { requests: true, contact: true }, {})[0]!.body as Entry;
    expect(description).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &lt;b&gt;');
  });
});
