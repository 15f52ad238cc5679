import type { Ports } from '#src/context';
import { endSession, type Session } from '#src/sessions';
import type { Issuer } from './issuer.ts';
import { isOf } from './origins.ts';
import { signedOutUrl } from './paths.ts';

/**
 * Ends the session here. Answers where the person may end the issuer's own too (OpenID Connect RP-Initiated Logout §2);
 * null where the session did not come from there, or the issuer offers no such place or does not answer. No ID token is
 * kept for a hint, so the issuer asks the person once more.
 */
export async function signOut(
  ports: Pick<Ports, 'store' | 'clock' | 'settings'>,
  issuer: Issuer | null,
  { row }: Session,
): Promise<string | null> {
  const isTheirs = issuer !== null && (await isOf(ports, issuer.settings.issuer, row.id));
  await endSession(ports, row);
  if (!isTheirs) return null;
  const endpoint = await issuer.known().then(
    ({ as }) => as.end_session_endpoint,
    () => undefined,
  );
  if (endpoint === undefined) return null;
  const url = new URL(endpoint);
  url.searchParams.set('client_id', issuer.settings.clientId);
  url.searchParams.set('post_logout_redirect_uri', signedOutUrl(ports));
  return url.href;
}
