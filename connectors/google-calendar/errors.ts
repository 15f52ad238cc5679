/**
 * What Google Calendar says, and what is to be done. One table for the status alone would be wrong: 403 is a throttle as
 * often as a refusal, so the reason in the body decides. A test for each row: conformance.ts.
 * Source: developers.google.com/workspace/calendar/api/guides/errors, 2026-11.
 */
import { type Failed, retryAfterMs } from '#kit';
import type { Answer } from './api.ts';

/** After a write whose answer cannot be read nobody knows whether it happened; a read has changed nothing. */
type What = 'read' | 'write';

const hourMs = 3_600_000;
/** Google tells no moment; a window of its quotas is a minute, and slides. */
const throttleMs = 10_000;

export function failed(answer: Answer, now: Date, what: What): Failed {
  const { status, headers } = answer;
  const reason = reasonOf(answer);
  const wait = retryAfterMs(headers, now);
  if (status === 429) return transient(reason ?? 'rateLimitExceeded', 'connection', wait ?? throttleMs);
  if (status === 401) return { ok: false, kind: 'auth', next: 'refresh', code: reason ?? 'authError' };
  if (status === 403) return refused(reason, wait);
  if (status === 404) return gone;
  if (status === 409 || status === 412) return transient(reason ?? `http_${status}`, 'call', wait);
  if (status >= 400 && status < 500) return permanent(reason ?? `http_${status}`);
  if (what === 'read') return transient(reason ?? `http_${status}`, 'connection', wait);
  return { ok: false, kind: 'unknown', code: reason ?? `http_${status}` };
}

function refused(reason: string | null, wait: number | undefined): Failed {
  switch (reason) {
    case 'rateLimitExceeded':
    case 'userRateLimitExceeded':
      return transient(reason, 'connection', wait ?? throttleMs);
    case 'dailyLimitExceeded':
      return transient(reason, 'app', wait ?? hourMs);
    // Google’s guard against floods in one account: hours until it lets go.
    case 'quotaExceeded':
      return transient(reason, 'connection', wait ?? hourMs);
    // The operator has not switched the API on in the project of the client id.
    case 'accessNotConfigured':
    case 'SERVICE_DISABLED':
      return transient(reason, 'app', wait ?? hourMs);
    case 'insufficientPermissions':
    case 'ACCESS_TOKEN_SCOPE_INSUFFICIENT':
      return { ok: false, kind: 'auth', next: 'reconnect', code: reason };
    default:
      return permanent(
        reason ?? 'forbidden',
        'Google does not let this connection change the calendar Bookings.',
      );
  }
}

/** The calendar, where an entry cannot be meant: whoever asks for one reads its own 404. */
export const gone: Failed = {
  ok: false,
  kind: 'permanent',
  code: 'calendar_gone',
  fix: 'The calendar Bookings was deleted in Google. Connect Google Calendar again, and it is made anew.',
};

/** The word for programs, of the first error; newer answers have it in `details`. Null: there is none to trust. */
export function reasonOf({ body }: Pick<Answer, 'body'>): string | null {
  const error = body?.['error'] as { errors?: unknown; details?: unknown } | undefined;
  for (const list of [error?.details, error?.errors]) {
    if (!Array.isArray(list)) continue;
    for (const one of list as ({ reason?: unknown } | null)[]) {
      const reason = one?.reason;
      if (typeof reason === 'string' && /^[A-Za-z][A-Za-z0-9_.]{0,60}$/.test(reason)) return reason;
    }
  }
  return null;
}

const permanent = (code: string, fix?: string): Failed => ({
  ok: false,
  kind: 'permanent',
  code,
  ...(fix ? { fix } : {}),
});

const transient = (
  code: string,
  slow: 'call' | 'connection' | 'app',
  retryAfterMs_: number | undefined,
): Failed => ({
  ok: false,
  kind: 'transient',
  code,
  slow,
  ...(retryAfterMs_ === undefined ? {} : { retryAfterMs: retryAfterMs_ }),
});
