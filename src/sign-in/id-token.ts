import { decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import * as base64url from 'jose/base64url';
import type { Ports } from '#src/context';
import type { Issuer, Known } from './issuer.ts';

/** Proven claims of one person. */
export type Claims = JWTPayload & { iss: string; sub: string };

/** Asymmetric alone: a secret that both sides know proves nothing to either, and `none` proves nothing at all. */
export const signatureAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
export const leewaySeconds = 30;
/** It comes by our own request, just made: an older one is another's. */
const mostAgeSeconds = 600;

/**
 * OpenID Connect Core §3.1.3.7, all of it: whose, for whom, signed by a key of theirs, in time, for this attempt; and the
 * access token that came with it (§3.1.3.6). Throws where anything is amiss.
 */
export async function verifyIdToken(
  { clock }: Pick<Ports, 'clock'>,
  { settings }: Issuer,
  { keys }: Known,
  token: { idToken: string; accessToken: string; nonce: string },
): Promise<Claims> {
  const { payload, protectedHeader } = await jwtVerify(token.idToken, keys, {
    issuer: settings.issuer,
    audience: settings.clientId,
    algorithms: signatureAlgorithms,
    requiredClaims: ['sub', 'exp', 'iat', 'nonce'],
    maxTokenAge: mostAgeSeconds,
    clockTolerance: leewaySeconds,
    currentDate: clock.now(),
  });
  // RFC 8725 §3.11: a logout token or an access token of the same issuer is no ID token.
  const typ = protectedHeader.typ?.toLowerCase();
  if (typ !== undefined && typ !== 'jwt') throw new Error('typ is not that of an ID token');
  const { aud, azp, sub, nonce, at_hash: hash } = payload;
  if (nonce !== token.nonce) throw new Error('nonce is not that of this attempt');
  if (azp !== undefined && azp !== settings.clientId) throw new Error('azp is another client');
  if (Array.isArray(aud) && aud.length > 1 && azp === undefined) throw new Error('azp is missing');
  if (!isSubject(sub)) throw new Error('sub is not a subject');
  if (hash !== undefined && hash !== (await accessTokenHash(token)))
    throw new Error('at_hash is that of another access token');
  return { ...payload, iss: settings.issuer, sub };
}

/** OpenID Connect Core §2: at most 255 ASCII characters. */
export const isSubject = (sub: unknown): sub is string =>
  typeof sub === 'string' && /^[\x21-\x7e][\x20-\x7e]{0,254}$/.test(sub);

/** Half of the hash that the signature's algorithm uses; EdDSA's is SHA-512. */
async function accessTokenHash({ idToken, accessToken }: { idToken: string; accessToken: string }) {
  const { alg = '' } = decodeProtectedHeader(idToken);
  const bits = alg.startsWith('Ed') ? '512' : alg.slice(2);
  const hash = await crypto.subtle.digest(`SHA-${bits}`, new TextEncoder().encode(accessToken));
  return base64url.encode(new Uint8Array(hash, 0, hash.byteLength / 2));
}
