/**
 * The digest of a deliverable's manifest (S2-10): SHA-256 over the UTF-8 JSON of
 * `[[name, sha256, size_bytes], …]`, sorted by name in code point order, without spaces. Anyone can recompute it
 * with any tool. Links and ratings are left out on purpose: a link may be withheld or renewed, the content may not.
 */
import type { Digest } from '#src/ports';

export type ManifestFile = { name: string; sha256: string; size_bytes: number };
export type Hashes = Pick<Digest, 'sha256'>;

/** Lower case hexadecimal. */
export function manifestDigest({ sha256 }: Hashes, files: readonly ManifestFile[]): string {
  const sorted = files.toSorted((a, b) => compareCodePoints(a.name, b.name));
  const text = JSON.stringify(sorted.map((file) => [file.name, file.sha256, file.size_bytes]));
  return hexOf(sha256(text));
}

/** False when a file was changed, added, taken away or renamed, or a name stands twice. */
export function verifyManifest(
  digest: Hashes,
  manifest: { sha256: string; files: readonly ManifestFile[] },
): boolean {
  const names = new Set(manifest.files.map(({ name }) => name));
  return names.size === manifest.files.length && manifestDigest(digest, manifest.files) === manifest.sha256;
}

// JavaScript compares UTF-16 units, which puts U+FF5E after an emoji; other languages would not.
function compareCodePoints(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (at < most && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at < most ? rankOf(a.charCodeAt(at)) - rankOf(b.charCodeAt(at)) : a.length - b.length;
}

/** Halves of a surrogate pair stand for code points above all others. */
const rankOf = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

const hexOf = (base64url: string): string =>
  Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (byte) =>
    byte.charCodeAt(0).toString(16).padStart(2, '0'),
  ).join('');
