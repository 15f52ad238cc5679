import type { Conformance } from '../conformance/index.ts';
import { type Kind, type Options, sign } from './connector.ts';
import { pinwall } from './stand-in.ts';

export const conformance: Conformance<Options, Kind> = {
  standIn: pinwall,
  connections: [
    {
      name: 'a wall with notes',
      tier: 'wall',
      options: { lane: 'todo', notes: true },
      tokenAnswer: {
        access_token: 'pinwall-access-not-a-secret',
        refresh_token: 'pinwall-refresh-not-a-secret',
        team: { id: 'team-1', name: 'Luna & Daughters' },
      },
    },
    { name: 'a wall without notes', tier: 'wall', options: { lane: 'todo', notes: false }, tokenAnswer: {} },
  ],
  story: [
    { type: 'booking.confirmed' },
    {
      type: 'booking.rescheduled',
      data: { starts_at: '2026-12-01T16:00:00.000Z', ends_at: '2026-12-01T18:00:00.000Z' },
    },
    { type: 'booking.confirmed', seed: 2 },
    { type: 'booking.cancelled', seed: 2 },
    { type: 'review.published' },
  ],
  answers: [
    {
      when: 'the wall is gone',
      kind: 'card',
      status: 404,
      body: { error: 'no_wall' },
      outcome: { kind: 'permanent', code: 'no_wall' },
    },
    {
      when: 'the card is gone already',
      kind: 'drop',
      status: 404,
      body: { error: 'no_card' },
      outcome: { ok: true, applied: 'unchanged' },
    },
    {
      when: 'a note and too many of them',
      kind: 'note',
      on: 'POST /v1/walls',
      status: 429,
      headers: { 'retry-after': '30' },
      outcome: { kind: 'transient', slow: 'connection', retryAfterMs: 30_000 },
    },
  ],
  inbound: {
    proves: 'body',
    send: async (body, secret, at) => {
      const raw = new TextEncoder().encode(body);
      const stamp = String(Math.floor(at.getTime() / 1_000));
      return {
        method: 'POST',
        url: 'https://hub.example/v1/inbound/pinwall/con_conformance',
        headers: new Headers({ 'pinwall-signature': `t=${stamp},v1=${await sign(stamp, raw, secret)}` }),
        raw,
      };
    },
    bodies: [
      { name: 'a challenge', body: '{"type":"challenge","challenge":"abc"}', reply: 'abc' },
      { name: 'a poke', body: '{"id":"m1","type":"card.poked"}' },
      { name: 'a decline', body: '{"id":"m2","type":"card.declined","card":"bkg_1"}', asks: 1 },
    ],
  },
};
