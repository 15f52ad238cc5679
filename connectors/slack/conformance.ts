import { hmacSha256, type Received } from '#kit';
import type { Conformance, Connection } from '#kit/conformance';
import { answers } from './answers.ts';
import { actions } from './buttons.ts';
import type { Kind, Options } from './manifest.ts';
import { createSlack, webhook, workspace } from './stand-in.ts';

/** As `oauth.v2.access` answers. */
const tokenAnswer = (scope: string) => ({
  ok: true,
  app_id: 'A0PATCHBAY',
  authed_user: { id: 'U0LINH' },
  scope,
  token_type: 'bot',
  access_token: 'xoxb-not-a-real-token',
  bot_user_id: 'U0PATCHBAY',
  team: { id: workspace.id, name: workspace.name },
  enterprise: null,
  is_enterprise_install: false,
});

const options = (over: Partial<Options>): Options => ({ respond: 'off', direct_messages: false, ...over });

const connections: Connection<Options>[] = [
  {
    name: 'one channel',
    tier: 'one-channel',
    options: options({ respond: 'person' }),
    tokenAnswer: {
      ...tokenAnswer('incoming-webhook'),
      incoming_webhook: {
        channel: '#bookings',
        channel_id: webhook.channel,
        configuration_url: `${workspace.url}services/B0FAKE`,
        url: webhook.url,
      },
    },
  },
  {
    name: 'messages that stay current',
    tier: 'updates',
    options: options({ channel: 'C0RFPS', respond: 'channel' }),
    tokenAnswer: tokenAnswer('chat:write,channels:read,commands'),
  },
  {
    name: 'messages that are looked for',
    tier: 'updates-checked',
    options: options({ channel: 'C0RFPS' }),
    tokenAnswer: tokenAnswer('chat:write,channels:read,channels:history,commands'),
  },
  {
    name: 'a person, approved',
    tier: 'updates',
    options: options({ channel: 'U0LINH', direct_messages: true }),
    tokenAnswer: tokenAnswer('chat:write,channels:read,commands'),
  },
];

const form = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();
const command = (text: string) =>
  form({
    command: '/patchbay',
    text,
    team_id: workspace.id,
    team_domain: 'bayou-city',
    channel_id: webhook.channel,
    channel_name: 'bookings',
    user_id: 'U0LINH',
    trigger_id: `13345224609.${text.length}.fake`,
    response_url: 'https://hooks.slack.com/commands/T0PATCHBAY/1/fake',
  });
const press = (action: string, value: string) =>
  form({
    payload: JSON.stringify({
      type: 'block_actions',
      team: { id: workspace.id, domain: 'bayou-city' },
      user: { id: 'U0LINH', team_id: workspace.id },
      channel: { id: webhook.channel, name: 'bookings' },
      container: { type: 'message', message_ts: '1795348800.000001', channel_id: webhook.channel },
      trigger_id: `13345224609.${action}`,
      response_url: 'https://hooks.slack.com/actions/T0PATCHBAY/1/fake',
      actions: [{ action_id: action, block_id: 'con_conformance:1', type: 'button', value }],
    }),
  });
const happened = (event: Readonly<Record<string, unknown>>) =>
  JSON.stringify({
    token: 'not-a-real-verification-token',
    type: 'event_callback',
    team_id: workspace.id,
    api_app_id: 'A0PATCHBAY',
    event_id: `Ev0${String(event['type']).toUpperCase()}`,
    event_time: 1_795_348_800,
    authed_users: [],
    event,
  });
const booking = JSON.stringify({ subject: 'bookings/bkg_conformance', who: 'person' });

export const conformance: Conformance<Options, Kind> = {
  standIn: (scopes) => createSlack(scopes),
  connections,
  // The other cards have golden files of their own: tests/connectors/slack-cards.test.ts.
  story: [
    {
      type: 'booking.requested',
      data: { provider: { account_id: 'acc_conformance', role: 'photographer', name: 'Linh Tran' } },
    },
    { type: 'booking.confirmed' },
    {
      type: 'booking.rescheduled',
      data: { starts_at: '2026-12-01T16:00:00.000Z', ends_at: '2026-12-01T19:30:00.000Z' },
    },
    { type: 'booking.cancelled' },
    { type: 'deliverable.submitted' },
    { type: 'rfp.created', data: { title: 'Lookbook <!channel> & "friends"' } },
    { type: 'rfp.withdrawn' },
    { type: 'escrow.released' },
    { type: 'review.published' },
    { type: 'integration.test' },
  ],
  answers,
  personal: [
    'buyer.name',
    'provider.name',
    'manifest.files.name',
    'manifest.files.url',
    'body',
    'author_name',
  ],
  inbound: {
    proves: 'body',
    send,
    bodies: [
      {
        name: 'the challenge',
        body: JSON.stringify({ token: 'fake', challenge: '3eZbrw1aBm2rZgRNFdxV', type: 'url_verification' }),
        reply: '{"challenge":"3eZbrw1aBm2rZgRNFdxV"}',
      },
      { name: 'the app was removed', body: happened({ type: 'app_uninstalled', event_ts: '1' }) },
      {
        name: 'its token ended',
        body: happened({ type: 'tokens_revoked', tokens: { oauth: [], bot: ['U0PATCHBAY'] }, event_ts: '1' }),
      },
      { name: '/patchbay status', body: command('status') },
      { name: '/patchbay mute', body: command('mute 2h') },
      { name: '/patchbay test', body: command('test') },
      { name: 'the button "Mute"', body: press(actions.mute, '3600000') },
      { name: 'the button "Accept"', body: press(actions.accept, booking), asks: 1 },
      { name: 'the button "Decline"', body: press(actions.decline, booking), asks: 1 },
      { name: 'something new', body: JSON.stringify({ type: 'of_tomorrow', team_id: workspace.id }) },
    ],
  },
};

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
async function send(body: string, secret: string, at: Date): Promise<Received> {
  const time = String(Math.floor(at.getTime() / 1000));
  const signature = await hmacSha256(secret, new TextEncoder().encode(`v0:${time}:${body}`));
  const hex = [...signature].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return {
    method: 'POST',
    url: 'https://hub.example/v1/inbound/slack',
    headers: new Headers({
      'content-type': body.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': time,
      'x-slack-signature': `v0=${hex}`,
    }),
    raw: new TextEncoder().encode(body),
  };
}
