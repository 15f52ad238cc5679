/**
 * What Drive's answers mean. Its 403 is a throttle, a full drive, a missing scope or an admin's rule, and only `reason`
 * tells which. Source: https://developers.google.com/workspace/drive/api/guides/handle-errors
 */
import { type Failed, retryAfterMs } from '#kit';

type Json = Readonly<Record<string, unknown>>;

const permanent = (code: string, fix?: string): Failed =>
  fix === undefined ? { ok: false, kind: 'permanent', code } : { ok: false, kind: 'permanent', code, fix };
const slow = (code: string, who: 'call' | 'connection' | 'app'): Failed => ({
  ok: false,
  kind: 'transient',
  code,
  slow: who,
});
const reconnect = (code: string): Failed => ({ ok: false, kind: 'auth', next: 'reconnect', code });

const byReason: Readonly<Record<string, Failed>> = {
  rateLimitExceeded: slow('rateLimitExceeded', 'connection'),
  userRateLimitExceeded: slow('userRateLimitExceeded', 'connection'),
  dailyLimitExceeded: slow('dailyLimitExceeded', 'app'),
  quotaExceeded: slow('quotaExceeded', 'app'),
  backendError: slow('backendError', 'call'),
  internalError: slow('internalError', 'call'),
  storageQuotaExceeded: permanent(
    'storageQuotaExceeded',
    'Your Google storage is full. Make room, then retry.',
  ),
  numChildrenInNonRootLimitExceeded: permanent(
    'numChildrenInNonRootLimitExceeded',
    'The folder holds as many files as Drive allows. Rename it and move it away, then retry: a new one is made.',
  ),
  activeItemCreationLimitExceeded: permanent(
    'activeItemCreationLimitExceeded',
    'Your Google account holds as many files as Drive allows. Delete some, then retry.',
  ),
  insufficientPermissions: reconnect('insufficientPermissions'),
  insufficientScopes: reconnect('insufficientScopes'),
  appNotAuthorizedToFile: permanent(
    'appNotAuthorizedToFile',
    'Drive no longer lets the app use this file. Connect Google Drive anew, then retry.',
  ),
  insufficientFilePermissions: permanent(
    'insufficientFilePermissions',
    'You may not change this file in Drive any more. Ask who owns it, then retry.',
  ),
  domainPolicy: permanent(
    'domainPolicy',
    'Your Google Workspace does not let apps use Drive. Ask your admin to allow it, then retry.',
  ),
  accessNotConfigured: permanent(
    'accessNotConfigured',
    'The Drive API is switched off in the Google Cloud project of this hub. Ask its operator to switch it on.',
  ),
};

/** `null` for a body that is no JSON object. */
export function failureOf({ status, headers }: Response, body: Json | null, now: Date): Failed {
  const reason = reasonOf(body);
  const ms = retryAfterMs(headers, now);
  if (status < 300) return { ok: false, kind: 'unknown', code: 'unreadable_answer' };
  if (status === 401) return { ok: false, kind: 'auth', next: 'refresh', code: reason || 'http_401' };
  const found = byReason[reason] ?? byStatus(status, reason);
  return found.kind === 'transient' && ms !== undefined ? { ...found, retryAfterMs: ms } : found;
}

function byStatus(status: number, reason: string): Failed {
  const code = reason || `http_${status}`;
  if (status === 429) return slow(code, 'connection');
  if (status >= 500) return slow(code, 'call');
  // Google's own gates answer a bare 403 without JSON when there is too much of something.
  if (status === 403 && reason === '') return slow(code, 'connection');
  if (status >= 400) return permanent(code);
  // Drive redirects nobody: something stood between, and nothing was done.
  return slow(code, 'call');
}

/** The word of the first error; empty where there is none. */
export function reasonOf(body: Json | null): string {
  const errors = objectIn(body?.['error'])?.['errors'];
  const reason = Array.isArray(errors) ? objectIn(errors[0])?.['reason'] : undefined;
  return typeof reason === 'string' ? reason : '';
}

export const objectIn = (value: unknown): Json | null =>
  // An object that came out of JSON has string keys.
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
