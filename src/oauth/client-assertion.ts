import { decodeJwt, jwtVerify } from 'jose';
import type { Ports } from '#src/context';
import { useOnce } from '#src/dpop';
import type { ClientKeys } from './client-keys.ts';
import type { Client } from './clients.ts';
import { assertionAlgorithms, issuerOf } from './metadata.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'digest' | 'settings'>;

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const mostLifeSeconds = 300;
const leewaySeconds = 30;

/** Whose it claims to be; proves nothing. Null where it is no JWT. */
export function claimedClient(assertion: string): string | null {
  try {
    return decodeJwt(assertion).sub ?? null;
  } catch {
    return null;
  }
}

/**
 * RFC 7523 §3. The audience is this issuer and nothing beside it: a token endpoint or a list of audiences could have
 * been signed for another server (draft-ietf-oauth-rfc7523bis §4).
 */
export async function isAssertion(
  ports: Needs,
  keys: ClientKeys,
  client: Client,
  assertion: string,
): Promise<boolean> {
  const now = ports.clock.now();
  const claims = await verified(assertion, keys, client, now);
  if (!claims || claims.aud !== issuerOf(ports)) return false;
  const { jti, exp } = claims;
  if (typeof jti !== 'string' || jti === '' || jti.length > 512 || exp === undefined) return false;
  if (exp - now.getTime() / 1_000 > mostLifeSeconds + leewaySeconds) return false;
  return useOnce(ports, `assertion ${client.appId} ${jti}`, new Date((exp + leewaySeconds) * 1_000));
}

async function verified(assertion: string, keys: ClientKeys, client: Client, currentDate: Date) {
  try {
    const { payload } = await jwtVerify(assertion, keys(client), {
      issuer: client.appId,
      subject: client.appId,
      algorithms: assertionAlgorithms,
      clockTolerance: leewaySeconds,
      currentDate,
    });
    return payload;
  } catch {
    // Expired, forged, without a key: the client hears one answer.
    return null;
  }
}
