/**
 * What an operator may set. All are data with a default here; the composition reads the environment over them.
 * Durations are milliseconds.
 */
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const kib = 1_024;

export const defaultSettings = {
  maxEventBytes: 256 * kib,
  maxBatchBytes: 4_096 * kib,
  maxEventsPerBatch: 500,
  /** Other bodies than events. */
  maxRequestBytes: 64 * kib,
  /** More matches than this are expanded after the answer, from a durable task. */
  maxMatchesAtOnce: 1_000,
  expandChunk: 500,

  attemptDeadlineMs: 15 * second,
  maxAnswerBytes: 64 * kib,
  keepAnswerBytes: kib,
  leaseMs: minute,
  /** Five days of nothing but failure disable a subscription. */
  disableAfterMs: 5 * day,
  maxInFlight: 2_048,
  maxHandover: 20_000,
  hostMaxPerSecond: 500,
  hostMaxInFlight: 128,
  defaultMaxPerSecond: 50,
  maxMaxPerSecond: 1_000,
  sweepMs: 500,

  maxSubscriptionsPerAccount: 1_000,
  rotateOverlapMs: day,
  maxRotateOverlapMs: 7 * day,

  keepReceiptsMs: 7 * day,
  keepEventsMs: 30 * day,
  keepIdempotencyMs: 2 * day,
  purgeEveryMs: hour,

  /** Where this hub answers from, for links and for "never ourselves". */
  publicUrl: 'http://127.0.0.1:8080',
  countries: ['US'] as readonly string[],
} as const;

export type Settings = { [K in keyof typeof defaultSettings]: Widen<(typeof defaultSettings)[K]> };
type Widen<T> = T extends number ? number : T extends string ? string : T;
