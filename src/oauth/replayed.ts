import { suspend } from '#src/access';
import { openCase } from '#src/cases';
import { invalidGrant, type OAuthError } from './errors.ts';
import type { TokenPorts } from './needs.ts';

/** What proves a theft by itself, so that a grant may be suspended without a person's judgement. */
export const proofReasons = ['code_replay', 'refresh_reuse'] as const;

/**
 * RFC 9700 §4.5.3 and §4.14.2: nobody can tell the thief from the owner, so both lose this grant, and this grant alone.
 * Suspended, not revoked: the case decides, and lifting it gives everything back. The case and its evidence are written
 * with the suspension. Answers the error for whoever came with it.
 */
export async function suspendReplayed(
  ports: TokenPorts,
  reason: (typeof proofReasons)[number],
  grantId: string,
  evidence: Record<string, unknown>,
): Promise<OAuthError> {
  const subject = `grant:${grantId}`;
  await suspend(ports, {
    level: 'grant',
    id: grantId,
    reason,
    actor: 'hub',
    alongside: (db) => [openCase(db, ports, { kind: reason, subject, evidence })],
  });
  ports.log.warn('oauth.replayed', { reason, grant: grantId });
  ports.meter.count('oauth_replays', { reason });
  return invalidGrant('This was used before. The access it belongs to is suspended; link the account again.');
}
