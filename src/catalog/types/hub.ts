/**
 * Events about the hub itself; only the hub writes them. All need `webhooks:manage`: whoever may make a
 * subscription may hear that it, or what it hangs on, has ended. They carry ids and reasons, nothing of people.
 */
import * as z from 'zod';
import type { EventData, EventType } from './event-type.ts';
import { id, instant, revealedBy, text } from './fields.ts';
import { type Draw, drawFrom } from './samples.ts';

const open = revealedBy('webhooks:manage', 'none');

export const hubTypes: readonly EventType[] = [
  hubType({
    type: 'subscription.disabled',
    description: 'A subscription stopped. Its events are held until it is resumed.',
    critical: false,
    shape: {
      subscription_id: open('The subscription.', id('sub')),
      disabled_at: open('When.', instant()),
      reason: open('Why.', z.enum(['gone', 'failing', 'revoked', 'abuse', 'switched_off'])),
      resumable: open('Whether its owner can resume it.', z.boolean()),
    },
    sample: (draw) => ({
      subscription_id: draw.id('sub'),
      disabled_at: draw.at(0),
      reason: draw.pick(['gone', 'failing']),
      resumable: true,
    }),
  }),
  hubType({
    type: 'grant.revoked',
    description: "An account took back its consent, or staff did. Stop using the account's data.",
    critical: true,
    shape: {
      grant_id: open('The grant.', id('grt')),
      revocation_id: open('The act of revocation, with its receipt.', id('rvk')),
      revoked_at: open('When.', instant()),
      reason: open('Why.', z.enum(['user', 'leaked', 'abuse', 'inactive', 'closed', 'partner'])),
    },
    sample: (draw) => ({
      grant_id: draw.id('grt'),
      revocation_id: draw.id('rvk'),
      revoked_at: draw.at(0),
      reason: 'user',
    }),
  }),
  hubType({
    type: 'token.revoked',
    description: 'A token died before its time.',
    critical: true,
    shape: {
      token_id: open('The token: its id, never its text.', id('tok')),
      grant_id: open('The grant that it proved.', id('grt')).optional(),
      revocation_id: open('The act of revocation, with its receipt.', id('rvk')).optional(),
      revoked_at: open('When.', instant()),
      reason: open('Why.', z.enum(['user', 'leaked', 'abuse', 'inactive', 'rotated', 'replayed'])),
    },
    sample: (draw) => ({
      token_id: draw.id('tok'),
      grant_id: draw.id('grt'),
      revoked_at: draw.at(0),
      reason: 'leaked',
    }),
  }),
  hubType({
    type: 'grant.expiring',
    description: 'Nobody uses a consent: it ends at the moment that is named, unless it is used before.',
    critical: false,
    shape: {
      grant_id: open('The grant.', id('grt')),
      ends_at: open('When it will end.', instant()),
      last_used_at: open('When it was last used; absent where it never was.', instant()).optional(),
    },
    sample: (draw) => ({
      grant_id: draw.id('grt'),
      ends_at: draw.at(14 * 24),
      last_used_at: draw.at(-76 * 24),
    }),
  }),
  hubType({
    type: 'token.expiring',
    description: 'Nobody uses a token: it ends at the moment that is named, unless it is used before.',
    critical: false,
    shape: {
      token_id: open('The token: its id, never its text.', id('tok')),
      ends_at: open('When it will end.', instant()),
      last_used_at: open('When it was last used; absent where it never was.', instant()).optional(),
    },
    sample: (draw) => ({
      token_id: draw.id('tok'),
      ends_at: draw.at(14 * 24),
      last_used_at: draw.at(-76 * 24),
    }),
  }),
  hubType({
    type: 'connection.broken',
    description: 'A vendor account no longer takes what we send. Somebody must link it again.',
    critical: false,
    shape: {
      connection_id: open('The connection.', id('con')),
      connector: open('The vendor.', z.string().regex(/^[a-z][a-z0-9-]{1,39}$/)),
      broken_at: open('When.', instant()),
      reason: open('Why.', z.enum(['auth', 'scope', 'gone', 'vendor', 'revoked'])),
      mend_url: open('Where the same vendor account is linked again; for a week.', text(2_048)).optional(),
    },
    sample: (draw) => ({
      connection_id: draw.id('con'),
      connector: draw.pick(['slack', 'google-calendar']),
      broken_at: draw.at(0),
      reason: 'auth',
    }),
  }),
  hubType({
    type: 'integration.test',
    description: 'Somebody pressed "send a test". It means nothing else.',
    critical: false,
    shape: {
      subscription_id: open('The subscription under test.', id('sub')).optional(),
      connection_id: open('The connection under test.', id('con')).optional(),
      sent_at: open('When.', instant()),
      note: open('A fixed sentence.', text(200)),
    },
    sample: (draw) => ({
      subscription_id: draw.id('sub'),
      sent_at: draw.at(0),
      note: 'This is a test from Patchbay. Nothing happened in the marketplace.',
    }),
  }),
];

type HubTypeSpec = {
  type: string;
  description: string;
  critical: boolean;
  shape: z.ZodRawShape;
  sample: (draw: Draw) => EventData;
};

function hubType({ type, description, critical, shape, sample }: HubTypeSpec): EventType {
  return {
    type,
    description,
    stream: 'trust_safety',
    scope: 'webhooks:manage',
    critical,
    system: true,
    defaultOn: true,
    entity: null,
    versions: { 1: z.strictObject(shape) },
    latest: 1,
    sample: (_version, seed) => sample(drawFrom(seed)),
  };
}
