/**
 * What Dropbox's answers mean. Its 409 is every endpoint's own error, for ever or for a moment, and only the tag tells
 * which; so the tables go by tag, `path/conflict/file` before `path/conflict` before `path`.
 * Source: the unions of dropbox-api-spec 0d994eb, and https://www.dropbox.com/developers/documentation/http/documentation
 */
import { type Failed, retryAfterMs } from '#kit';

type Json = Readonly<Record<string, unknown>>;

const permanent = (code: string, fix?: string): Failed =>
  fix === undefined ? { ok: false, kind: 'permanent', code } : { ok: false, kind: 'permanent', code, fix };
const slow = (code: string, who: 'call' | 'connection'): Failed => ({
  ok: false,
  kind: 'transient',
  code,
  slow: who,
});
const auth = (code: string, next: 'refresh' | 'reconnect'): Failed => ({
  ok: false,
  kind: 'auth',
  next,
  code,
});

const tampered =
  'Another file stands at this path, and its content is not what was sent. Look at its versions in Dropbox, move it away, then retry.';

const byTag: Readonly<Record<string, Failed>> = {
  'path/conflict': permanent('path_conflict', tampered),
  'path_write/conflict': permanent(
    'changed_since',
    'Somebody has changed this file since, so it is left to you. Delete it in Dropbox.',
  ),
  'path/insufficient_space': permanent('insufficient_space', 'Your Dropbox is full. Make room, then retry.'),
  'path/no_write_permission': permanent(
    'no_write_permission',
    'Dropbox does not let the app write to its folder. Ask who owns the folder, then retry.',
  ),
  'path/access_restricted': permanent(
    'access_restricted',
    'Your Dropbox restricts writing to the app’s folder. Ask your Dropbox admin, then retry.',
  ),
  'path/operation_suppressed': permanent(
    'operation_suppressed',
    'Your Dropbox forbids this write. Ask your Dropbox admin, then retry.',
  ),
  'path/team_folder': permanent(
    'team_folder',
    'The app’s folder has become a team folder. Move it back, then retry.',
  ),
  'path/too_many_write_operations': slow('too_many_write_operations', 'connection'),
  too_many_write_operations: slow('too_many_write_operations', 'connection'),
  // The part was damaged on its way, and nothing was kept of it.
  content_hash_mismatch: slow('content_hash_mismatch', 'call'),
  'path/locked': slow('locked', 'call'),
  encryption_not_supported: permanent(
    'encryption_not_supported',
    'The app’s folder is end-to-end encrypted, where apps cannot write. Move it out, then retry.',
  ),
  expired_access_token: auth('expired_access_token', 'refresh'),
  invalid_access_token: auth('invalid_access_token', 'refresh'),
  missing_scope: auth('missing_scope', 'reconnect'),
  user_suspended: auth('user_suspended', 'reconnect'),
  team_access_denied: permanent(
    'team_access_denied',
    'Your team does not let this app in. Ask your Dropbox admin to allow it, then retry.',
  ),
};

/** `null` for a body that is no JSON object. */
export function failureOf({ status, headers }: Response, body: Json | null, now: Date): Failed {
  const error = objectIn(body?.['error']);
  const tag = tagOf(error);
  if (status === 429) return throttled(error, headers, now);
  if (status >= 500) return { ...slow(`http_${status}`, 'call'), ...wait(retryAfterMs(headers, now)) };
  if (status === 401 && tag === '') return auth('http_401', 'refresh');
  if (status >= 400) return known(tag) ?? permanent(tag === '' ? `http_${status}` : tag.replaceAll('/', '_'));
  // Dropbox redirects nobody: something stood between, and nothing was done.
  if (status >= 300) return slow(`http_${status}`, 'call');
  return { ok: false, kind: 'unknown', code: 'unreadable_answer' };
}

/** `path/conflict/file`; empty where there is none. */
export function tagOf(error: Json | null): string {
  const tag = error?.['.tag'];
  if (typeof tag !== 'string') return '';
  // A union stands under its tag's name; a struct's fields stand beside the tag, and that of a failed write in `reason`.
  const below = tagOf(objectIn(error?.[tag]) ?? objectIn(error?.['reason']));
  return below === '' ? tag : `${tag}/${below}`;
}

export const objectIn = (value: unknown): Json | null =>
  // An object that came out of JSON has string keys.
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;

function known(tag: string): Failed | undefined {
  const parts = tag.split('/');
  for (let length = parts.length; length > 0; length--) {
    const found = byTag[parts.slice(0, length).join('/')];
    if (found) return found;
  }
  return undefined;
}

/** The body's `retry_after` is in seconds, and there also where no header is. */
function throttled(error: Json | null, headers: Headers, now: Date): Failed {
  const seconds = error?.['retry_after'];
  const ms = typeof seconds === 'number' && seconds > 0 ? seconds * 1_000 : retryAfterMs(headers, now);
  const reason = tagOf(objectIn(error?.['reason']));
  return { ...slow(reason === '' ? 'too_many_requests' : reason, 'connection'), ...wait(ms) };
}

const wait = (ms: number | undefined): { retryAfterMs?: number } =>
  ms === undefined ? {} : { retryAfterMs: ms };
