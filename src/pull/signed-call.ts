/**
 * A call between a hub and its workers, signed with a key that both hold:
 *
 *   Authorization: Patchbay-Worker key=1, time=1795305600, nonce=…, signature=…
 *
 * The signature covers method, path, time, nonce and the digest of the body, so that none of them can be exchanged.
 */
import type { Digest } from '#src/ports';
import type { WorkerKeys } from './keys.ts';

/** `time` in seconds since the epoch, by the caller's clock. */
export type CallParts = { method: string; path: string; time: number; nonce: string; body: string };
type Claim = { key: number; time: number; nonce: string; signature: string };

export function signCall(digest: Digest, { current, keys }: WorkerKeys, parts: CallParts): string {
  const signature = signatureOf(digest, keys.get(current) ?? new Uint8Array(), parts);
  return `${scheme} key=${current}, time=${parts.time}, nonce=${parts.nonce}, signature=${signature}`;
}

export function readClaim(authorization: string | null): Claim | null {
  const match = form.exec(authorization ?? '');
  if (!match) return null;
  const [, key, time, nonce = '', signature = ''] = match;
  return { key: Number(key), time: Number(time), nonce, signature };
}

export const fits = (digest: Digest, key: Uint8Array, parts: CallParts, signature: string): boolean =>
  areSame(signatureOf(digest, key, parts), signature);

const scheme = 'Patchbay-Worker';
const form =
  /^Patchbay-Worker key=(\d{1,9}), time=(\d{1,12}), nonce=([A-Za-z0-9_-]{16,64}), signature=([A-Za-z0-9_-]{43})$/;

const signatureOf = (
  digest: Digest,
  key: Uint8Array,
  { method, path, time, nonce, body }: CallParts,
): string =>
  digest.hmacSha256(key, ['patchbay-worker-1', method, path, time, nonce, digest.sha256(body)].join('\n'));

/** In a time that tells nothing of where they differ. */
function areSame(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let at = 0; at < one.length; at++) difference |= one.charCodeAt(at) ^ other.charCodeAt(at);
  return difference === 0;
}
