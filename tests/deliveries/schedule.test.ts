import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failureOf } from '../../src/deliveries/reasons.ts';
import { maxRetryAfterMs } from '../../src/deliveries/retry-after.ts';
import {
  type AfterAttempt,
  afterAttempt,
  defaultDisableAfterMs,
  maxTries,
  retryDelaysMs,
} from '../../src/deliveries/schedule.ts';
import type { FailureCode, OutboundResult, RefusalCode } from '../../src/ports/index.ts';

const nowMs = Date.parse('2026-11-21T15:04:05.000Z');

function answered(
  status: number,
  headers: Record<string, string> = {},
  answerEnd: 'complete' | 'stalled' | 'broken' | 'cut' = 'complete',
): OutboundResult {
  return {
    kind: 'answered',
    status,
    headers,
    body: '',
    bodyBytes: 0,
    answerEnd,
    durationMs: 1,
    address: '192.0.2.1',
  };
}
const failed = (code: FailureCode, sent = false): OutboundResult => ({
  kind: 'failed',
  code,
  detail: '',
  sent,
  durationMs: 1,
  address: null,
});
const refused = (code: RefusalCode): OutboundResult => ({ kind: 'refused', code, detail: '', durationMs: 0 });
const withdrawn: OutboundResult = { kind: 'withdrawn', durationMs: 0 };

function after(result: OutboundResult, rest: Partial<AfterAttempt> = {}) {
  return afterAttempt({ result, tries: 1, nowMs, jitter: 0.5, firstFailureAtMs: null, ...rest });
}
const waitOf = (verdict: { dueAtMs: number | null }) => (verdict.dueAtMs ?? Number.NaN) - nowMs;

const failureCodes: FailureCode[] = [
  'dns_failed',
  'connect_failed',
  'tls_failed',
  'timeout',
  'reset',
  'protocol_error',
];
const refusalCodes: RefusalCode[] = [
  'url_invalid',
  'scheme_refused',
  'credentials_in_url',
  'port_refused',
  'address_refused',
];

const anyFailure: fc.Arbitrary<OutboundResult> = fc.oneof(
  fc
    .integer({ min: 100, max: 599 })
    .filter((status) => status !== 410 && Math.floor(status / 100) !== 2)
    .map((status) => answered(status)),
  fc.constantFrom(...failureCodes).chain((code) => fc.boolean().map((sent) => failed(code, sent))),
  fc.constantFrom(...refusalCodes).map(refused),
);
const anyJitter = fc.double({ min: 0, max: 1, noNaN: true });
const anyRetryAfter = fc.oneof(
  fc.nat().map(String),
  fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).map((ms) => new Date(nowMs + ms).toUTCString()),
  fc.string(),
  fc.constantFrom(
    '',
    '-5',
    '1e9',
    '99999999999999999999999',
    'Infinity',
    'tomorrow',
    'Fri, 99 Foo 2026 00:00:00 GMT',
  ),
);

describe('success and endings', () => {
  test('any 2xx status is a success, however its body ended', () => {
    for (const status of [200, 201, 202, 204, 299])
      for (const end of ['complete', 'cut', 'stalled', 'broken'] as const)
        expect(after(answered(status, {}, end))).toEqual({
          state: 'delivered',
          reason: 'delivered',
          dueAtMs: null,
          endpoint: 'ok',
        });
  });

  test('410 holds the delivery and calls the endpoint gone, on the last try too', () => {
    const gone = { state: 'held', reason: 'gone', dueAtMs: null, endpoint: 'gone' };
    expect(after(answered(410))).toEqual(gone);
    expect(after(answered(410), { tries: maxTries })).toEqual(gone);
  });

  test('a withdrawn permission cancels, whatever the number of tries', () => {
    expect(after(withdrawn, { tries: 99 })).toEqual({
      state: 'cancelled',
      reason: 'withdrawn',
      dueAtMs: null,
      endpoint: 'ok',
    });
  });

  test('redirects, refused addresses and every other status are failures that are tried again', () => {
    for (const result of [
      answered(100),
      answered(301),
      answered(304),
      answered(400),
      answered(404),
      answered(500),
      refused('address_refused'),
      failed('dns_failed'),
    ])
      expect(after(result)).toMatchObject({
        state: 'retrying',
        reason: failureOf(result as Exclude<OutboundResult, { kind: 'withdrawn' }>),
      });
  });

  test('the eighth failure is the death of it', () => {
    expect(after(answered(503), { tries: 7 }).state).toBe('retrying');
    expect(after(answered(503), { tries: 8 })).toEqual({
      state: 'dead',
      reason: 'answered_503',
      dueAtMs: null,
      endpoint: 'slow_down',
    });
  });

  test('five days of nothing but failure disable the endpoint and hold the delivery', () => {
    const since = (ms: number, result = failed('timeout')) => after(result, { firstFailureAtMs: nowMs - ms });
    expect(since(defaultDisableAfterMs - 1).state).toBe('retrying');
    expect(since(defaultDisableAfterMs)).toEqual({
      state: 'held',
      reason: 'failing_too_long',
      dueAtMs: null,
      endpoint: 'failing_too_long',
    });
    expect(since(defaultDisableAfterMs * 2, answered(200)).state).toBe('delivered');
    expect(after(failed('timeout'), { firstFailureAtMs: nowMs - 1000, disableAfterMs: 1000 }).state).toBe(
      'held',
    );
  });

  test('a clock that stepped back disables nobody', () => {
    expect(after(failed('timeout'), { firstFailureAtMs: nowMs + 10 * defaultDisableAfterMs }).state).toBe(
      'retrying',
    );
  });

  test('overload is advised for 429, 5xx and timeouts alone', () => {
    const slow = [answered(429), answered(500), answered(503), answered(599), failed('timeout', true)];
    const other = [
      answered(404),
      answered(301),
      failed('connect_failed'),
      failed('reset', true),
      refused('port_refused'),
    ];
    expect(slow.map((result) => after(result).endpoint)).toEqual(slow.map(() => 'slow_down'));
    expect(other.map((result) => after(result).endpoint)).toEqual(other.map(() => 'ok'));
  });
});

