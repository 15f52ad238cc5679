/** Proofs of possession (RFC 9449), at the token endpoint and at the API alike. */
import { calculateJwkThumbprint, EmbeddedJWK, type JWTPayload, jwtVerify } from 'jose';
import type { Ports } from '#src/context';
import { isOurNonce } from './nonce.ts';
import { useOnce } from './use-once.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'digest' | 'peppers' | 'settings'>;

/** What the proof must be for. `accessToken` where one is presented, `needsNonce` where one is handed out. */
export type ProofOf = { method: string; path: string; accessToken?: string; needsNonce?: boolean };
/** `jkt` is the RFC 7638 thumbprint of the key. */
export type Proven = { ok: true; jkt: string } | { ok: false; why: 'proof' | 'nonce'; detail: string };

export const proofAlgorithms = ['ES256', 'EdDSA', 'PS256'];
const mostAgeMs = 60_000;

/** The order of RFC 9449 §4.3; the memory of `jti` comes last, so that only a proof that is right is written down. */
export async function verifyProof(ports: Needs, proof: string, of: ProofOf): Promise<Proven> {
  const { clock, digest } = ports;
  const read = await readProof(proof, clock.now());
  if (!read) return refused('The DPoP header is not a proof that verifies.');
  const { claims, jkt } = read;
  if (claims['htm'] !== of.method) return refused('htm is not the method of this request.');
  if (!isAddress(claims['htu'], ports, of.path)) return refused('htu is not the address of this request.');
  const iatMs = (claims.iat ?? Number.NaN) * 1_000;
  if (!(Math.abs(clock.ms() - iatMs) <= mostAgeMs)) return refused('iat is not of this minute.');
  if (of.accessToken !== undefined && claims['ath'] !== digest.sha256(of.accessToken))
    return refused('ath is not the hash of this access token.');
  if (of.needsNonce && !isOurNonce(ports, claims['nonce']))
    return { ok: false, why: 'nonce', detail: 'Sign the proof with the nonce of the DPoP-Nonce header.' };
  const { jti } = claims;
  if (typeof jti !== 'string' || jti === '' || jti.length > 512) return refused('jti is missing.');
  // §11.1: past its age the proof is refused by iat, so the memory need not be longer.
  const expiresAt = new Date(iatMs + 2 * mostAgeMs);
  if (!(await useOnce(ports, `dpop ${jkt} ${jti}`, expiresAt))) return refused('This proof was used before.');
  return { ok: true, jkt };
}

const refused = (detail: string): Proven => ({ ok: false, why: 'proof', detail });

async function readProof(proof: string, now: Date): Promise<{ claims: JWTPayload; jkt: string } | null> {
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: proofAlgorithms,
      currentDate: now,
      clockTolerance: mostAgeMs / 1_000,
    });
    const { jwk } = protectedHeader;
    // §4.3 (7): a private key in the header is refused.
    if (!jwk || 'd' in jwk) return null;
    return { claims: payload, jkt: await calculateJwkThumbprint(jwk) };
  } catch {
    // Whatever it is, it is no proof: the caller hears one answer.
    return null;
  }
}

/** §4.3 (9): without query and fragment, normalised; by our public address, whatever proxy stands before us. */
function isAddress(htu: unknown, { settings }: Needs, path: string): boolean {
  if (typeof htu !== 'string' || !URL.canParse(htu)) return false;
  const { origin, pathname } = new URL(htu);
  return origin === new URL(settings.publicUrl).origin && pathname === path;
}
