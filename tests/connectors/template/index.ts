/** Bookings as cards in Template: README.md. */
import { defineConnector, readObject } from '#kit';
import * as z from 'zod';
import { deliver, type Kind } from './deliver.ts';
import { failureOf } from './errors.ts';
import { plan } from './plan.ts';

const options = z.strictObject({ list: z.string().min(1).max(80) });
export type Options = z.output<typeof options>;

export const connector = defineConnector<Options, Kind>({
  manifest: {
    id: 'template',
    name: 'Template',
    summary: 'A card for each booking, moved and taken away with it.',
    version: '0.1.0',
    vendorApi: { name: 'Template API v1' },
    auth: {
      type: 'oauth2',
      authorizeUrl: 'https://template.example/oauth/authorize',
      tokenUrl: 'https://api.template.example/oauth/token',
      pkce: true,
      clientAuth: 'body',
      scopeSeparator: ' ',
      refresh: { rotates: false },
      revoke: { url: 'https://api.template.example/oauth/revoke', credential: 'form' },
    },
    tiers: [
      {
        id: 'cards',
        name: 'Cards',
        summary: 'Makes cards, and sees no others.',
        scopes: ['cards:write', 'profile:read'],
      },
    ],
    scopes: {
      'cards:write': {
        why: 'Makes, moves and removes the card of a booking.',
        kinds: ['put-card', 'drop-card'],
      },
      'profile:read': { why: 'Tells whether the connection is well.', kinds: ['health'] },
    },
    hosts: ['api.template.example'],
    consumes: ['booking.confirmed', 'booking.rescheduled', 'booking.cancelled', 'booking.completed'],
    options,
    form: [{ name: 'list', label: 'List', type: 'text', placeholder: 'Bookings' }],
    limits: [{ per: 'connection', tokens: 60, windowMs: 60_000 }],
    idempotency: { 'put-card': 'client-id', 'drop-card': 'client-id' },
    recall: 'The card is removed.',
  },
  connected: ({ user }) => {
    const { id = '', name = '' } = (user ?? {}) as { id?: string; name?: string };
    return { account: { id, label: name }, facts: {} };
  },
  plan,
  deliver,
  undo: ({ key, seq }) => ({ key, seq: seq + 1, kind: 'drop-card', body: null }),
  async health(ctx) {
    const answer = await ctx.fetch('https://api.template.example/v1/me');
    const body = await readObject(answer);
    return answer.ok && typeof body?.['name'] === 'string'
      ? { ok: true, account: body['name'] }
      : { ok: false, failure: failureOf(answer, body, ctx.now()) };
  },
});
