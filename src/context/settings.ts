import type { OidcSettings } from './oidc.ts';

/**
 * What an operator may set. All are data with a default here; the composition reads the environment over them.
 * Durations are milliseconds.
 */
export const planNames = ['free', 'high_volume'] as const;
export type PlanName = (typeof planNames)[number];

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const kib = 1_024;

export const defaultSettings = {
  maxEventBytes: 256 * kib,
  maxBatchBytes: 4_096 * kib,
  maxEventsPerBatch: 500,
  /** Over all events of one request. */
  maxAudiencePerBatch: 50_000,
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
  /** Deliveries of one type of event to one partner, or to one account by itself, over all endpoints. */
  tenantEventMaxPerSecond: 5_000,
  defaultMaxPerSecond: 50,
  maxMaxPerSecond: 1_000,
  sweepMs: 500,

  /** Caps of the free plan; others multiply them. A reading call costs one unit, a writing one five. */
  tokenUnitsPerMinute: 12_000,
  /** Of one calendar feed, by everybody who subscribes to it: a whole calendar each time. */
  feedFetchesPerMinute: 60,
  grantUnitsPerMinute: 24_000,
  /** A person, across all apps. */
  userUnitsPerMinute: 48_000,
  appUnitsPerMinute: 600_000,
  partnerUnitsPerMinute: 1_200_000,
  /** Calls with POST of a grant. */
  createsPerMinute: 80,
  /** Of a partner, or of an account by itself. */
  unitsPerDay: 20_000_000,
  /** Plans that may be chosen. */
  offeredPlans: ['free'] as readonly PlanName[],
  /** Of an app, at /oauth/token. */
  tokenRequestsPerHour: 2_000,
  /** What comes in for the marketplace: of a person, an account or a partner; and of an origin, all its people together. */
  intentsPerHour: 120,
  intentsPerSourcePerHour: 3_000,
  /** RFPs that are broadcast to one account; what is beyond waits. */
  broadcastsPerRecipientPerHour: 60,
  /** The marketplace's own: 20,000 publishing calls a second. */
  serviceUnitsPerMinute: 6_000_000,
  /** Malformed and unknown tokens in ten minutes. */
  badTokensPerAddress: 1_000,
  /** Calls of one grant that a cap refused, in ten minutes: past them it is turned away for ten. */
  maxRefusedCalls: 10_000,
  /** Proxies of the operator's own before the hub. */
  proxyHops: 0,

  maxSubscriptionsPerAccount: 1_000,
  rotateOverlapMs: day,
  maxRotateOverlapMs: 7 * day,

  keepReceiptsMs: 7 * day,
  keepEventsMs: 30 * day,
  keepIdempotencyMs: 2 * day,
  purgeEveryMs: hour,
  /** What nobody has approved or answered by then expires; what has ended is kept this long. */
  intentMs: 30 * day,
  keepIntentsMs: 90 * day,

  /** Access tokens of public clients, and of those that authenticate. */
  accessPublicMs: 15 * minute,
  accessConfidentialMs: hour,
  /** A refresh token ends when it was not used for this long; a public client's chain of them in any case. */
  refreshIdleMs: 30 * day,
  refreshChainMs: 180 * day,
  /** How long the answer to a refresh is given again to whom it was lost. */
  refreshRetryMs: minute,
  maxLiveAccessTokens: 100,
  codeMs: minute,
  pushedRequestMs: 90 * second,
  /** How long a person may take to decide, in a browser or for a device. */
  interactionMs: 10 * minute,

  /** A personal token or a consent that nobody uses ends after this long; its account hears of it this long before. */
  inactiveAfterMs: 90 * day,
  inactivityNoticeMs: 14 * day,

  /** How long a person stays signed in, and how long a link waits for them. */
  sessionMs: 12 * hour,
  signInLinkMs: 15 * minute,
  /** The marketplace's own issuer; null: one-time links alone. */
  oidc: null as OidcSettings | null,

  /** Sensitive permissions of staff, and how fresh the sign-in must be that asks for them. */
  elevationMs: 15 * minute,
  elevationSignInMs: 10 * minute,
  /** The longest life of a staff token. */
  staffTokenMs: 8 * hour,

  /** Who signs GitHub's reports of leaked tokens. */
  githubKeysUrl: 'https://api.github.com/meta/public_keys/secret_scanning',

  /** Where this hub answers from, for links and for "never ourselves". */
  publicUrl: 'http://127.0.0.1:8080',
  countries: ['US'] as readonly string[],
} as const;

export type Settings = { [K in keyof typeof defaultSettings]: Widen<(typeof defaultSettings)[K]> };
type Widen<T> = T extends number ? number : T extends string ? string : T;
