import type { Answer, Conformance, Scene } from '#kit/conformance';
import type { Kind, Options } from './manifest.ts';
import { scope } from './manifest.ts';
import { googleCalendar, refusalOf } from './stand-in.ts';

const tokenAnswer = {
  access_token: 'fake-access-token-of-google',
  refresh_token: 'fake-refresh-token-of-google',
  expires_in: 3599,
  scope,
  token_type: 'Bearer',
};

/** Houston’s clocks go back on 1 November 2026, in the night before the new date. */
const moved = { starts_at: '2026-11-01T15:00:00.000Z', ends_at: '2026-11-01T18:00:00.000Z' };
const story: Scene[] = [
  { type: 'booking.requested' },
  {
    type: 'booking.confirmed',
    data: { starts_at: '2026-10-31T14:00:00.000Z', ends_at: '2026-10-31T17:00:00.000Z' },
  },
  { type: 'booking.rescheduled', data: moved },
  { type: 'booking.completed', data: moved },
  { type: 'instant_book.confirmed', seed: 2 },
  { type: 'booking.cancelled', seed: 2 },
  { type: 'booking.confirmed', seed: 3 },
  { type: 'booking.rescheduled', seed: 3, data: { status: 'requested' } },
  { type: 'booking.requested', seed: 4 },
  { type: 'integration.test' },
];

const row = (
  when: string,
  status: number,
  reason: string,
  outcome: Answer<Kind>['outcome'],
  over: Partial<Answer<Kind>> = {},
): Answer<Kind> => ({ when, status, body: refusalOf(status, reason), outcome, ...over });

const throttled = (slow: 'connection' | 'app', retryAfterMs: number) =>
  ({ kind: 'transient', slow, retryAfterMs }) as const;

export const conformance: Conformance<Options, Kind> = {
  standIn: googleCalendar,
  connections: [
    { name: 'all of it', tier: 'own-calendar', options: { requests: true, contact: true }, tokenAnswer },
    {
      name: 'the least of it',
      tier: 'own-calendar',
      options: { requests: false, contact: false },
      tokenAnswer,
    },
  ],
  story,
  personal: [
    'buyer.name',
    'buyer.email',
    'buyer.phone',
    'provider.name',
    'provider.email',
    'provider.phone',
    'notes',
    'venue.address',
  ],
  answers: [
    row('the token has expired', 401, 'authError', { kind: 'auth', next: 'refresh', code: 'authError' }),
    row('a scope was taken away', 403, 'insufficientPermissions', { kind: 'auth', next: 'reconnect' }),
    {
      when: 'a scope was taken away, in the newer words',
      status: 403,
      body: {
        error: {
          code: 403,
          status: 'PERMISSION_DENIED',
          details: [{ reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }],
        },
      },
      outcome: { kind: 'auth', next: 'reconnect', code: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' },
    },
    row(
      'too many calls in a calendar: 403, and no refusal',
      403,
      'rateLimitExceeded',
      throttled('connection', 10_000),
    ),
    row(
      'too many calls of a user: 403, and no refusal',
      403,
      'userRateLimitExceeded',
      throttled('connection', 10_000),
    ),
    row('the project has used up its day', 403, 'dailyLimitExceeded', throttled('app', 3_600_000)),
    row(
      'Google guards the account against a flood',
      403,
      'quotaExceeded',
      throttled('connection', 3_600_000),
    ),
    row('the operator has not switched the API on', 403, 'accessNotConfigured', throttled('app', 3_600_000)),
    row('the calendar may not be written to', 403, 'requiredAccessLevel', {
      kind: 'permanent',
      code: 'requiredAccessLevel',
    }),
    row('too many calls: 429', 429, 'rateLimitExceeded', throttled('connection', 30_000), {
      headers: { 'retry-after': '30' },
    }),
    row('too many calls: 429 without a time', 429, 'rateLimitExceeded', throttled('connection', 10_000)),
    row('the calendar was deleted', 404, 'notFound', { kind: 'permanent', code: 'calendar_gone' }),
    row(
      'the entry is gone before it is taken away',
      410,
      'deleted',
      { ok: true, applied: 'unchanged' },
      { kind: 'removal' },
    ),
    row('the entry was never made', 404, 'notFound', { ok: true, applied: 'unchanged' }, { kind: 'removal' }),
    row('an entry that Google does not take', 400, 'timeRangeEmpty', {
      kind: 'permanent',
      code: 'timeRangeEmpty',
    }),
    row('Google stumbles, and may have written it', 500, 'backendError', {
      kind: 'unknown',
      code: 'backendError',
    }),
    row('Google is overloaded, and may have written it', 503, 'backendError', {
      kind: 'unknown',
      code: 'backendError',
    }),
    {
      when: 'a page instead of an answer',
      status: 200,
      body: '<html>',
      outcome: { kind: 'unknown', code: 'http_200' },
    },
  ],
  inbound: {
    proves: 'sender',
    send: async (body, secret) => ({
      method: 'POST',
      url: 'https://hub.example/v1/inbound/google-calendar/con_conformance',
      headers: new Headers({
        'x-goog-channel-id': 'channel-1',
        'x-goog-channel-token': secret,
        'x-goog-message-number': '10',
        'x-goog-resource-id': 'events-of-c1',
        'x-goog-resource-state': 'exists',
      }),
      raw: new TextEncoder().encode(body),
    }),
    bodies: [{ name: 'a change', body: '' }],
  },
  specifications: { 'www.googleapis.com': 'google-calendar-v3.trim.openapi.json' },
};
