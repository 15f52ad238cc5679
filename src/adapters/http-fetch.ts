/**
 * The way out on Workers. `fetch` resolves the name itself, so the address cannot be pinned to what the guard has
 * judged: literals and internal names are refused here, `global_fetch_strictly_public` keeps requests off the zone's
 * own routes, and no answer's body is shown, so that nobody reads through the hub what it should not reach. Who needs
 * the full guard sends through a relay. docs/edge.md says what each promises.
 */
import ipaddr from 'ipaddr.js';
import { allowLoopback, type EgressPolicy, inspectUrl, type UrlVerdict } from '#src/egress';
import type { FailureCode, Http, Log, OutboundRequest, OutboundResult } from '#src/ports';

export function createFetchHttp({ policy, log }: { policy: EgressPolicy; log: Log }): Http {
  if (policy[allowLoopback]) {
    log.warn('egress_loopback_open', {
      warning:
        'LOOPBACK IS OPEN: endpoints may point at this machine, over plain http and at any port. Development only.',
    });
  }
  const inspect = (url: string): UrlVerdict => withoutLiterals(inspectUrl(url, policy), policy);
  return {
    send: async (request) => {
      const startedAt = performance.now();
      const verdict = inspect(request.url);
      const durationMs = () => performance.now() - startedAt;
      if (!verdict.ok)
        return { kind: 'refused', code: verdict.code, detail: verdict.detail, durationMs: durationMs() };
      if (request.mayStillSend?.() === false) return { kind: 'withdrawn', durationMs: durationMs() };
      return { ...(await exchange(request, verdict.url)), durationMs: durationMs() };
    },
    inspect: (url) => {
      const verdict = inspect(url);
      return verdict.ok ? { ok: true, host: verdict.host } : verdict;
    },
    close: async () => {},
  };
}

/** Cloudflare does not connect to bare addresses; a clear word at the subscription is better than failing attempts. */
function withoutLiterals(verdict: UrlVerdict, policy: EgressPolicy): UrlVerdict {
  if (!verdict.ok || !ipaddr.isValid(verdict.host)) return verdict;
  if (policy[allowLoopback] && ipaddr.process(verdict.host).range() === 'loopback') return verdict;
  return {
    ok: false,
    code: 'address_refused',
    detail: 'On this host an endpoint needs a name, not an address.',
  };
}

/** One deadline over name, connection, headers and body. */
async function exchange(request: OutboundRequest, url: URL): Promise<OutboundResult> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), request.deadlineMs);
  try {
    const response = await fetch(url, {
      method: request.method,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: 'manual',
      signal: deadline.signal,
    });
    const { answerEnd, bodyBytes } = await drain(response, request.maxAnswerBytes, deadline.signal);
    return {
      kind: 'answered',
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: '',
      bodyBytes,
      answerEnd,
      durationMs: 0,
      address: null,
    };
  } catch (error) {
    const { code, detail } = deadline.signal.aborted ? overdue : explain(error);
    return { kind: 'failed', code, detail, sent: !before.has(code), durationMs: 0, address: null };
  } finally {
    clearTimeout(timer);
  }
}

type Drained = { answerEnd: 'complete' | 'cut' | 'stalled' | 'broken'; bodyBytes: number };

/** Counts the answer's body and keeps none of it. */
async function drain(response: Response, maxBytes: number, deadline: AbortSignal): Promise<Drained> {
  const reader = response.body?.getReader();
  let bodyBytes = 0;
  try {
    while (reader) {
      const { done, value } = await reader.read();
      if (done) break;
      bodyBytes += value.length;
      if (bodyBytes <= maxBytes) continue;
      await reader.cancel();
      return { answerEnd: 'cut', bodyBytes: maxBytes };
    }
    return { answerEnd: 'complete', bodyBytes };
  } catch {
    // The status has come and counts; how the reading ended is in the answer.
    return { answerEnd: deadline.aborted ? 'stalled' : 'broken', bodyBytes };
  }
}

const overdue = { code: 'timeout', detail: 'The deadline passed.' } as const;
/** Where these happen, no byte of the request has left. */
const before: ReadonlySet<FailureCode> = new Set(['dns_failed', 'connect_failed', 'tls_failed']);

/** The runtime has no codes, only texts, and they differ by version: what is not known may have been sent. */
function explain(error: unknown): { code: FailureCode; detail: string } {
  const text = error instanceof Error ? error.message : '';
  const [, code] = knownTexts.find(([pattern]) => pattern.test(text)) ?? [null, 'protocol_error' as const];
  return { code, detail: details[code] };
}

const knownTexts: readonly (readonly [RegExp, FailureCode])[] = [
  [/dns|name not (?:known|resolved)|getaddrinfo/i, 'dns_failed'],
  [/tls|ssl|certificate/i, 'tls_failed'],
  [/refused|unreachable|cannot connect|proxy request failed/i, 'connect_failed'],
  [/connection lost|reset|disconnected|closed|prematurely/i, 'reset'],
];
const details: Record<FailureCode, string> = {
  dns_failed: 'The name could not be resolved.',
  connect_failed: 'No connection came up.',
  tls_failed: 'TLS could not be agreed on.',
  timeout: 'The deadline passed.',
  reset: 'The connection was lost.',
  protocol_error: 'The exchange broke.',
};
