import { PatchbayError } from '#src/errors';
import type { Admission, Cap, CapLevel } from '#src/ports';

/** Header fields of draft-ietf-httpapi-ratelimit-headers-10; `q` and `r` count units, `w` and `t` seconds. */
export type LimitFields = { 'ratelimit-policy': string; ratelimit: string };

/** What the caps of a caller are says the same for all its calls. */
const policies = new WeakMap<readonly Cap[], string>();

export function limitFields(caps: readonly Cap[], admission: Admission): LimitFields {
  let state = '';
  caps.forEach((cap, i) => {
    const { remaining = 0, fullInMs = 0 } = admission.caps[i] ?? {};
    state += `${i === 0 ? '' : ', '}"${cap.level}";r=${remaining};t=${Math.ceil(fullInMs / 1_000)}`;
  });
  return { 'ratelimit-policy': policies.get(caps) ?? rememberPolicy(caps), ratelimit: state };
}

function rememberPolicy(caps: readonly Cap[]): string {
  const policy = caps
    .map((cap) => `"${cap.level}";q=${cap.burst};w=${Math.ceil((cap.burst * cap.periodMs) / 1_000)}`)
    .join(', ');
  policies.set(caps, policy);
  return policy;
}

/** Throws 429 where a cap has refused. */
export function refuseSpent(caps: readonly Cap[], admission: Admission): void {
  const { refused } = admission;
  if (!refused) return;
  const seconds = Math.max(1, Math.ceil(refused.retryAfterMs / 1_000));
  throw new PatchbayError('quota_exceeded', {
    public: `${spentWords(refused.level)} The next one is possible in ${seconds} s.`,
    retryAfterSeconds: seconds,
    violatedPolicies: [refused.level],
    fields: limitFields(caps, admission),
  });
}

const spentWords = (level: CapLevel): string =>
  level === 'creates'
    ? 'Too many calls that create something in one minute.'
    : `The calls of this ${level} are used up.`;
