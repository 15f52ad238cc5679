import { HttpResponse } from 'msw';
import { afterEach, describe, expect, it } from 'vitest';
import { connector } from '#connectors/slack';
import type { Op } from '#kit';
import type { Kind } from '../../connectors/slack/manifest.ts';
import { eventOf, slackHub } from './slack-hub.ts';

const { options: schema } = connector.manifest;
const servers: { close(): void }[] = [];
const close = () => servers.splice(0).forEach((server) => server.close());
afterEach(close);

const hooked = ['incoming-webhook'];
const current = ['chat:write', 'channels:read'];
const checked = [...current, 'channels:history'];
const webhookFacts = {
  channel: { id: 'C0BOOKINGS', name: '#bookings' },
  workspaceUrl: 'https://bayou-city.slack.com/',
};

function open(scopes: readonly string[], over: Parameters<typeof slackHub>[1] = {}) {
  close();
  const hub = slackHub(scopes, over);
  hub.server.listen();
  servers.push(hub.server);
  return hub;
}
const inChannel = (channel: string, more: object = {}) => ({ options: schema.parse({ channel, ...more }) });
const only = (ops: Op<Kind>[]): Op<Kind> => {
  expect(ops).toHaveLength(1);
  return ops[0]!;
};

describe('messages that stay current', () => {
  it('one booking is one message: the first is edited, nothing is posted again', async () => {
    const hub = open(current, inChannel('C0RFPS'));
    const types = ['booking.requested', 'booking.confirmed', 'booking.cancelled'];
    const applied = [];
    for (const [index, type] of types.entries())
      applied.push(await hub.deliver(only(hub.plan(eventOf(type, { sequence: index + 1 })))));
    expect(applied.map((outcome) => outcome.ok && outcome.applied)).toEqual([
      'created',
      'updated',
      'updated',
    ]);
    expect(hub.messages()).toHaveLength(1);
    expect(hub.messages()[0]!.text).toMatch(/^:x: Booking cancelled: Spring lookbook/);
    expect(hub.sent.map(({ url }) => url.split('/').at(-1))).toEqual([
      'chat.postMessage',
      'chat.update',
      'chat.update',
    ]);
  });

  it('two bookings, or two channels, are two', async () => {
    const hub = open(current, inChannel('C0RFPS'));
    await hub.deliver(only(hub.plan(eventOf('booking.requested'))));
    await hub.deliver(only(hub.plan(eventOf('booking.requested', { subject: 'bookings/bkg_other' }))));
    const [op] = hub.plan(eventOf('booking.requested'));
    const other = connector.plan(eventOf('booking.requested'), schema.parse({ channel: 'C0BOOKINGS' }), {});
    expect(hub.messages()).toHaveLength(2);
    expect(other[0]!.key).not.toBe(op!.key);
  });

  it('keeps where it stands, with a link to it', async () => {
    const hub = open(current, inChannel('C0RFPS'));
    const outcome = await hub.deliver(only(hub.plan(eventOf('booking.requested'))));
    expect(outcome).toMatchObject({
      ref: {
        id: 'C0RFPS/1795348800.000001',
        url: 'https://bayou-city.slack.com/archives/C0RFPS/p1795348800000001',
      },
    });
  });

  it.each(['message_not_found', 'cant_update_message', 'edit_window_closed', 'is_inactive'])(
    'where %s, the news goes out as a new message',
    async (error) => {
      const hub = open(current, inChannel('C0RFPS'));
      await hub.deliver(only(hub.plan(eventOf('booking.requested'))));
      hub.slack().deleteAll();
      hub.next(() => Response.json({ ok: false, error }));
      const outcome = await hub.deliver(only(hub.plan(eventOf('booking.confirmed', { sequence: 2 }))));
      expect(outcome).toMatchObject({
        ok: true,
        applied: 'created',
        ref: { id: 'C0RFPS/1795348800.000002' },
      });
      expect(hub.messages()).toHaveLength(1);
    },
  );

  it('an edit that fails for another reason posts nothing', async () => {
    const hub = open(current, inChannel('C0RFPS'));
    await hub.deliver(only(hub.plan(eventOf('booking.requested'))));
    const edit = only(hub.plan(eventOf('booking.confirmed', { sequence: 2 })));
    for (const [answer, expected] of [
      [Response.json({ ok: false, error: 'internal_error' }), { kind: 'transient', code: 'internal_error' }],
      [new Response('<html>', { status: 502 }), { kind: 'transient', code: 'http_502' }],
      [Response.json({ ok: false, error: 'ratelimited' }), { kind: 'transient', slow: 'connection' }],
      [Response.json({ ok: false, error: 'is_archived' }), { kind: 'permanent' }],
    ] as const) {
      hub.next(() => answer);
      expect(await hub.deliver(edit)).toMatchObject(expected);
    }
    expect(hub.sent.filter(({ url }) => url.endsWith('chat.postMessage'))).toHaveLength(1);
  });

  it('has its buttons: open, mute, and answers where they are switched on', async () => {
    const hub = open(current, inChannel('C0RFPS', { respond: 'person' }));
    await hub.deliver(only(hub.plan(eventOf('booking.requested'))));
    const row = hub.messages()[0]!.blocks.at(-1);
    expect(row.block_id).toBe('con_01fake:1');
    expect(row.elements.map((button: any) => button.action_id)).toEqual([
      'patchbay_accept',
      'patchbay_decline',
      'patchbay_open',
      'patchbay_mute',
    ]);
    expect(row.elements[2].url).toBe('https://hub.example/portal/events/evt_01fake');
    expect(JSON.parse(row.elements[0].value)).toEqual({
      subject: eventOf('booking.requested').subject,
      who: 'person',
    });
    expect(row.elements[1].confirm).toBeDefined();
    const quiet = open(current, inChannel('C0RFPS'));
    await quiet.deliver(only(quiet.plan(eventOf('booking.requested'))));
    expect(quiet.messages()[0]!.blocks.at(-1).elements).toHaveLength(2);
  });
});

