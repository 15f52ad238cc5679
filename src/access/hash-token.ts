import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';

type Needs = Pick<Ports, 'digest' | 'peppers'>;

/** HMAC by a pepper that lies outside the database: a stolen table opens nothing. */
export function hashToken({ digest, peppers }: Needs, token: string, version = peppers.current): string {
  const pepper = peppers.keys.get(version);
  if (!pepper) throw new PatchbayError('internal', { internal: `pepper ${version} is not configured` });
  return digest.hmacSha256(pepper, token);
}

/** One hash a pepper that is still configured, newest first. */
export function possibleHashes(needs: Needs, token: string): string[] {
  return [...needs.peppers.keys.keys()]
    .sort((a, b) => b - a)
    .map((version) => hashToken(needs, token, version));
}
