/** Bookings and reviews as messages in a channel of Discord: README.md. */
import { defineConnector, type Failed, readObject } from '#kit';
import * as z from 'zod';
import { failureOf } from './errors.ts';
import { type Kind, plan } from './plan.ts';

const options = z.strictObject({});
type Options = z.output<typeof options>;

export const connector = defineConnector<Options, Kind>({
  manifest: {
    id: 'discord',
    name: 'Discord',
    summary: 'Bookings and reviews as messages in one channel.',
    version: '1.0.0',
    vendorApi: { name: 'Discord webhooks' },
    auth: {
      type: 'secret-url',
      help: 'In Discord: the channel’s settings, Integrations, Webhooks, New Webhook, Copy Webhook URL. Paste it here.',
      revoke: { manual: 'In Discord: the channel’s settings, Integrations, Webhooks, delete it there.' },
    },
    tiers: [
      { id: 'channel', name: 'One channel', summary: 'Posts into the channel of the webhook.', scopes: [] },
    ],
    scopes: {},
    hosts: ['discord.com'],
    consumes: [
      'booking.confirmed',
      'instant_book.confirmed',
      'booking.rescheduled',
      'booking.cancelled',
      'review.published',
      'integration.test',
    ],
    test: 'a test message in your channel',
    options,
    form: [],
    // 5 in 2 s for one webhook, as its headers say (x-ratelimit-limit, x-ratelimit-reset-after).
    limits: [{ per: 'connection', tokens: 5, windowMs: 2_000 }],
    idempotency: { post: 'none' },
    recall: 'Messages stay: a webhook does not tell which it has posted. Delete them in the channel.',
  },
  plan,
  async deliver(op, ctx) {
    const answer = await ctx.fetch('secret:url', {
      method: 'POST',
      credential: 'none',
      headers: { 'content-type': 'application/json' },
      // No mention is ever followed, whatever an event says.
      body: JSON.stringify({ ...(op.body as { content: string }), allowed_mentions: { parse: [] } }),
    });
    if (answer.status === 204) return { ok: true, applied: 'created' };
    return failureOf(answer, await readObject(answer), ctx.now());
  },
  // There is no way to look for a message that a webhook posted.
  reconcile: () =>
    Promise.resolve<Failed>({
      ok: false,
      kind: 'permanent',
      code: 'unknown_outcome',
      fix: 'Discord gave no answer. Look in the channel: if the message is not there, send the delivery again.',
    }),
  async health(ctx) {
    const answer = await ctx.fetch('secret:url', { credential: 'none' });
    const webhook = await readObject(answer);
    return answer.ok && typeof webhook?.['name'] === 'string'
      ? { ok: true, account: webhook['name'] }
      : { ok: false, failure: failureOf(answer, webhook, ctx.now()) };
  },
});
