const blockBytes = 4 * 1024 * 1024;

/**
 * Dropbox's own checksum: SHA-256 over the SHA-256 of each block of 4 MiB, lower-case hex
 * (https://www.dropbox.com/developers/reference/content-hash). It is what `content_hash` of a file answers.
 */
export async function contentHash(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += blockBytes)
    blocks.push(await sha256(bytes.subarray(at, at + blockBytes)));
  const digest = await sha256(joined(blocks));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
