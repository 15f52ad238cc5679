import * as z from 'zod';
import { levels } from './subject.ts';

const counted = z
  .strictObject({ count: z.int(), at_least: z.boolean() })
  .describe('`at_least`: counting stopped here, there are more.');

/** `Preview`, as the document tells it. */
export const shownPreview = z.strictObject({
  level: z.enum(levels),
  id: z.string(),
  name: z.string().nullable().describe('Null of people.'),
  standing: z.enum(['valid', 'suspended', 'ended']),
  suspended_at: z.string().nullable(),
  last_revocation: z
    .strictObject({ id: z.string(), reason: z.string(), created_at: z.string() })
    .nullable()
    .describe('The newest receipt of exactly this.'),
  tokens: z.strictObject({
    total: counted,
    access: z.int(),
    refresh: z.int(),
    personal: z.int(),
    service: z.int(),
    client_secrets: z.int(),
    calendar_feeds: z.int(),
    rfp_senders: z.int(),
  }),
  made: z.strictObject({ tokens: counted, subscriptions: counted }).describe('What a token made.'),
  made_stops: z.boolean().describe('Whether that stops with it: for the reasons `leaked` and `abuse`.'),
  grants: counted,
  subscriptions: counted,
  connections: counted,
  deliveries: z.strictObject({ queued: counted, held: counted }).describe('What would never leave.'),
  accounts: counted,
  users: counted,
  sessions: counted,
});
