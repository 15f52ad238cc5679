/**
 * The digest of a deliverable's manifest (S2-10): SHA-256 over the UTF-8 JSON of
 * `[[name, sha256, size_bytes], …]`, sorted by name in code point order, without spaces. Anyone can recompute it
 * with any tool. Links and ratings are left out on purpose: a link may be withheld or renewed, the content may not.
 */
export type ManifestFile = { name: string; sha256: string; size_bytes: number };

export async function manifestDigest(files: readonly ManifestFile[]): Promise<string> {
  const entries = files.map(({ name, sha256, size_bytes }) => [name, sha256, size_bytes] as const);
  const text = JSON.stringify(entries.toSorted(([a], [b]) => compareCodePoints(a, b)));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** False when a file was changed, added, taken away or renamed, or a name stands twice. */
export async function verifyManifest(manifest: {
  sha256: string;
  files: readonly ManifestFile[];
}): Promise<boolean> {
  const names = new Set(manifest.files.map(({ name }) => name));
  return names.size === manifest.files.length && (await manifestDigest(manifest.files)) === manifest.sha256;
}

// JavaScript compares UTF-16 units, which puts U+FF5E after an emoji; other languages would not.
function compareCodePoints(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  const at = left.findIndex((char, index) => char !== right[index]);
  if (at === -1) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? -1) - (right[at]?.codePointAt(0) ?? -1);
}
