import { canonicalJson, type Op, type Outcome, sha256Hex, testTitle } from '#kit';
import { contentHash } from './content-hash.ts';
import type { FileBody, Kind } from './plan.ts';

/** `text` is ASCII: its length is its bytes. */
export type File = { text: string; sha256: string; contentHash: string; path: string; about: string };

export async function fileOf({ body }: Op<Kind>): Promise<File> {
  const { document } = body as FileBody; // `plan` made it.
  const text = canonicalJson(document);
  const sha256 = await sha256Hex(text);
  const place =
    'deliverable_id' in document
      ? {
          path: `/deliverables/${document.deliverable_id}/${sha256}.json`,
          about: `${document.deliverable_id} than what was accepted`,
        }
      : { path: `/${testTitle}.json`, about: 'the test than what was sent' };
  return { text, sha256, contentHash: await contentHash(text), ...place };
}

/** Never over another file, never beside it under another name. `mute`: nobody's desktop tells of it. */
export const commitOf = ({ path }: File) => ({
  path,
  mode: { '.tag': 'add' },
  autorename: false,
  mute: true,
});

/** What Dropbox says it holds, against what was sent. */
export function compare(
  file: File,
  metadata: Readonly<Record<string, unknown>>,
  applied: 'created' | 'unchanged',
): Outcome {
  const { id, rev, content_hash: theirs } = metadata;
  if (typeof id !== 'string' || typeof theirs !== 'string')
    return { ok: false, kind: 'unknown', code: 'unreadable_answer' };
  if (theirs !== file.contentHash)
    return {
      ok: false,
      kind: 'permanent',
      code: 'hash_mismatch',
      fix: `Dropbox holds other content for ${file.about}. Do not rely on that copy: look at its versions in Dropbox, move it away, then retry.`,
    };
  const version = typeof rev === 'string' ? { version: rev } : {};
  return { ok: true, applied, ref: { id, ...version, hash: receiptOf(file) } };
}

/** Our hash, and Dropbox's own over the same bytes. */
const receiptOf = (file: File): string => `sha256:${file.sha256} dropbox:${file.contentHash}`;