describe('when the next try is due', () => {
  test('the delays are those of the contract', () => {
    const minutes = retryDelaysMs.map(
      (_, index) => waitOf(after(answered(500), { tries: index + 1 })) / 60_000,
    );
    expect(minutes).toEqual([5 / 60, 5, 30, 120, 300, 600, 600]);
  });

  test('every delay is within a fifth of its nominal one', () => {
    fc.assert(
      fc.property(anyFailure, fc.integer({ min: 1, max: 7 }), fc.double(), (result, tries, jitter) => {
        const nominal = retryDelaysMs[tries - 1] ?? Number.NaN;
        const wait = waitOf(after(result, { tries, jitter: Number.isNaN(jitter) ? 0 : jitter }));
        expect(wait).toBeGreaterThanOrEqual(nominal * 0.8);
        expect(wait).toBeLessThanOrEqual(nominal * 1.2);
      }),
    );
    expect(waitOf(after(answered(500), { jitter: 0 }))).toBe(4000);
    expect(waitOf(after(answered(500), { jitter: 1 }))).toBe(6000);
  });

  test('under one jitter a later try never waits less', () => {
    fc.assert(
      fc.property(anyFailure, anyJitter, (result, jitter) => {
        const waits = retryDelaysMs.map((_, index) => waitOf(after(result, { tries: index + 1, jitter })));
        expect(waits).toEqual([...waits].sort((one, other) => one - other));
      }),
    );
  });

  test('Retry-After never shortens a wait, and never makes it longer than a day', () => {
    fc.assert(
      fc.property(anyRetryAfter, fc.integer({ min: 1, max: 7 }), anyJitter, (asked, tries, jitter) => {
        const plain = waitOf(after(answered(503), { tries, jitter }));
        const wait = waitOf(after(answered(503, { 'retry-after': asked }), { tries, jitter }));
        expect(wait).toBeGreaterThanOrEqual(plain);
        expect(wait).toBeLessThanOrEqual(Math.max(plain, maxRetryAfterMs));
      }),
    );
  });

  test('Retry-After is read as seconds or as a date, on any failing answer [S2-28]', () => {
    const wait = (asked: string, status = 429) => waitOf(after(answered(status, { 'retry-after': asked })));
    expect(wait('120')).toBe(120_000);
    expect(wait(' 120 ', 404)).toBe(120_000);
    expect(wait('Sat, 21 Nov 2026 15:14:05 GMT')).toBe(600_000);
    expect(wait('864000')).toBe(maxRetryAfterMs);
    for (const ignored of [
      '2',
      'Sat, 21 Nov 2026 15:00:00 GMT',
      '-120',
      '120.5',
      'Sat Nov 21 15:14:05 2026',
      '2026-11-21T16:00:00Z',
    ])
      expect(wait(ignored)).toBe(5000);
  });

  test('whatever happens, a delivery ends within eight tries and every due time lies ahead', () => {
    const anyTry = fc.tuple(anyFailure, anyJitter, fc.integer({ min: -(10 ** 10), max: 10 ** 10 }));
    fc.assert(
      fc.property(
        fc.array(anyTry, { minLength: 8, maxLength: 8 }),
        fc.option(fc.integer()),
        (attempts, firstFailure) => {
          let clockMs = nowMs;
          const states = attempts.map(([result, jitter, clockJumpMs], index) => {
            clockMs += clockJumpMs;
            const verdict = after(result, {
              tries: index + 1,
              nowMs: clockMs,
              jitter,
              firstFailureAtMs: firstFailure === null ? null : nowMs + firstFailure,
            });
            if (verdict.state === 'retrying') expect(verdict.dueAtMs).toBeGreaterThanOrEqual(clockMs + 4000);
            return verdict.state;
          });
          expect(states.every((state) => ['retrying', 'held', 'dead'].includes(state))).toBe(true);
          expect(states.at(-1)).toBe('dead');
        },
      ),
    );
  });
});
