import type { Clock, Digest, SignatureKeys } from '#src/ports';
import { createSigner } from './sign.ts';

/** The three header fields of Standard Webhooks 1.0; null where one is missing. */
export type SignedBy = { id: string | null; timestamp: string | null; signature: string | null };
export type Verified = { ok: true; id: string } | { ok: false; why: string };

/** Standard Webhooks 1.0, "Verifying webhook authenticity": five minutes, to either side. */
const toleranceSeconds = 300;
/** One a secret in force, and a sender that rotates has two. */
const mostSignatures = 16;

/**
 * What can be told without a secret: all three fields are there, and the moment is one of now. A dot in the id would let
 * the signature of one message be read as that of another.
 */
export function refuseForm(
  { clock }: { clock: Pick<Clock, 'ms'> },
  { id, timestamp, signature }: SignedBy,
): Verified {
  if (id === null || timestamp === null || signature === null)
    return no('Send webhook-id, webhook-timestamp and webhook-signature.');
  if (!/^[\x21-\x2d\x2f-\x7e]{1,255}$/.test(id))
    return no('webhook-id is 1 to 255 visible ASCII characters without a dot.');
  if (!/^[1-9]\d{0,11}$/.test(timestamp)) return no('webhook-timestamp is in whole seconds since 1970.');
  const apart = Math.abs(Number(timestamp) - clock.ms() / 1_000);
  if (apart > toleranceSeconds)
    return no('webhook-timestamp is more than five minutes from the clock of this hub.');
  return { ok: true, id };
}

/** Whether one of the signatures (`v1`) is by one of the secrets, over these very bytes. Only after `refuseForm`. */
export async function verifySignature(
  { signing, digest }: { signing: SignatureKeys; digest: Pick<Digest, 'sha256'> },
  secrets: readonly string[],
  { id, timestamp, signature }: SignedBy,
  raw: Uint8Array,
): Promise<boolean> {
  const body = exactText(raw);
  if (secrets.length === 0 || body === null) return false;
  const given = (signature ?? '').split(' ').slice(0, mostSignatures);
  const wanted = await createSigner(signing, secrets).sign(id ?? '', Number(timestamp), body);
  // Digests are compared and not what they are of: how long that takes tells nothing of a right signature.
  const right = new Set(wanted.split(' ').map((one) => digest.sha256(one)));
  return given.map((one) => right.has(digest.sha256(one))).includes(true);
}

/** Null for bytes that are no UTF-8: no text has them, and no JSON. */
function exactText(raw: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    return null;
  }
}

const no = (why: string): Verified => ({ ok: false, why });
