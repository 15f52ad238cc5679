import { expect, test } from 'vitest';
import { explainReason, type Reason, stageOf } from '../../src/deliveries/reasons.ts';
import type { FailureCode, OutboundResult, RefusalCode } from '../../src/ports/index.ts';

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

test('a reason says what happened and what comes next', () => {
  expect(explainReason('answered_503', { state: 'retrying', dueInMs: 301_000 })).toBe(
    'The endpoint answered 503; next try in about 5 minutes.',
  );
  expect(explainReason('timeout', { state: 'retrying', dueInMs: 4900 })).toBe(
    'The endpoint did not answer in time; next try in about 5 seconds.',
  );
  expect(explainReason('answered_302', { state: 'retrying', dueInMs: 36e6 })).toBe(
    'The endpoint answered 302, and redirects are not followed; next try in about 10 hours.',
  );
  expect(explainReason('dns_failed', { state: 'dead', tries: 8 })).toBe(
    'The name of the endpoint could not be looked up; that was the last of 8 tries, and it can be replayed.',
  );
  expect(explainReason('answered_500', { state: 'retrying', dueInMs: -1 })).toBe(
    'The endpoint answered 500; next try now.',
  );
  expect(explainReason('answered_500', { state: 'retrying', dueInMs: 300 })).toBe(
    'The endpoint answered 500; next try in about 1 second.',
  );
});

test('every reason has words of its own', () => {
  const reasons: Reason[] = [
    'delivered',
    'gone',
    'failing_too_long',
    'withdrawn',
    'answered_404',
    'answered_429',
    ...failureCodes,
    ...refusalCodes,
  ];
  const words = reasons.map((reason) => explainReason(reason));
  expect(new Set(words).size).toBe(reasons.length);
  for (const one of words) expect(one).toMatch(/^[A-Z][^.;]+\.$/);
});

test('the stage tells whether a byte may have left', () => {
  const lost = { kind: 'failed', code: 'timeout', detail: '', durationMs: 1, address: null } as const;
  const before: OutboundResult[] = [
    { ...lost, sent: false },
    { kind: 'refused', code: 'address_refused', detail: '', durationMs: 0 },
    { kind: 'withdrawn', durationMs: 0 },
  ];
  expect(before.map(stageOf)).toEqual(['before', 'before', 'before']);
  expect(stageOf({ ...lost, sent: true })).toBe('during');
  const answer = { status: 500, headers: {}, body: '', bodyBytes: 0, answerEnd: 'complete' } as const;
  expect(stageOf({ kind: 'answered', ...answer, durationMs: 1, address: null })).toBe('after');
});
