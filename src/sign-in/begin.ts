import type { Ports } from '#src/context';
import { type Attempt, attemptCookie, newAttempt, nonceOf, stateOf, verifierOf } from './attempt.ts';
import type { Issuer } from './issuer.ts';
import { callbackUrl } from './paths.ts';

type Needs = Pick<Ports, 'vault' | 'clock' | 'chance' | 'digest' | 'settings'>;

/** Where the browser goes, and the cookie by which it is known again. Throws `unavailable`. */
export async function beginSignIn(
  ports: Needs,
  issuer: Issuer,
  wish: Pick<Attempt, 'next' | 'isFresh' | 'linksTo'>,
): Promise<{ to: string; cookie: string }> {
  const { settings } = issuer;
  const { as } = await issuer.known();
  const attempt = newAttempt(ports, settings, wish);
  const to = new URL(as.authorization_endpoint);
  const asked = {
    client_id: settings.clientId,
    redirect_uri: callbackUrl(ports),
    response_type: 'code',
    scope: settings.scopes,
    state: stateOf(ports, attempt),
    nonce: nonceOf(ports, attempt),
    // RFC 7636 §4.2; RFC 9700 §2.1.1: for confidential clients too.
    code_challenge: ports.digest.sha256(verifierOf(ports, attempt)),
    code_challenge_method: 'S256',
    // OpenID Connect Core §3.1.2.1: `max_age` makes `auth_time` part of the answer.
    ...(attempt.isFresh ? { prompt: 'login', max_age: '0' } : {}),
  };
  for (const [name, value] of Object.entries(asked)) to.searchParams.set(name, value);
  return { to: to.href, cookie: await attemptCookie(ports, attempt) };
}