describe('recall', () => {
  it('replaces the message by a line that says so, however often', async () => {
    const hub = open(current, inChannel('C0RFPS'));
    const op = only(hub.plan(eventOf('rfp.created')));
    await hub.deliver(op);
    const undo = connector.undo!({ key: op.key, seq: op.seq, ref: hub.refs.get(op.key)! }, {});
    if ('manual' in undo) throw new Error('it can be edited');
    expect(undo.seq).toBeGreaterThan(op.seq);
    for (let time = 0; time < 2; time += 1)
      expect(await hub.deliver(undo)).toMatchObject({ ok: true, applied: 'deleted' });
    expect(JSON.stringify(hub.messages())).not.toContain('portraits');
    expect(hub.messages()[0]!.text).toBe('This message was taken back.');
    hub.slack().deleteAll();
    expect(await hub.deliver(undo)).toMatchObject({ ok: true, applied: 'unchanged' });
  });

  it('of a webhook’s message tells where to delete it by hand', async () => {
    const hub = open(hooked, { facts: webhookFacts });
    const op = only(hub.plan(eventOf('rfp.created')));
    await hub.deliver(op);
    const undo = connector.undo!({ key: op.key, seq: op.seq, ref: hub.refs.get(op.key)! }, webhookFacts);
    expect(undo).toEqual({ manual: 'https://bayou-city.slack.com/archives/C0BOOKINGS' });
  });
});

describe('the webhook', () => {
  it('each event is a message of its own, to its one channel, and no credential goes with it', async () => {
    const hub = open(hooked, { facts: webhookFacts });
    for (const type of ['booking.requested', 'booking.confirmed'])
      await hub.deliver(only(hub.plan(eventOf(type, { id: `evt_${type}` }))));
    expect(hub.messages().map(({ channel }) => channel)).toEqual(['C0BOOKINGS', 'C0BOOKINGS']);
    for (const { headers, url } of hub.sent) {
      expect(headers.get('authorization')).toBeNull();
      expect(new URL(url).hostname).toBe('hooks.slack.com');
    }
  });

  it('its channel is the one choice where there is no list of channels', async () => {
    const hub = open(hooked, { facts: webhookFacts });
    expect(await connector.choices!('channel', hub.ctx(''))).toEqual({
      ok: true,
      choices: [{ id: 'C0BOOKINGS', label: '#bookings' }],
    });
    const chosen = connector.plan(
      eventOf('booking.requested'),
      schema.parse({ channel: 'C0BOOKINGS' }),
      webhookFacts,
    );
    expect(chosen[0]!.kind).toBe('post');
  });
});

