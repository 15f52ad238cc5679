/**
 * The way out on Workers. `fetch` resolves the name itself, so the address cannot be pinned to what the guard has
 * judged: literals and internal names are refused here, `global_fetch_strictly_public` keeps requests off the zone's
 * own routes, and no endpoint's answer is kept, so that nobody reads through the hub what it should not reach. Who needs
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
    const keepBytes = request.readsAnswer ? request.keepAnswerBytes : 0;
    const { answerEnd, bodyBytes, body } = await drain(
      response,
      request.maxAnswerBytes,
      keepBytes,
      deadline.signal,
    );
    return {
      kind: 'answered',
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body,
      bodyBytes,
      answerEnd,
      durationMs: 0,
      address: null,
    };
  } catch (error) {
    const { code, detail } = deadline.signal.aborted ? overdue : explain(error);
    return { kind: 'failed', code, detail, sent: true, durationMs: 0, address: null };
  } finally {
    clearTimeout(timer);
  }
}

type Drained = { answerEnd: 'complete' | 'cut' | 'stalled' | 'broken'; bodyBytes: number; body: string };

/** Counts the answer's body and keeps its first bytes. */
async function drain(
  response: Response,
  maxBytes: number,
  keepBytes: number,
  deadline: AbortSignal,
): Promise<Drained> {
  const reader = response.body?.getReader();
  const utf8 = new TextDecoder();
  let bodyBytes = 0;
  let body = '';
  try {
    while (reader) {
      const { done, value } = await reader.read();
      if (done) break;
      const room = keepBytes - bodyBytes;
      if (room > 0) body += utf8.decode(value.subarray(0, room), { stream: true });
      bodyBytes += value.length;
      if (bodyBytes <= maxBytes) continue;
      await reader.cancel();
      return { answerEnd: 'cut', bodyBytes: maxBytes, body };
    }
    return { answerEnd: 'complete', bodyBytes, body };
  } catch {
    // The status has come and counts; how the reading ended is in the answer.
    return { answerEnd: deadline.aborted ? 'stalled' : 'broken', bodyBytes, body };
  }
}

type Failure = { code: FailureCode; detail: string };
const overdue: Failure = { code: 'timeout', detail: 'The deadline passed.' };
const lost: Failure = { code: 'reset', detail: 'The connection was refused or lost.' };
const broken: Failure = {
  code: 'protocol_error',
  detail: 'The name, the connection, TLS or the exchange failed. This host does not say which.',
};

/** The runtime has no codes, and one text for most of it: so whatever failed may have been sent. */
const explain = (error: unknown): Failure =>
  error instanceof Error && /connection lost|disconnected/i.test(error.message) ? lost : broken;
