import { canonicalJson, type Op, type Outcome, sha256Hex } from '#kit';
import { contentHash } from './content-hash.ts';
import type { ArchiveBody, Kind } from './plan.ts';

/** `text` is ASCII: its length is its bytes. */
export type File = { text: string; sha256: string; contentHash: string; path: string; deliverable: string };

export async function fileOf({ body }: Op<Kind>): Promise<File> {
  const { document } = body as ArchiveBody; // `plan` made it.
  const text = canonicalJson(document);
  const sha256 = await sha256Hex(text);
  return {
    text,
    sha256,
    contentHash: await contentHash(text),
    path: `/deliverables/${document.deliverable_id}/${sha256}.json`,
    deliverable: document.deliverable_id,
  };
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
      fix: `Dropbox holds other content for ${file.deliverable} than what was accepted. Do not rely on that copy: look at its versions in Dropbox, move it away, then retry.`,
    };
  const version = typeof rev === 'string' ? { version: rev } : {};
  return { ok: true, applied, ref: { id, ...version, hash: receiptOf(file) } };
}

/** Our hash, and Dropbox's own over the same bytes. */
export const receiptOf = (file: File): string => `sha256:${file.sha256} dropbox:${file.contentHash}`;
