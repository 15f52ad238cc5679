import { PatchbayError } from '#src/errors';
import type { Admission, Cap, CapLevel } from '#src/ports';

/** Header fields of draft-ietf-httpapi-ratelimit-headers-11; `q` and `r` count units, `w` and `t` seconds. */
export type LimitFields = { 'ratelimit-policy': string; ratelimit: string };

/** `t`: until all is there again; of a refusal no later than Retry-After (§6), since by then a call goes through. */
export function limitFields(caps: readonly Cap[], { caps: states, refused }: Admission): LimitFields {
  const mostMs = refused ? secondsOf(refused) * 1_000 : Number.POSITIVE_INFINITY;
  let [policy, state] = ['', ''];
  caps.forEach((cap, i) => {
    const { remaining = 0, fullInMs = 0 } = states[i] ?? {};
    const comma = i === 0 ? '' : ', ';
    policy += `${comma}${policyOf(cap)}`;
    state += `${comma}"${cap.level}";r=${remaining};t=${Math.ceil(Math.min(fullInMs, mostMs) / 1_000)}`;
  });
  return { 'ratelimit-policy': policy, ratelimit: state };
}

const daySeconds = 86_400;

const policyOf = ({ level, burst, periodMs, span }: Cap): string =>
  `"${level}";q=${burst};w=${span ? daySeconds : Math.ceil((burst * periodMs) / 1_000)}`;

const secondsOf = ({ retryAfterMs }: { retryAfterMs: number }): number =>
  Math.max(1, Math.ceil(retryAfterMs / 1_000));

/** Throws 429 where a cap has refused. */
export function refuseSpent(caps: readonly Cap[], admission: Admission): void {
  const { refused } = admission;
  if (!refused) return;
  const seconds = secondsOf(refused);
  throw new PatchbayError('quota_exceeded', {
    public: `${spentWords[refused.level]} The next one is possible in ${seconds} s.`,
    retryAfterSeconds: seconds,
    violatedPolicies: [refused.level],
    fields: limitFields(caps, admission),
  });
}

const spentWords: Record<CapLevel, string> = {
  token: 'The calls of this token are used up.',
  grant: 'The calls of this grant are used up.',
  user: 'The calls of this user are used up.',
  app: 'The calls of this app are used up.',
  partner: 'The calls of this partner are used up.',
  creates: 'Too many calls that create something in one minute.',
  day: 'The units of the plan’s day are used up; it ends at midnight, UTC.',
  token_requests: 'Too many token requests of this app in one hour.',
  intents: 'Too much was asked of the marketplace in one hour.',
  source_intents: 'Too much came from this origin in one hour.',
};
