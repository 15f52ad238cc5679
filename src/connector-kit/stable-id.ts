/**
 * An id that we choose at the vendor: the same for one connection and key for ever, so that a second try meets the
 * first. Base32hex without padding (RFC 4648 §7, lower case: `a-v0-9`), of SHA-256; `length` ≤ 51 characters.
 */
export async function stableId(connectionId: string, key: string, length = 51): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(['patchbay', connectionId, key]));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  let bits = 0n;
  for (const byte of digest) bits = (bits << 8n) | BigInt(byte);
  return (bits >> 1n).toString(32).padStart(51, '0').slice(-51).slice(0, length);
}

/** SHA-256 of the UTF-8 bytes, lower-case hex. */
export async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
