/** The conductor of a sign-in: from the way back to a session. */
import type { Ports } from '#src/context';
import { actFor, endSession, type Session, startSession } from '#src/sessions';
import { syncAccounts } from './accounts.ts';
import { type Attempt, readAttempt } from './attempt.ts';
import { SignInFailure } from './failure.ts';
import { leewaySeconds } from './id-token.ts';
import { personOf } from './identities.ts';
import type { Issuer } from './issuer.ts';
import { recordOrigin } from './origins.ts';
import { type Proven, redeem } from './redeem.ts';
import { withUserInfo } from './user-info.ts';

type Needs = Pick<
  Ports,
  'store' | 'gate' | 'vault' | 'clock' | 'chance' | 'ids' | 'digest' | 'peppers' | 'settings' | 'log'
>;

/**
 * `before` is who was signed in here already: that session ends, and the new one acts for the same account. Throws a
 * `SignInFailure`; then nothing has changed, and who was signed in still is.
 */
export async function finishSignIn(
  ports: Needs,
  issuer: Issuer,
  request: Request,
  before: Session | null,
): Promise<{ secret: string; to: string | null }> {
  const attempt = await readAttempt(ports, request);
  if (attempt?.issuer !== issuer.settings.issuer) throw new SignInFailure('begun_elsewhere');
  if (attempt.linksTo !== null && attempt.linksTo !== before?.person.id)
    throw new SignInFailure('begun_elsewhere', 'whom it was to be linked to is not signed in here');
  const proven = await redeem(ports, issuer, attempt, new URL(request.url).searchParams);
  const authenticatedAt = authenticationOf(proven, attempt);
  const claims = await withUserInfo(ports, issuer, proven);
  const userId = await personOf(ports, issuer.settings, claims, attempt.linksTo);
  await syncAccounts(ports, issuer.settings, userId, claims);
  const { secret, row } = await startSession(ports, userId);
  await recordOrigin(ports, row, claims, authenticatedAt);
  if (before) {
    const { accountId, env } = before.row;
    if (before.person.id === userId && accountId !== null) await actFor(ports, row, accountId, env);
    await endSession(ports, before.row);
  }
  return { secret, to: attempt.next };
}

/** The issuer's word on when, which may be long ago; it must give one where the person was to prove it anew. */
function authenticationOf({ claims }: Proven, { isFresh, startedAtMs }: Attempt): Date {
  const { auth_time: seconds } = claims;
  const at = typeof seconds === 'number' ? new Date(seconds * 1_000) : longAgo;
  // OpenID Connect Core §3.1.3.7 (13).
  if (isFresh && at.getTime() < startedAtMs - leewaySeconds * 1_000) throw new SignInFailure('not_fresh');
  return at;
}

const longAgo = new Date(0);
