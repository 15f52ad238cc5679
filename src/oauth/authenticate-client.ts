import type { Ports } from '#src/context';
import { assertionType, claimedClient, isAssertion } from './client-assertion.ts';
import type { ClientKeys } from './client-keys.ts';
import { type Client, findClient } from './clients.ts';
import { invalidRequest, OAuthError } from './errors.ts';
import type { Parameters } from './parameters.ts';
import { readToken, standingOf } from './read-token.ts';

type Needs = Pick<Ports, 'store' | 'gate' | 'clock' | 'digest' | 'peppers' | 'settings'>;
type Shown =
  | { method: 'none'; clientId: string }
  | { method: 'client_secret_basic' | 'client_secret_post'; clientId: string; secret: string }
  | { method: 'private_key_jwt'; clientId: string; assertion: string };

/**
 * Who calls a back-channel endpoint. Order: exactly one method (RFC 6749 §2.3), the client it names and how that stands,
 * whether the method is registered for it, then the proof. A confidential client is never let in as a public one.
 */
export async function authenticateClient(
  ports: Needs,
  keys: ClientKeys,
  request: Request,
  form: Parameters,
): Promise<Client> {
  const authorization = request.headers.get('authorization');
  const refused = refusal(authorization !== null);
  const shown = shownBy(authorization, form, refused);
  const client = await findClient(ports, shown.clientId);
  if (!client || !client.authMethods.includes(shown.method)) throw refused();
  if (!(await isProven(ports, keys, client, shown))) throw refused();
  return client;
}

/** RFC 6749 §5.2: where it was tried by header, the answer says by which scheme. */
const refusal = (isByHeader: boolean) => (): OAuthError =>
  new OAuthError('invalid_client', 'The client is unknown, or its authentication failed.', {
    headers: isByHeader ? { 'www-authenticate': 'Basic realm="patchbay"' } : {},
  });

function shownBy(authorization: string | null, form: Parameters, refused: () => OAuthError): Shown {
  const [secret, assertion] = [form.get('client_secret'), form.get('client_assertion')];
  const ways = [authorization !== null, secret !== undefined, assertion !== undefined];
  if (ways.filter(Boolean).length > 1) throw invalidRequest('Authenticate in one way, not in several.');
  const named = form.get('client_id');
  if (authorization !== null) {
    const basic = readBasic(authorization);
    if (!basic) throw refused();
    if (named !== undefined && named !== basic.clientId)
      throw invalidRequest('client_id is not the client that authenticates.');
    return { method: 'client_secret_basic', ...basic };
  }
  if (assertion !== undefined) {
    const clientId = claimedClient(assertion);
    if (form.get('client_assertion_type') !== assertionType || clientId === null) throw refused();
    if (named !== undefined && named !== clientId)
      throw invalidRequest('client_id is not the client that authenticates.');
    return { method: 'private_key_jwt', clientId, assertion };
  }
  if (named === undefined) throw refused();
  return secret === undefined
    ? { method: 'none', clientId: named }
    : { method: 'client_secret_post', clientId: named, secret };
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
function readBasic(authorization: string): { clientId: string; secret: string } | null {
  const [, encoded = ''] = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization) ?? [];
  try {
    const text = atob(encoded);
    const colon = text.indexOf(':');
    if (colon < 1) return null;
    const [clientId, secret] = [text.slice(0, colon), text.slice(colon + 1)].map((part) =>
      decodeURIComponent(part.replaceAll('+', ' ')),
    );
    return clientId && secret ? { clientId, secret } : null;
  } catch {
    // No base64, or broken escapes.
    return null;
  }
}

async function isProven(ports: Needs, keys: ClientKeys, client: Client, shown: Shown): Promise<boolean> {
  switch (shown.method) {
    case 'none':
      return client.kind === 'public';
    case 'private_key_jwt':
      return isAssertion(ports, keys, client, shown.assertion);
    case 'client_secret_basic':
    case 'client_secret_post': {
      const row = await readToken(ports, shown.secret, ['c']);
      return row?.appId === client.appId && (await standingOf(ports, row)) === 'valid';
    }
  }
}
