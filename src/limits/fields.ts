import { PatchbayError } from '#src/errors';
import type { Admission, Cap } from '#src/ports';

/** Header fields of draft-ietf-httpapi-ratelimit-headers-10; `q` and `r` count units, `w` and `t` seconds. */
export type LimitFields = { 'ratelimit-policy': string; ratelimit: string };

export function limitFields(caps: readonly Cap[], admission: Admission): LimitFields {
  let policy = '';
  let state = '';
  caps.forEach((cap, i) => {
    const { remaining = 0, fullInMs = 0 } = admission.caps[i] ?? {};
    const comma = i === 0 ? '' : ', ';
    policy += `${comma}"${cap.level}";q=${cap.burst};w=${Math.ceil((cap.burst * cap.periodMs) / 1_000)}`;
    state += `${comma}"${cap.level}";r=${remaining};t=${Math.ceil(fullInMs / 1_000)}`;
  });
  return { 'ratelimit-policy': policy, ratelimit: state };
}

/** Throws 429 where a cap has refused. */
export function refuseSpent(caps: readonly Cap[], admission: Admission): void {
  const { refused } = admission;
  if (!refused) return;
  const seconds = Math.max(1, Math.ceil(refused.retryAfterMs / 1_000));
  throw new PatchbayError('quota_exceeded', {
    public: `The calls of this ${refused.level} are used up. The next one is possible in ${seconds} s.`,
    retryAfterSeconds: seconds,
    violatedPolicies: [refused.level],
    fields: limitFields(caps, admission),
  });
}
