/**
 * What Slack says, and what becomes of it. Status codes lie: most failures come with 200 and `"ok": false`, so the body is
 * read first. docs.slack.dev: "chat.postMessage", "Incoming webhooks, handling errors", 2026-11.
 */
import { type Failed, retryAfterMs } from '#kit';

/** Slack's own words for it, each once; webhooks answer the same words as plain text. */
const table: Readonly<Record<string, Failed>> = {
  invalid_auth: reconnect('invalid_auth'),
  not_authed: reconnect('not_authed'),
  token_revoked: reconnect('token_revoked'),
  account_inactive: reconnect('account_inactive'),
  no_permission: reconnect('no_permission'),
  org_login_required: reconnect('org_login_required'),
  // Names the scope in `needed`: only a person can give it.
  missing_scope: reconnect('missing_scope'),
  token_expired: { ok: false, kind: 'auth', next: 'refresh', code: 'token_expired' },
  // The webhook's: it was removed in Slack, or the app was.
  no_service: reconnect('no_service'),
  no_active_hooks: reconnect('no_active_hooks'),
  no_team: reconnect('no_team'),
  team_disabled: reconnect('team_disabled'),
  invalid_token: reconnect('invalid_token'),

  channel_not_found: permanent(
    'channel_not_found',
    'The channel is gone, or Patchbay cannot see it. Choose another, or write /invite @Patchbay there.',
  ),
  not_in_channel: permanent('not_in_channel', 'Write /invite @Patchbay in that channel, then retry.'),
  is_archived: permanent('is_archived', 'The channel is archived. Unarchive it, or choose another.'),
  channel_is_archived: permanent(
    'channel_is_archived',
    'The channel is archived. Unarchive it, or connect Slack again and choose another.',
  ),
  restricted_action: permanent('restricted_action', askAdmin()),
  action_prohibited: permanent('action_prohibited', askAdmin()),
  posting_to_general_channel_denied: permanent('posting_to_general_channel_denied', askAdmin()),
  ekm_access_denied: permanent('ekm_access_denied', askAdmin()),
  messages_tab_disabled: permanent(
    'messages_tab_disabled',
    'This app takes no direct messages. Choose a channel.',
  ),
  user_not_found: permanent('user_not_found', 'Slack does not know that person. Choose a channel.'),
  cannot_dm_bot: permanent('cannot_dm_bot', 'That is a bot. Choose a channel.'),
  // Ours to mend: the message itself was wrong.
  invalid_blocks: permanent('invalid_blocks'),
  invalid_blocks_format: permanent('invalid_blocks_format'),
  invalid_payload: permanent('invalid_payload'),
  invalid_arguments: permanent('invalid_arguments'),
  msg_too_long: permanent('msg_too_long'),
  no_text: permanent('no_text'),
  message_not_found: permanent('message_not_found', 'Somebody has deleted the message in Slack.'),
  cant_update_message: permanent('cant_update_message', 'Slack does not let Patchbay edit that message.'),
  edit_window_closed: permanent(
    'edit_window_closed',
    'Your workspace lets nobody edit messages that old. Delete it in Slack.',
  ),

  ratelimited: slowDown('ratelimited'),
  rate_limited: slowDown('rate_limited'),
  service_unavailable: { ok: false, kind: 'transient', code: 'service_unavailable', slow: 'call' },
  team_added_to_org: {
    ok: false,
    kind: 'transient',
    code: 'team_added_to_org',
    retryAfterMs: 3_600_000,
    slow: 'connection',
  },
};

// "It is possible that some aspect of the operation succeeded before the error was raised" (docs, of these two).
const halfDone = new Set(['internal_error', 'fatal_error', 'request_timeout', 'rollup_error']);

/** The message to edit is not there, or not ours to edit any more: the news goes out as a new one. */
export const lostMessage = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'is_inactive',
]);

export type Answered = {
  status: number;
  headers: Headers;
  /** Slack's word, where it said one. */
  error: string | null;
  now: Date;
  /** The call makes something new: a second one would make a second. */
  makes: boolean;
};

export function failureOf({ status, headers, error, now, makes }: Answered): Failed {
  const known = error === null || status === 429 ? undefined : table[error];
  if (known) return known.kind === 'transient' ? later(known, headers, now) : known;
  if (status === 429) return later(slowDown('ratelimited'), headers, now);
  if (error !== null && halfDone.has(error)) return unsure(error, makes);
  // A word that nobody told us of will be said again next time.
  if (error !== null && status < 500) return permanent(codeOf(error), `Slack refuses it: ${codeOf(error)}.`);
  if (status === 503) return later(table['service_unavailable'] as Failed, headers, now);
  if (status >= 500 || status === 408) return unsure(`http_${status}`, makes);
  if (status >= 300 && status < 400)
    return { ok: false, kind: 'transient', code: `http_${status}`, slow: 'call' };
  if (status === 401) return reconnect('http_401');
  if (status >= 400) return permanent(`http_${status}`);
  // 200, and not Slack's way of saying so.
  return unsure('unreadable_answer', makes);
}

function unsure(code: string, makes: boolean): Failed {
  return makes ? { ok: false, kind: 'unknown', code } : { ok: false, kind: 'transient', code, slow: 'call' };
}

function later(failed: Failed, headers: Headers, now: Date): Failed {
  const asked = retryAfterMs(headers, now);
  return failed.kind === 'transient' && asked !== undefined ? { ...failed, retryAfterMs: asked } : failed;
}

// Slack's limits are for each method and workspace: the others may go on.
function slowDown(code: string): Failed {
  return { ok: false, kind: 'transient', code, retryAfterMs: 30_000, slow: 'connection' };
}

function reconnect(code: string): Failed {
  return { ok: false, kind: 'auth', next: 'reconnect', code };
}

function permanent(code: string, fix?: string): Failed {
  return { ok: false, kind: 'permanent', code, ...(fix ? { fix } : {}) };
}

function askAdmin(): string {
  return 'Your workspace does not let apps post there. Ask its admin, or choose another channel.';
}

const codeOf = (error: string): string => error.replace(/[^a-z0-9_]/gi, '_').slice(0, 60);
