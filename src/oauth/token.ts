import type { GrantType } from '#src/store';
import type { Asker } from './chain.ts';
import { grantOwnAccess } from './client-credentials.ts';
import type { Client } from './clients.ts';
import { pollDevice } from './device.ts';
import { OAuthError } from './errors.ts';
import { grantTypes } from './metadata.ts';
import type { TokenAnswer } from './mint.ts';
import type { TokenPorts } from './needs.ts';
import { needed, type Parameters } from './parameters.ts';
import { redeemCode } from './redeem-code.ts';
import { refreshAccess } from './refresh.ts';
import { refuseOtherResources } from './resource.ts';

/** RFC 6749 §3.2, once the client is authenticated and its proof, where it sent one, is verified. */
export async function grantToken(
  ports: TokenPorts,
  client: Client,
  form: Parameters,
  asker: Asker,
): Promise<TokenAnswer> {
  const type = grantTypeOf(client, form);
  refuseOtherResources(ports, form);
  // RFC 9449 §5.2: such a client asked to get nothing that works without its key.
  if (client.requiresDpop && asker.jkt === null)
    throw new OAuthError('invalid_dpop_proof', 'This client proves possession of a key with each request.');
  switch (type) {
    case 'authorization_code':
      return redeemCode(ports, client, form, asker);
    case 'refresh_token':
      return refreshAccess(ports, client, form, asker);
    case 'client_credentials':
      return grantOwnAccess(ports, client, form, asker.jkt);
    case 'urn:ietf:params:oauth:grant-type:device_code':
      return pollDevice(ports, client, form, asker);
  }
}

function grantTypeOf(client: Client, form: Parameters): GrantType {
  const asked = needed(form, 'grant_type');
  const type = grantTypes.find((one) => one === asked);
  if (!type) throw new OAuthError('unsupported_grant_type', `One of: ${grantTypes.join(', ')}.`);
  if (client.grantTypes.includes(type)) return type;
  throw new OAuthError('unauthorized_client', 'The client is not registered for this grant type.');
}
