/** Each row of what Slack answers, and what becomes of it: proved by the conformance suite, on both hosts. */
import type { Answer } from '#kit/conformance';
import type { Kind } from './manifest.ts';

const api = (
  error: string,
  outcome: Answer<Kind>['outcome'],
  over: Partial<Answer<Kind>> = {},
): Answer<Kind> => ({
  when: `the API says ${error}`,
  kind: 'message',
  status: 200,
  body: { ok: false, error },
  outcome,
  ...over,
});

const hook = (
  status: number,
  error: string,
  outcome: Answer<Kind>['outcome'],
  over: Partial<Answer<Kind>> = {},
): Answer<Kind> => ({
  when: `the webhook says ${error} with ${status}`,
  kind: 'post',
  status,
  body: error,
  outcome,
  ...over,
});

const reconnect = (code: string) => ({ kind: 'auth', next: 'reconnect', code }) as const;
const permanent = (code: string) => ({ kind: 'permanent', code }) as const;
const transient = (code: string) => ({ kind: 'transient', code }) as const;
const unknown = (code: string) => ({ kind: 'unknown', code }) as const;
const seven = { 'retry-after': '7' };

export const answers: readonly Answer<Kind>[] = [
  ...[
    'invalid_auth',
    'not_authed',
    'token_revoked',
    'account_inactive',
    'no_permission',
    'org_login_required',
  ].map((error) => api(error, reconnect(error))),
  api('missing_scope', reconnect('missing_scope'), {
    body: { ok: false, error: 'missing_scope', needed: 'chat:write', provided: 'commands' },
  }),
  api('token_expired', { kind: 'auth', next: 'refresh', code: 'token_expired' }),
  ...[
    'channel_not_found',
    'not_in_channel',
    'is_archived',
    'restricted_action',
    'ekm_access_denied',
    'messages_tab_disabled',
    'user_not_found',
    'cannot_dm_bot',
    'invalid_blocks',
    'invalid_blocks_format',
    'invalid_arguments',
    'msg_too_long',
    'no_text',
    'a_word_of_tomorrow',
  ].map((error) => api(error, permanent(error))),
  api('ratelimited', { ...transient('ratelimited'), slow: 'connection', retryAfterMs: 30_000 }),
  api('rate_limited', { ...transient('rate_limited'), retryAfterMs: 7_000 }, { headers: seven }),
  api(
    'ratelimited with 429',
    { ...transient('ratelimited'), slow: 'connection', retryAfterMs: 7_000 },
    {
      status: 429,
      headers: seven,
      body: { ok: false, error: 'ratelimited' },
    },
  ),
  api('service_unavailable', { ...transient('service_unavailable'), slow: 'call' }),
  api('service_unavailable with 503', transient('service_unavailable'), {
    status: 503,
    body: { ok: false, error: 'service_unavailable' },
  }),
  api('team_added_to_org', { ...transient('team_added_to_org'), retryAfterMs: 3_600_000 }),
  // Half of it may have happened (docs), and this is a new message.
  ...['internal_error', 'fatal_error', 'request_timeout'].map((error) => api(error, unknown(error))),
  api('ok without a ts', unknown('unreadable_answer'), { body: { ok: true } }),

  hook(404, 'no_service', reconnect('no_service')),
  hook(404, 'no_active_hooks', reconnect('no_active_hooks')),
  hook(404, 'no_team', reconnect('no_team')),
  hook(403, 'team_disabled', reconnect('team_disabled')),
  hook(403, 'invalid_token', reconnect('invalid_token')),
  hook(404, 'channel_not_found', permanent('channel_not_found')),
  hook(410, 'channel_is_archived', permanent('channel_is_archived')),
  hook(403, 'action_prohibited', permanent('action_prohibited')),
  hook(403, 'posting_to_general_channel_denied', permanent('posting_to_general_channel_denied')),
  hook(400, 'user_not_found', permanent('user_not_found')),
  hook(400, 'invalid_payload', permanent('invalid_payload')),
  hook(400, 'invalid_blocks', permanent('invalid_blocks')),
  hook(400, 'no_text', permanent('no_text')),
  hook(429, 'rate_limited', { ...transient('ratelimited'), retryAfterMs: 7_000 }, { headers: seven }),
  hook(500, 'rollup_error', unknown('rollup_error')),
  hook(503, 'service_unavailable', transient('service_unavailable')),
];
