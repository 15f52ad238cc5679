import type { Conformance } from '#kit/conformance';
import type { Kind } from './deliver.ts';
import type { Options } from './index.ts';
import { vendor } from './stand-in.ts';

export const conformance: Conformance<Options, Kind> = {
  standIn: vendor,
  connections: [
    {
      name: 'one list',
      tier: 'cards',
      options: { list: 'Bookings' },
      tokenAnswer: { access_token: 'template-not-a-secret', user: { id: 'u1', name: 'Luna & Daughters' } },
    },
  ],
  story: [
    { type: 'booking.confirmed' },
    {
      type: 'booking.rescheduled',
      data: { starts_at: '2026-12-01T16:00:00.000Z', ends_at: '2026-12-01T18:00:00.000Z' },
    },
    { type: 'booking.completed' },
    { type: 'booking.confirmed', seed: 2 },
    { type: 'booking.cancelled', seed: 2 },
  ],
  answers: [
    {
      when: 'the token has expired',
      status: 401,
      body: { code: 'token_expired' },
      outcome: { kind: 'auth', next: 'refresh' },
    },
    {
      when: 'a scope is missing',
      status: 403,
      body: { code: 'missing_scope' },
      outcome: { kind: 'auth', next: 'reconnect' },
    },
    {
      when: 'the list is gone',
      kind: 'put-card',
      status: 422,
      body: { code: 'no_list' },
      outcome: { kind: 'permanent', code: 'no_list' },
    },
    {
      when: 'the card is gone',
      kind: 'drop-card',
      status: 404,
      body: { code: 'no_card' },
      outcome: { ok: true, applied: 'unchanged' },
    },
    {
      when: 'too many calls',
      status: 429,
      headers: { 'retry-after': '30' },
      outcome: { kind: 'transient', slow: 'connection', retryAfterMs: 30_000 },
    },
  ],
};
