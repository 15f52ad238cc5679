import { eq } from 'drizzle-orm';
import type { Client } from './clients.ts';
import { issuerOf } from './metadata.ts';
import type { TokenPorts } from './needs.ts';
import { readToken, standingOf, type TokenRow } from './read-token.ts';

/** RFC 7662 §2.2. A client learns of its own tokens; of all others the answer is the same nothing (§4). */
export async function introspect(
  ports: TokenPorts,
  client: Client,
  token: string,
): Promise<Record<string, unknown>> {
  const row = await readToken(ports, token, ['a', 'r']);
  if (!row || row.appId !== client.appId) return { active: false };
  if ((await standingOf(ports, row)) !== 'valid') return { active: false };
  const scopes = await scopesNow(ports, row);
  const seconds = (at: Date) => Math.floor(at.getTime() / 1_000);
  const issuer = issuerOf(ports);
  return {
    active: true,
    scope: scopes.join(' '),
    client_id: row.appId,
    token_type: row.dpopJkt === null ? 'Bearer' : 'DPoP',
    iat: seconds(row.createdAt),
    ...(row.expiresAt ? { exp: seconds(row.expiresAt) } : {}),
    sub: row.accountId ?? row.appId,
    aud: issuer,
    iss: issuer,
    ...(row.dpopJkt === null ? {} : { cnf: { jkt: row.dpopJkt } }),
  };
}

/** The token's, less what the person has taken from the grant since. */
async function scopesNow({ store }: TokenPorts, { scopes, grantId }: TokenRow): Promise<string[]> {
  if (grantId === null) return scopes;
  const { grants } = store.tables;
  const [grant] = await store.db
    .select({ scopes: grants.scopes })
    .from(grants)
    .where(eq(grants.id, grantId))
    .limit(1);
  return scopes.filter((name) => grant?.scopes.includes(name));
}
