import { type Failed, retryAfterMs } from '#kit';

type Body = Readonly<Record<string, unknown>> | null;

/** The vendor's table of errors. Each row has its proof in conformance.ts. */
export function failureOf({ status, headers }: Response, body: Body, now: Date): Failed {
  if (status === 401) return { ok: false, kind: 'auth', next: 'refresh', code: 'token_expired' };
  if (status === 403) return { ok: false, kind: 'auth', next: 'reconnect', code: 'missing_scope' };
  if (status === 422 && body?.['code'] === 'no_list')
    return { ok: false, kind: 'permanent', code: 'no_list', fix: 'The list is gone. Choose another one.' };
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
  if (status >= 400 && status < 500) return { ok: false, kind: 'permanent', code: `refused_${status}` };
  // A gateway, or an answer that cannot be read: it may have been done, and doing it again changes nothing.
  return { ok: false, kind: 'transient', code: `unavailable_${status}`, slow: 'call' };
}
