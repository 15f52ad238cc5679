import * as z from 'zod';
import type { Manifest } from '#kit';

export type Kind = 'post' | 'message' | 'retract';

// C: a channel, G: a private one, D: a direct message, U and W: a person, whom `chat.postMessage` would write to directly.
const conversation = z.string().regex(/^[CGDUW][A-Z0-9]{2,20}$/, 'Not an id of a Slack channel.');

export const isChannel = (id: string): boolean => /^[CG]/.test(id);

const options = z
  .strictObject({
    channel: conversation
      .optional()
      .describe('Where to; left out, the channel that was chosen when Slack was connected.'),
    respond: z
      .enum(['off', 'person', 'channel'])
      .default('off')
      .describe('Who may accept or decline a booking by a button.'),
    direct_messages: z
      .boolean()
      .default(false)
      .describe('Direct messages, of the marketplace and to a person in Slack.'),
  })
  .refine(({ channel, direct_messages }) => !channel || isChannel(channel) || direct_messages, {
    path: ['channel'],
    error: 'Direct messages are off: choose a channel.',
  });

export type Options = z.output<typeof options>;

// A direct message takes ten, so that the same limits let six a minute through to one person.
export const directCost = 10;

export const manifest: Manifest<Options, Kind> = {
  id: 'slack',
  name: 'Slack',
  summary: 'Bookings, deliverables, RFPs and reviews as messages in a channel.',
  version: '1.0.0',
  vendorApi: { name: 'Slack Web API' },
  auth: {
    type: 'oauth2',
    authorizeUrl: 'https://slack.com/oauth/v2/authorize',
    tokenUrl: 'https://slack.com/api/oauth.v2.access',
    pkce: false,
    clientAuth: 'body',
    scopeSeparator: ',',
    refresh: null,
    // A workspace has one bot token for the app, whoever of it connected.
    revoke: { url: 'https://slack.com/api/auth.revoke', credential: 'bearer', isShared: true },
    secretUrls: { webhook: '/incoming_webhook/url' },
  },
  tiers: [
    {
      id: 'one-channel',
      name: 'One channel',
      summary:
        'Posts to the one channel that you choose on Slack’s page. It can read nothing and edit nothing.',
      scopes: ['incoming-webhook'],
    },
    {
      id: 'updates',
      name: 'Messages that stay current',
      summary:
        'One message for each booking, RFP or deliverable, edited as it changes and taken back on recall, in public channels that you invite Patchbay to; and the command /patchbay.',
      scopes: ['chat:write', 'channels:read', 'commands'],
      needs: ['channel'],
    },
    {
      id: 'updates-checked',
      name: 'Messages that stay current, checked',
      summary:
        'As before. Where Slack did not answer, Patchbay looks in the channel whether its message arrived; for that it may read channels that it is in.',
      scopes: ['chat:write', 'channels:read', 'channels:history', 'commands'],
      needs: ['channel'],
    },
  ],
  scopes: {
    'incoming-webhook': { why: 'Posts to one channel, chosen on Slack’s page.', kinds: ['post'] },
    'chat:write': {
      why: 'Posts, edits and takes back its own messages where it was invited.',
      kinds: ['message', 'retract'],
    },
    'channels:read': { why: 'Lists public channels, so that you can pick one.', kinds: ['set-up'] },
    'channels:history': {
      why: 'Looks whether a message of its own arrived when Slack gave no answer.',
      kinds: ['message'],
    },
    commands: { why: '/patchbay: status, mute, test.', kinds: ['inbound'] },
  },
  hosts: ['slack.com', 'hooks.slack.com'],
  consumes: [
    'booking.*',
    'instant_book.confirmed',
    'deliverable.*',
    'rfp.*',
    'escrow.released',
    'review.published',
    'message.direct',
    'subscription.disabled',
    'connection.broken',
    'integration.test',
  ],
  test: 'a test message in your channel',
  options,
  form: [
    {
      name: 'channel',
      label: 'Channel',
      help: 'Leave it empty for the channel that you chose when you connected Slack.',
      type: 'vendor-choice',
    },
    {
      name: 'respond',
      label: 'Accept and decline by a button',
      help: 'Sends your answer to a booking request back to the marketplace.',
      type: 'choice',
      choices: [
        { id: 'off', label: 'Nobody' },
        { id: 'person', label: 'Only who connected Slack' },
        { id: 'channel', label: 'Anybody in the channel' },
      ],
    },
    {
      name: 'direct_messages',
      label: 'Direct messages',
      help: 'What people write to each other, and messages to a person instead of a channel. Staff have to approve it.',
      type: 'switch',
    },
  ],
  approvals: { direct_messages: 'Private words leave the marketplace, or reach a person in Slack directly.' },
  limits: [
    // One message a second and channel, short bursts taken (Slack, "Rate limits", 2026-11).
    { per: 'resource', tokens: 10, windowMs: 10_000 },
    // `chat.update` is in tier 3: 50 a minute for each method and workspace.
    { per: 'connection', tokens: 50, windowMs: 60_000 },
  ],
  idempotency: { post: 'none', message: 'none', retract: 'precondition' },
  recall:
    'Messages that stay current are replaced by a line that says so. What was posted through the one-channel webhook cannot be changed by any app: you get a link to delete it yourself.',
  inbound: { of: 'app', toleranceSeconds: 300, intents: ['booking.respond'] },
};
