/** ECDSA on P-256 as others write it (PEM keys, DER signatures), for WebCrypto, which every host has. */

/** Null where it is no such key. */
export async function importPublicKey(pem: string): Promise<CryptoKey | null> {
  const der = readBase64(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''));
  if (der === null) return null;
  try {
    return await crypto.subtle.importKey('spki', der, { name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'verify',
    ]);
  } catch {
    return null;
  }
}

/** `signature`: base64 of DER, over SHA-256 of the bytes. False for anything else. */
export async function isSignedBy(key: CryptoKey, signature: string, bytes: Uint8Array): Promise<boolean> {
  const raw = rawSignature(signature);
  if (raw === null) return false;
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, raw, new Uint8Array(bytes));
}

/** RFC 3279 §2.2.3: SEQUENCE { INTEGER r, INTEGER s }. WebCrypto wants both at 32 bytes, one after the other. */
function rawSignature(base64: string): Uint8Array<ArrayBuffer> | null {
  const der = readBase64(base64);
  // Both lengths of P-256 fit one byte.
  if (der === null || der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const raw = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1] ?? 0;
    const digits = der.subarray(at + 2, at + 2 + length);
    if (der[at] !== 0x02 || length === 0 || digits.length !== length) return null;
    const first = digits.findIndex((byte) => byte !== 0);
    const number = first === -1 ? digits.subarray(length) : digits.subarray(first);
    if (number.length > 32) return null;
    raw.set(number, end - number.length);
    at += 2 + length;
  }
  return at === der.length ? raw : null;
}

function readBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  } catch {
    return null;
  }
}
