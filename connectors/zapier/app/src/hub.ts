/** What an operator sets of the integration, by `zapier-platform env:set 1.0.0 PATCHBAY_URL=https://hub.example …`. */
const defaultScopes = 'bookings:read deliverables:read rfps:read rfps:create reviews:read webhooks:manage';

/** At the hub that `PATCHBAY_URL` names. Read at each call: Zapier sets it after this is loaded. */
export function hubUrl(path: string): string {
  const origin = process.env['PATCHBAY_URL'];
  if (!origin) throw new Error('PATCHBAY_URL is not set for this version of the integration.');
  return new URL(path, origin).href;
}

/** What people are asked to consent to. Money and messages only where the operator names them: they need a review. */
export const wantedScopes = (): string => process.env['PATCHBAY_SCOPES'] ?? defaultScopes;

export const wants = (scope: string): boolean => wantedScopes().split(' ').includes(scope);
