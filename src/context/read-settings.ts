import { PatchbayError } from '#src/errors';
import { readOidc } from './oidc.ts';
import { defaultSettings, planNames, type PlanName, type Settings } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const dayMs = 86_400_000;

/** What the environment says over `base`. Throws where a value is not a number, or not above 0 where nothing works with 0. */
export function readSettings(environment: Environment, base: Settings = defaultSettings): Settings {
  const number = (name: string, fallback: number): number => {
    const text = environment[name];
    if (text === undefined) return fallback;
    const value = Number(text);
    if (!Number.isFinite(value) || value <= 0) throw wrong(name, 'a number above 0', text);
    return value;
  };
  const wholeNumber = (name: string, fallback: number): number => {
    const text = environment[name];
    if (text === undefined) return fallback;
    if (!/^\d{1,9}$/.test(text)) throw wrong(name, '0 or a whole number', text);
    return Number(text);
  };
  return {
    ...base,
    publicUrl: publicUrlOf(environment),
    hostMaxPerSecond: number('PATCHBAY_HOST_MAX_PER_SECOND', base.hostMaxPerSecond),
    hostMaxInFlight: number('PATCHBAY_HOST_MAX_IN_FLIGHT', base.hostMaxInFlight),
    tenantEventMaxPerSecond: number('PATCHBAY_TENANT_EVENT_MAX_PER_SECOND', base.tenantEventMaxPerSecond),
    maxMaxPerSecond: number('PATCHBAY_MAX_PER_SECOND', base.maxMaxPerSecond),
    attemptDeadlineMs: number('PATCHBAY_ATTEMPT_DEADLINE_MS', base.attemptDeadlineMs),
    leaseMs: number('PATCHBAY_LEASE_MS', base.leaseMs),
    sweepMs: number('PATCHBAY_SWEEP_MS', base.sweepMs),
    maxMatchesAtOnce: number('PATCHBAY_MAX_MATCHES', base.maxMatchesAtOnce),
    expandChunk: number('PATCHBAY_EXPAND_CHUNK', base.expandChunk),
    tokenUnitsPerMinute: number('PATCHBAY_TOKEN_UNITS_PER_MINUTE', base.tokenUnitsPerMinute),
    feedFetchesPerMinute: number('PATCHBAY_FEED_FETCHES_PER_MINUTE', base.feedFetchesPerMinute),
    grantUnitsPerMinute: number('PATCHBAY_GRANT_UNITS_PER_MINUTE', base.grantUnitsPerMinute),
    userUnitsPerMinute: number('PATCHBAY_USER_UNITS_PER_MINUTE', base.userUnitsPerMinute),
    appUnitsPerMinute: number('PATCHBAY_APP_UNITS_PER_MINUTE', base.appUnitsPerMinute),
    partnerUnitsPerMinute: number('PATCHBAY_PARTNER_UNITS_PER_MINUTE', base.partnerUnitsPerMinute),
    createsPerMinute: number('PATCHBAY_CREATES_PER_MINUTE', base.createsPerMinute),
    unitsPerDay: number('PATCHBAY_UNITS_PER_DAY', base.unitsPerDay),
    offeredPlans: readPlans(environment) ?? base.offeredPlans,
    intentsPerHour: number('PATCHBAY_INTENTS_PER_HOUR', base.intentsPerHour),
    intentsPerSourcePerHour: number('PATCHBAY_SOURCE_INTENTS_PER_HOUR', base.intentsPerSourcePerHour),
    broadcastsPerRecipientPerHour: number(
      'PATCHBAY_BROADCASTS_PER_RECIPIENT_PER_HOUR',
      base.broadcastsPerRecipientPerHour,
    ),
    tokenRequestsPerHour: number('PATCHBAY_TOKEN_REQUESTS_PER_HOUR', base.tokenRequestsPerHour),
    maxRefusedCalls: number('PATCHBAY_MAX_REFUSED_CALLS', base.maxRefusedCalls),
    serviceUnitsPerMinute: number('PATCHBAY_SERVICE_UNITS_PER_MINUTE', base.serviceUnitsPerMinute),
    badTokensPerAddress: number('PATCHBAY_BAD_TOKENS_PER_ADDRESS', base.badTokensPerAddress),
    proxyHops: wholeNumber('PATCHBAY_PROXY_HOPS', base.proxyHops),
    oidc: readOidc(environment),
    keepEventsMs: dayMs * number('PATCHBAY_KEEP_EVENTS_DAYS', base.keepEventsMs / dayMs),
    keepReceiptsMs: dayMs * number('PATCHBAY_KEEP_RECEIPTS_DAYS', base.keepReceiptsMs / dayMs),
    inactiveAfterMs: dayMs * number('PATCHBAY_INACTIVE_AFTER_DAYS', base.inactiveAfterMs / dayMs),
    inactivityNoticeMs: dayMs * number('PATCHBAY_INACTIVITY_NOTICE_DAYS', base.inactivityNoticeMs / dayMs),
    githubKeysUrl: environment['PATCHBAY_GITHUB_KEYS_URL'] ?? base.githubKeysUrl,
  };
}

function publicUrlOf(environment: Environment): string {
  const port = environment['PORT'] ?? '8080';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw wrong('PORT', 'a number from 0 to 65535', port);
  const url = environment['PATCHBAY_PUBLIC_URL'] ?? `http://127.0.0.1:${port}`;
  if (!/^https?:/.test(url) || !URL.canParse(url))
    throw wrong('PATCHBAY_PUBLIC_URL', 'an address such as https://hub.example', url);
  return url;
}

const plansVariable = 'PATCHBAY_OFFERED_PLANS';

function readPlans(environment: Environment): PlanName[] | null {
  const text = environment[plansVariable];
  if (text === undefined) return null;
  return text.split(',').map((part) => {
    const name = planNames.find((one) => one === part.trim());
    if (name) return name;
    throw wrong(plansVariable, `some of ${planNames.join(', ')}, separated by commas`, text);
  });
}

const wrong = (name: string, what: string, text: string): PatchbayError =>
  new PatchbayError('internal', { internal: `${name} must be ${what}, not "${text}"` });
