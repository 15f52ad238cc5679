import type { Conformance } from '#kit/conformance';
import type { Kind } from './plan.ts';
import { discord, webhookPath } from './stand-in.ts';

export const conformance: Conformance<Record<string, never>, Kind> = {
  standIn: discord,
  connections: [
    { name: 'one channel', tier: 'channel', options: {}, secretUrl: `https://discord.com${webhookPath}` },
  ],
  story: [
    { type: 'booking.confirmed' },
    { type: 'booking.rescheduled', data: { title: '@everyone [free](https://attacker.example) # now' } },
    { type: 'booking.cancelled' },
    { type: 'review.published' },
    { type: 'integration.test' },
  ],
  answers: [
    {
      when: 'the webhook was deleted',
      status: 404,
      body: { message: 'Unknown Webhook', code: 10_015 },
      outcome: { kind: 'auth', next: 'reconnect', code: 'webhook_gone' },
    },
    {
      when: 'the address is not whole',
      status: 401,
      body: { message: 'Invalid Webhook Token', code: 50_027 },
      outcome: { kind: 'auth', next: 'reconnect', code: 'webhook_gone' },
    },
    {
      when: 'the message is refused',
      status: 400,
      body: { message: 'Invalid Form Body', code: 50_035 },
      outcome: { kind: 'permanent', code: 'refused_400' },
    },
    {
      when: 'this webhook is too fast',
      status: 429,
      headers: { 'retry-after': '1' },
      body: { message: 'You are being rate limited.', retry_after: 0.65, global: false },
      outcome: { kind: 'transient', slow: 'connection', retryAfterMs: 650 },
    },
    {
      when: 'all of us are too fast',
      status: 429,
      body: { message: 'You are being rate limited.', retry_after: 12, global: true },
      outcome: { kind: 'transient', slow: 'app', retryAfterMs: 12_000 },
    },
    {
      when: 'a gateway gave up on it',
      status: 502,
      outcome: { kind: 'unknown' },
    },
  ],
};
