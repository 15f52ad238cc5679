import { type Failed, retryAfterMs } from '#kit';

type Body = Readonly<Record<string, unknown>> | null;

/** What Discord answers a webhook. The number in its `code` says more than the status. */
export function failureOf({ status, headers }: Response, body: Body, now: Date): Failed {
  // 10015 unknown webhook, 50027 invalid webhook token: somebody deleted it, or pasted half of it.
  if (status === 401 || status === 403 || status === 404)
    return { ok: false, kind: 'auth', next: 'reconnect', code: 'webhook_gone' };
  if (status === 429) {
    const told = body?.['retry_after'];
    const wait = typeof told === 'number' && told > 0 ? Math.ceil(told * 1_000) : retryAfterMs(headers, now);
    return {
      ok: false,
      kind: 'transient',
      code: 'throttled',
      // `global` is about our address, not about this webhook.
      slow: body?.['global'] === true ? 'app' : 'connection',
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    };
  }
  if (status >= 400 && status < 500) return { ok: false, kind: 'permanent', code: `refused_${status}` };
  // A gateway, or what cannot be read: it may stand in the channel already.
  return { ok: false, kind: 'unknown', code: `unreadable_${status}` };
}
