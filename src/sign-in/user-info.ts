import { eq } from 'drizzle-orm';
import * as oauth from 'oauth4webapi';
import type { Ports } from '#src/context';
import { failing } from './failure.ts';
import type { Claims } from './id-token.ts';
import { identityId } from './identities.ts';
import type { Issuer } from './issuer.ts';
import type { Proven } from './redeem.ts';

/**
 * Many issuers tell names and addresses at their UserInfo endpoint alone (OpenID Connect Core §5.4). Asked where it
 * matters: of a person met for the first time, and where a claim says for whom they act. What the ID token says wins.
 */
export async function withUserInfo(
  { store }: Pick<Ports, 'store'>,
  issuer: Issuer,
  { claims, accessToken }: Proven,
): Promise<Claims> {
  const { as } = await issuer.known();
  if (as.userinfo_endpoint === undefined) return claims;
  const { identities } = store.tables;
  const [known] = await store.db
    .select({ id: identities.id })
    .from(identities)
    .where(eq(identities.id, identityId(claims)))
    .limit(1);
  if (known && issuer.settings.accountsClaim === null) return claims;
  const { client, through } = issuer;
  const told = await oauth
    .userInfoRequest(as, client, accessToken, through)
    // §5.3.2: of the same subject, or it is somebody else's.
    .then(async (response) => oauth.processUserInfoResponse(as, client, claims.sub, response))
    .catch(failing('not_proven'));
  return { ...told, ...claims };
}
