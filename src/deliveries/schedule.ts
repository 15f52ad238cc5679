/**
 * What becomes of a delivery after an attempt, and what the attempt says of its endpoint: a pure function
 * of (result, now). Every way that a try can end has a reason, and every reason has words.
 *
 *   leased ── 2xx ───────────────────────────────→ delivered
 *          ── 410 ───────────────────────────────→ held      (endpoint gone)
 *          ── connection broken ─────────────────→ held      (until it is linked again)
 *          ── the vendor refuses it for good ────→ dead      (replayable)
 *          ── failure, 5 days of nothing else ───→ held      (endpoint failing too long)
 *          ── failure, tries left ───────────────→ retrying  → leased …
 *          ── failure, no tries left ────────────→ dead      (replayable)
 *          ── permission withdrawn before sending → cancelled (no try spent)
 */
import type { AttemptResult, OutboundResult } from '#src/ports';
import { failureOf, type Failure, type Reason } from './reasons.ts';
import { retryAfterMs } from './retry-after.ts';

export type AfterAttempt = {
  result: AttemptResult;
  /** Tries of this delivery since it was made or last resumed, this one included. */
  tries: number;
  nowMs: number;
  /** 0 ≤ n ≤ 1, from `Chance.fraction`. */
  jitter: number;
  /** When the endpoint began to do nothing but fail; null while its last answer was a success. */
  firstFailureAtMs: number | null;
  /** How long an endpoint may do nothing but fail. */
  disableAfterMs?: number;
};

export type EndpointAdvice = 'ok' | 'slow_down' | 'gone' | 'failing_too_long';

export type Verdict = { endpoint: EndpointAdvice; reason: Reason } & (
  | { state: 'delivered' | 'held' | 'dead' | 'cancelled'; dueAtMs: null }
  | { state: 'retrying'; dueAtMs: number }
);

export function afterAttempt(input: AfterAttempt): Verdict {
  const { result } = input;
  if (result.kind === 'withdrawn')
    return { state: 'cancelled', reason: 'withdrawn', dueAtMs: null, endpoint: 'ok' };
  const failure = failureOf(result);
  if (failure === null) return { state: 'delivered', reason: 'delivered', dueAtMs: null, endpoint: 'ok' };
  // RFC 9110 §15.5.11: gone for good, so trying on would be rude; the owner may resume.
  if (failure === 'connection_broken')
    return { state: 'held', reason: failure, dueAtMs: null, endpoint: 'ok' };
  // It would fail again however often it is tried; once mended, it can be replayed.
  if (failure === 'vendor_refused') return { state: 'dead', reason: failure, dueAtMs: null, endpoint: 'ok' };
  if (failure === 'answered_410') return { state: 'held', reason: 'gone', dueAtMs: null, endpoint: 'gone' };
  return afterFailure(input, failure);
}

/** 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h: as the example of Standard Webhooks 1.0 begins. The eighth failure is the last. */
export const retryDelaysMs = [
  5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000,
] as const;
export const maxTries = retryDelaysMs.length + 1;
export const jitterShare = 0.2;
export const defaultDisableAfterMs = 5 * 24 * 3_600_000;

function afterFailure(input: AfterAttempt, failure: Failure): Verdict {
  const endpoint = isFailingTooLong(input) ? 'failing_too_long' : adviceOf(failure, input.result);
  const delayMs = retryDelaysMs[Math.max(0, Math.floor(input.tries) - 1)];
  // Before the hold: a delivery whose tries are spent has had its chance, and is replayable like any other.
  if (delayMs === undefined) return { state: 'dead', reason: failure, dueAtMs: null, endpoint };
  if (endpoint === 'failing_too_long')
    return { state: 'held', reason: 'failing_too_long', dueAtMs: null, endpoint };
  const waitMs = Math.max(jittered(delayMs, input.jitter), retryAfterMs(input.result, input.nowMs));
  return { state: 'retrying', reason: failure, dueAtMs: input.nowMs + waitMs, endpoint };
}

/** A clock that steps back makes the span negative, which disables nobody. */
function isFailingTooLong({
  firstFailureAtMs,
  nowMs,
  disableAfterMs = defaultDisableAfterMs,
}: AfterAttempt): boolean {
  return firstFailureAtMs !== null && nowMs - firstFailureAtMs >= disableAfterMs;
}

/** What the attempt alone tells a lane, where the schedule is reckoned elsewhere. */
export function signOf(
  result: OutboundResult,
): { succeeded: boolean; isOverload: boolean; timedOut: boolean } | null {
  if (result.kind === 'withdrawn') return null;
  const failure = failureOf(result);
  return {
    succeeded: failure === null,
    isOverload: failure !== null && adviceOf(failure, result) === 'slow_down',
    timedOut: failure === 'timeout',
  };
}

/** Signs of an endpoint that has too much to do, as opposed to one that is wrong or away. */
function adviceOf(failure: Failure, result: AttemptResult): EndpointAdvice {
  if (result.kind === 'carried') return result.isOverload ? 'slow_down' : 'ok';
  return failure === 'timeout' || failure === 'answered_429' || failure.startsWith('answered_5')
    ? 'slow_down'
    : 'ok';
}

function jittered(delayMs: number, jitter: number): number {
  return Math.round(delayMs * (1 - jitterShare + 2 * jitterShare * Math.min(1, Math.max(0, jitter))));
}
