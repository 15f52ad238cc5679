import { inArray } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { type Asker, beginChain } from './chain.ts';
import type { Client } from './clients.ts';
import { invalidGrant } from './errors.ts';
import type { Authorization } from './interaction.ts';
import type { TokenAnswer } from './mint.ts';
import type { TokenPorts } from './needs.ts';
import { needed, type Parameters } from './parameters.ts';
import { suspendReplayed } from './replayed.ts';
import { hashesOf } from './secrets.ts';

/**
 * RFC 6749 §4.1.3. Order: whose code, the redirect URI, the verifier, only then whether it was used before. So a replay
 * is one only from the same client with the right verifier: whoever stole a code alone got nothing by it, and must not be
 * able to stop its owner with it. A refused attempt does not use the code up, for the same reason.
 */
export async function redeemCode(
  ports: TokenPorts,
  client: Client,
  form: Parameters,
  asker: Asker,
): Promise<TokenAnswer> {
  const code = needed(form, 'code');
  const redirectUri = needed(form, 'redirect_uri');
  const verifier = needed(form, 'code_verifier');
  const found = await findCode(ports, code);
  if (!found || found.appId !== client.appId) throw refused();
  // RFC 6749 §4.1.3: identical to that of the request, not merely registered.
  if (found.redirectUri !== redirectUri) throw refused();
  if (!isVerifier(ports, verifier, found.codeChallenge)) throw refused();
  if (found.dpopJkt !== null && found.dpopJkt !== asker.jkt) throw refused();
  if (found.state === 'redeemed') throw await replayed(ports, found);
  if (found.state !== 'approved' || found.expiresAt.getTime() <= ports.clock.ms()) throw refused();
  await ports.gate.freshen();
  const answer = await beginChain(ports, client, found, asker);
  if (answer) return answer;
  const now = await findCode(ports, code);
  throw now?.state === 'redeemed' ? await replayed(ports, now) : refused();
}

const refused = () =>
  invalidGrant('The code is unknown, was for another client, address or verifier, or has expired.');

async function findCode(ports: TokenPorts, code: string): Promise<Authorization | undefined> {
  const { authorizations } = ports.store.tables;
  const [found] = await ports.store.db
    .select()
    .from(authorizations)
    .where(inArray(authorizations.codeHash, hashesOf(ports, code)))
    .limit(1);
  return found;
}

/** RFC 7636 §4.6. */
function isVerifier({ digest }: Pick<Ports, 'digest'>, verifier: string, challenge: string | null): boolean {
  return /^[A-Za-z0-9._~-]{43,128}$/.test(verifier) && digest.sha256(verifier) === challenge;
}

/** Once: where the grant is suspended or ended already, there is nothing more to stop. */
async function replayed(ports: TokenPorts, found: Authorization) {
  if (found.grantId === null || ports.gate.standing(found.epochs ?? {}) !== 'valid') return refused();
  return suspendReplayed(ports, 'code_replay', found.grantId, {
    client: found.appId,
    authorization: found.id,
    redeemed_at: found.redeemedAt?.toISOString() ?? null,
    replayed_at: ports.clock.now().toISOString(),
  });
}
