import { type Failed, retryAfterMs } from '#kit';

/** Pinwall's answers. A write whose answer cannot be read may have happened; a read has changed nothing. */
export function failureOf(
  { status, headers }: Response,
  body: Readonly<Record<string, unknown>> | null,
  now: Date,
  what: 'read' | 'write' = 'write',
): Failed {
  if (status === 401) return { ok: false, kind: 'auth', next: 'refresh', code: 'token_expired' };
  if (status === 403) return { ok: false, kind: 'auth', next: 'reconnect', code: 'missing_scope' };
  if (status === 429) {
    const wait = retryAfterMs(headers, now);
    return {
      ok: false,
      kind: 'transient',
      code: 'throttled',
      slow: 'connection',
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    };
  }
  if (status === 404 && body?.['error'] === 'no_wall')
    return {
      ok: false,
      kind: 'permanent',
      code: 'no_wall',
      fix: 'Somebody deleted the wall. Connect Pinwall anew.',
    };
  if (status >= 400 && status < 500) return { ok: false, kind: 'permanent', code: `refused_${status}` };
  if (what === 'read')
    return { ok: false, kind: 'transient', code: `unavailable_${status}`, slow: 'connection' };
  return { ok: false, kind: 'unknown', code: `unreadable_${status}` };
}