describe('direct messages', () => {
  const people = ['D0LINH', 'U0LINH', 'W0LINH'];

  it.each(people)('a subscription to %s is refused where they are off [S2-34]', (channel) => {
    expect(schema.safeParse({ channel }).error?.issues).toMatchObject([
      { path: ['channel'], message: expect.stringContaining('Direct messages are off') },
    ]);
    expect(schema.safeParse({ channel, direct_messages: true }).success).toBe(true);
    expect(schema.safeParse({ channel: 'C0RFPS' }).data?.direct_messages).toBe(false);
  });

  it.each([
    ...people.map((channel) => ({ what: `to ${channel}`, type: 'booking.confirmed', channel })),
    { what: 'of two people, to a channel', type: 'message.direct', channel: 'C0RFPS' },
  ])('$what: a try is refused, and nothing leaves [S2-34]', async ({ type, channel }) => {
    for (const [given, code] of [
      [{ direct_messages: false }, 'direct_messages_off'],
      [{ direct_messages: true }, 'direct_messages_not_approved'],
    ] as const) {
      const hub = open(current, { options: { channel, respond: 'off', ...given } });
      expect(await hub.deliver(only(hub.plan(eventOf(type))))).toMatchObject({
        ok: false,
        kind: 'permanent',
        code,
      });
      expect(hub.sent).toEqual([]);
    }
  });

  it('an approval of something else is none [S2-34]', async () => {
    const hub = open(current, {
      ...inChannel('U0LINH', { direct_messages: true }),
      approved: new Set(['respond']),
    });
    expect(await hub.deliver(only(hub.plan(eventOf('booking.confirmed'))))).toMatchObject({
      code: 'direct_messages_not_approved',
    });
    expect(hub.sent).toEqual([]);
  });

  it('switched on and approved, they go out, and cost ten', async () => {
    const hub = open(current, {
      ...inChannel('U0LINH', { direct_messages: true }),
      approved: new Set(['direct_messages']),
    });
    const op = only(hub.plan(eventOf('booking.requested')));
    expect(op.cost).toBe(10);
    expect(await hub.deliver(op)).toMatchObject({ ok: true, ref: { id: 'D0LINH/1795348800.000001' } });
    const next = await hub.deliver(only(hub.plan(eventOf('booking.confirmed', { sequence: 2 }))));
    expect(next).toMatchObject({ ok: true, applied: 'updated' });
  });

  it('whoever picks one on Slack’s page for the webhook is asked again [S2-34]', async () => {
    const facts = connector.connected!({
      team: { id: 'T0PATCHBAY', name: 'Bayou' },
      authed_user: { id: 'U0LINH' },
      incoming_webhook: { channel: '@linh', channel_id: 'D0LINH' },
    }).facts;
    const hub = open(hooked, { facts });
    expect(await connector.setUp!(hub.ctx(''))).toMatchObject({
      ok: false,
      kind: 'permanent',
      code: 'direct_message_chosen',
    });
    expect(hub.sent).toEqual([]);
    expect(await hub.deliver(only(hub.plan(eventOf('booking.confirmed'))))).toMatchObject({
      code: 'direct_messages_off',
    });
  });

  it('without any channel it says what to do', async () => {
    const hub = open(current);
    expect(await hub.deliver(only(hub.plan(eventOf('booking.confirmed'))))).toMatchObject({
      code: 'no_channel',
      fix: expect.any(String),
    });
  });
});

