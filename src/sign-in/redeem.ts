import * as oauth from 'oauth4webapi';
import type { Ports } from '#src/context';
import { useOnce } from '#src/dpop';
import { type Attempt, attemptMs, nonceOf, stateOf, verifierOf } from './attempt.ts';
import { failing, SignInFailure } from './failure.ts';
import { type Claims, verifyIdToken } from './id-token.ts';
import type { Issuer, Known } from './issuer.ts';
import { callbackUrl } from './paths.ts';

type Needs = Pick<Ports, 'store' | 'vault' | 'clock' | 'chance' | 'digest' | 'settings'>;
export type Proven = { claims: Claims; accessToken: string };

/**
 * From the answer in the address to proven claims. Order: state and `iss` (RFC 9207) before anything of the answer is
 * believed; the attempt is spent; then the code is redeemed with the verifier, and the ID token verified.
 */
export async function redeem(
  ports: Needs,
  issuer: Issuer,
  attempt: Attempt,
  answer: URLSearchParams,
): Promise<Proven> {
  const known = await issuer.known();
  const { client, through } = issuer;
  const valid = validated(known, client, answer, stateOf(ports, attempt));
  // A callback that is sent again (from a history, a log, a thief's screen) meets a spent attempt.
  const until = new Date(attempt.startedAtMs + attemptMs);
  if (!(await useOnce(ports, `sign-in ${attempt.secret}`, until))) throw new SignInFailure('begun_elsewhere');
  const authentication = await issuer.authentication(known.as);
  const [redirectUri, verifier] = [callbackUrl(ports), verifierOf(ports, attempt)];
  const response = await oauth
    .authorizationCodeGrantRequest(known.as, client, authentication, valid, redirectUri, verifier, through)
    .catch(failing('not_proven'));
  const nonce = nonceOf(ports, attempt);
  return tokensOf(known, client, response, nonce)
    .then(async ({ id_token: idToken = '', access_token: accessToken }) => ({
      claims: await verifyIdToken(ports, issuer, known, { idToken, accessToken, nonce }),
      accessToken,
    }))
    .catch(failing('not_proven'));
}

const tokensOf = ({ as }: Known, client: oauth.Client, response: Response, expectedNonce: string) =>
  oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce, requireIdToken: true });

/** What the issuer refused is told only once it is known to be the issuer's word. */
function validated({ as }: Known, client: oauth.Client, answer: URLSearchParams, state: string) {
  try {
    return oauth.validateAuthResponse(as, client, answer, state);
  } catch (error) {
    return failing(error instanceof oauth.AuthorizationResponseError ? 'stopped' : 'not_proven')(error);
  }
}
