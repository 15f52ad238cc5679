/**
 * The claims of a security event token (RFC 8417), in the words of CAEP 1.0 and RISC 1.0: one event a token, and its
 * subject in `sub_id` (Shared Signals Framework 1.0). `jti` and `aud` come with the signature.
 */
import type { FormattedEvent, HubIdentity } from './format.ts';

const schemas = 'https://schemas.openid.net/secevent';

export function securityEventClaims(
  event: FormattedEvent,
  data: Record<string, unknown>,
  { publicUrl }: HubIdentity,
  subscription: string,
): Record<string, unknown> {
  const seconds = Math.floor(event.occurredAtMs / 1_000);
  // A retry carries the same claims, so that the receiver sees the very token it may have had before.
  const head = { iss: publicUrl.replace(/\/+$/, ''), iat: seconds };
  const subject = data['token_id'] ?? data['grant_id'];
  if (typeof subject !== 'string')
    return {
      ...head,
      sub_id: { format: 'opaque', id: subscription },
      events: { [`${schemas}/ssf/event-type/verification`]: {} },
    };
  const revocation = data['revocation_id'];
  return {
    ...head,
    ...(typeof revocation === 'string' ? { txn: revocation } : {}),
    sub_id: { format: 'opaque', id: subject },
    events: eventOf(seconds, String(data['reason'])),
  };
}

function eventOf(seconds: number, reason: string): Record<string, unknown> {
  const shared = { event_timestamp: seconds, reason_admin: { en: reason } };
  if (reason === 'leaked')
    return {
      [`${schemas}/risc/event-type/credential-compromise`]: { ...shared, credential_type: 'oauth_token' },
    };
  const initiating_entity = reason === 'user' ? 'user' : reason === 'inactive' ? 'policy' : 'admin';
  return { [`${schemas}/caep/event-type/session-revoked`]: { ...shared, initiating_entity } };
}