describe('after silence', () => {
  const lost = () => HttpResponse.error();

  it('without channels:history nobody can know: nothing is sent again, and the user is told', async () => {
    for (const [scopes, over] of [
      [current, inChannel('C0RFPS')],
      [hooked, { facts: webhookFacts }],
    ] as const) {
      const hub = open(scopes, over);
      const op = only(hub.plan(eventOf('booking.requested')));
      hub.next(lost);
      expect(await hub.deliver(op)).toMatchObject({ kind: 'unknown' });
      const calls = hub.sent.length;
      expect(await connector.reconcile!(op, hub.ctx(op.key))).toMatchObject({
        kind: 'permanent',
        code: 'unknown_outcome',
        fix: expect.stringContaining('not sent twice'),
      });
      expect(hub.sent).toHaveLength(calls);
    }
  });

  it('an edit is simply done again', async () => {
    const hub = open(current, inChannel('C0RFPS'));
    await hub.deliver(only(hub.plan(eventOf('booking.requested'))));
    const edit = only(hub.plan(eventOf('booking.confirmed', { sequence: 2 })));
    expect(await connector.reconcile!(edit, hub.ctx(edit.key))).toBe('absent');
  });

  it('an edit that became a new message, and was never answered, is no edit any more', async () => {
    const hub = open(current, inChannel('C0RFPS'));
    await hub.deliver(only(hub.plan(eventOf('booking.requested'))));
    const op = only(hub.plan(eventOf('booking.confirmed', { sequence: 2 })));
    hub.next(
      () => Response.json({ ok: false, error: 'message_not_found' }),
      () => HttpResponse.error(),
    );
    expect(await hub.deliver(op)).toMatchObject({ kind: 'unknown' });
    expect(await connector.reconcile!(op, hub.ctx(op.key))).toMatchObject({ code: 'unknown_outcome' });
  });

  it('with channels:history its mark is looked for, page by page, in the minutes of the try', async () => {
    const hub = open(checked, inChannel('C0RFPS'));
    const op = only(hub.plan(eventOf('booking.requested')));
    const outcome = await hub.deliver(op);
    hub.refs.clear();
    hub.slack().chat('C0RFPS', 40);
    expect(await connector.reconcile!(op, hub.ctx(op.key))).toEqual({ ...outcome, applied: 'created' });
    const asked = hub.sent
      .filter(({ url }) => url.endsWith('conversations.history'))
      .map(({ body }) => new URLSearchParams(body));
    expect(asked).toHaveLength(3);
    expect(asked[0]!.get('limit')).toBe('15');
    expect(Number(asked[0]!.get('latest')) - Number(asked[0]!.get('oldest'))).toBe(180);
  });

  it('an older state that got through after all is edited, not posted beside', async () => {
    const hub = open(checked, inChannel('C0RFPS'));
    await hub.deliver(only(hub.plan(eventOf('booking.requested'))));
    hub.refs.clear();
    const next = only(hub.plan(eventOf('booking.confirmed', { sequence: 2 })));
    expect(await connector.reconcile!(next, hub.ctx(next.key))).toBe('absent');
    expect(await hub.deliver(next)).toMatchObject({ ok: true, applied: 'updated' });
    expect(hub.messages().map(({ text }) => text)).toEqual([expect.stringContaining('Booking confirmed')]);
  });

  it('is absent only where all of those minutes were read', async () => {
    const hub = open(checked, inChannel('C0RFPS'));
    const op = only(hub.plan(eventOf('booking.requested')));
    hub.next(lost);
    await hub.deliver(op);
    expect(await connector.reconcile!(op, hub.ctx(op.key))).toBe('absent');
    hub.slack().chat('C0RFPS', 100);
    expect(await connector.reconcile!(op, hub.ctx(op.key))).toMatchObject({ code: 'unknown_outcome' });
    hub.next(() => Response.json({ ok: false, error: 'ratelimited' }, { headers: { 'retry-after': '60' } }));
    expect(await connector.reconcile!(op, hub.ctx(op.key))).toMatchObject({
      kind: 'transient',
      retryAfterMs: 60_000,
    });
    hub.next(() => Response.json({ ok: false, error: 'not_in_channel' }));
    expect(await connector.reconcile!(op, hub.ctx(op.key))).toMatchObject({ code: 'unknown_outcome' });
  });

  it('marks its messages only where it may read the mark back', async () => {
    for (const [scopes, isMarked] of [
      [current, false],
      [checked, true],
    ] as const) {
      const hub = open(scopes, inChannel('C0RFPS'));
      await hub.deliver(only(hub.plan(eventOf('booking.requested'))));
      expect(new URLSearchParams(hub.sent[0]!.body).has('metadata')).toBe(isMarked);
    }
  });
});

describe('the connection', () => {
  it('health names the scopes that were taken away', async () => {
    const hub = open(current);
    expect(await connector.health(hub.ctx(''))).toEqual({ ok: true, account: 'Bayou City Denim' });
    const fewer = open(['chat:write'], { scopes: new Set(current) });
    expect(await connector.health(fewer.ctx(''))).toMatchObject({
      ok: false,
      missingScopes: ['channels:read'],
      failure: { kind: 'auth', next: 'reconnect', code: 'missing_scope' },
    });
    fewer.next(() => Response.json({ ok: false, error: 'account_inactive' }));
    expect(await connector.health(fewer.ctx(''))).toMatchObject({
      ok: false,
      failure: { code: 'account_inactive' },
    });
  });

  it('lists channels, those that it is in first', async () => {
    const hub = open(current);
    expect(await connector.choices!('channel', hub.ctx(''))).toEqual({
      ok: true,
      choices: [
        { id: 'C0BOOKINGS', label: '#bookings' },
        { id: 'C0RFPS', label: '#rfps' },
        { id: 'C0STRANGERS', label: '#announcements (write /invite @Patchbay there first)' },
      ],
    });
  });

  it('reads whose workspace it is, and keeps no secret of the answer', () => {
    const { account, facts } = connector.connected!({
      ok: true,
      team: { id: 'T0PATCHBAY', name: 'Bayou City Denim' },
      authed_user: { id: 'U0LINH' },
      bot_user_id: 'U0PATCHBAY',
      incoming_webhook: { channel: '#bookings', channel_id: 'C0BOOKINGS', configuration_url: 'https://x' },
    });
    expect(account).toEqual({ id: 'T0PATCHBAY', label: 'Bayou City Denim · #bookings' });
    expect(facts).toEqual({
      team: { id: 'T0PATCHBAY', name: 'Bayou City Denim' },
      connectedBy: 'U0LINH',
      botUser: 'U0PATCHBAY',
      channel: { id: 'C0BOOKINGS', name: '#bookings' },
    });
    // Linked anew for messages that stay current: there is no webhook, and no channel of its own.
    expect(connector.connected!({ ok: true, team: { id: 'T0PATCHBAY' } }).facts).toMatchObject({
      channel: null,
    });
  });
});
