import type { AttemptResult } from '#src/ports';

/**
 * How long the endpoint asked us to wait, at most 24 h; 0 where it asked nothing that we understand.
 * RFC 9110 §10.2.3: whole seconds or an HTTP-date. Of the dates only IMF-fixdate, which is all that may be
 * sent today: the older forms name no zone that `Date.parse` reads alike everywhere.
 */
export function retryAfterMs(result: AttemptResult, nowMs: number): number {
  if (result.kind === 'carried') return Math.min(result.retryAfterMs, maxRetryAfterMs);
  const asked = result.kind === 'answered' ? result.headers['retry-after']?.trim() : undefined;
  if (asked === undefined) return 0;
  const waitMs = /^\d+$/.test(asked) ? Number(asked) * 1000 : dateOf(asked) - nowMs;
  return waitMs > 0 ? Math.min(waitMs, maxRetryAfterMs) : 0;
}

export const maxRetryAfterMs = 24 * 3_600_000;

function dateOf(text: string): number {
  return imfFixdate.test(text) ? Date.parse(text) : Number.NaN;
}

const imfFixdate = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
