import type { Ports } from '#src/context';
import type { Client } from './clients.ts';
import { invalidRequest, OAuthError } from './errors.ts';
import { type Parameters, refuseRepeated } from './parameters.ts';
import { refuseOtherResources } from './resource.ts';
import { parseScope, refuseScopes } from './scopes.ts';

/** What a client asks of a person, looked through: RFC 6749 §4.1.1, with RFC 7636, 8707 and 9449. */
export type AuthorizationRequest = {
  redirectUri: string;
  clientState: string | null;
  scopes: string[];
  codeChallenge: string;
  dpopJkt: string | null;
};

/** `redirectUri` is proven to be the client's before, so whatever is thrown here may be told there. */
export async function readAuthorizationRequest(
  ports: Pick<Ports, 'store' | 'settings' | 'clock'>,
  client: Client,
  form: Parameters,
  redirectUri: string,
): Promise<AuthorizationRequest> {
  refuseRepeated(form);
  if (!client.grantTypes.includes('authorization_code'))
    throw new OAuthError('unauthorized_client', 'This client is not registered for authorization codes.');
  refuseRequestObjects(form);
  refuseResponseForm(form);
  const clientState = readState(form);
  if (clientState === undefined) throw invalidRequest('state has characters that a URL query cannot carry.');
  const codeChallenge = readChallenge(form);
  const dpopJkt = form.get('dpop_jkt') ?? null;
  if (dpopJkt !== null && !isThumbprint(dpopJkt))
    throw invalidRequest('dpop_jkt is not a SHA-256 thumbprint.');
  refuseOtherResources(ports, form);
  const scopes = parseScope(form.get('scope'));
  await refuseScopes(ports, client, scopes);
  return { redirectUri, clientState, scopes, codeChallenge, dpopJkt };
}

/**
 * RFC 6749 appendix A.5: visible ASCII and space. Undefined where it is anything else: a control character would make a
 * header of its own. Null where there is none.
 */
export function readState(form: Parameters): string | null | undefined {
  const text = form.get('state') ?? null;
  if (text === null) return null;
  return form.repeated.has('state') || !/^[\x20-\x7e]{1,2000}$/.test(text) ? undefined : text;
}

function refuseRequestObjects(form: Parameters): void {
  if (form.get('request') !== undefined)
    throw new OAuthError('request_not_supported', 'Request objects are not taken; push the request instead.');
  if (form.get('request_uri') !== undefined)
    throw invalidRequest('request_uri stands alone, with client_id.');
}

function refuseResponseForm(form: Parameters): void {
  const type = form.get('response_type');
  if (type === undefined) throw invalidRequest('response_type is missing.');
  // RFC 9700 §2.1.2: tokens do not travel through the browser.
  if (type !== 'code') throw new OAuthError('unsupported_response_type', 'The response type is code.');
  if ((form.get('response_mode') ?? 'query') !== 'query') throw invalidRequest('The response mode is query.');
}

/** RFC 9700 §2.1.1: PKCE for every client. RFC 7636 §4.3: without a method it would be plain, so it must be said. */
function readChallenge(form: Parameters): string {
  if (form.get('code_challenge_method') !== 'S256')
    throw invalidRequest('code_challenge_method must be S256.');
  const challenge = form.get('code_challenge');
  if (challenge === undefined || !isThumbprint(challenge))
    throw invalidRequest('code_challenge must be the base64url of a SHA-256 hash, 43 characters.');
  return challenge;
}

const isThumbprint = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text);
