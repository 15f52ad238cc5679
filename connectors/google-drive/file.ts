import { canonicalJson, type ConnectorCtx, type Op, type Outcome, sha256Hex, testTitle } from '#kit';
import { type Answer, ask, driveUrl, withQuery } from './ask.ts';
import { objectIn } from './errors.ts';
import type { FileBody, Kind } from './plan.ts';

/** `text` is ASCII: its length is its bytes. `marks`: properties that this app alone can read. */
export type File = {
  text: string;
  sha256: string;
  name: string;
  about: string;
  marks: Readonly<Record<string, string>>;
};

/** What is asked of every answer that tells of a file. */
export const fileFields = 'id,size,sha256Checksum,headRevisionId,webViewLink';

export async function fileOf({ body }: Op<Kind>): Promise<File> {
  const { document } = body as FileBody; // `plan` made it.
  const text = canonicalJson(document);
  const sha256 = await sha256Hex(text);
  if (!('deliverable_id' in document))
    return {
      text,
      sha256,
      name: `${testTitle}.json`,
      about: 'the test than what was sent',
      marks: { patchbay: 'test' },
    };
  const { deliverable_id: deliverable } = document;
  return {
    text,
    sha256,
    name: `${deliverable}.${sha256}.json`,
    about: `${deliverable} than what was accepted`,
    marks: { patchbay: 'manifest', deliverable },
  };
}

export const metadataOf = ({ name, marks, sha256 }: File, id: string, folder: string) => ({
  id,
  name,
  mimeType: 'application/json',
  parents: [folder],
  appProperties: { ...marks, sha256 },
});

export const readFile = (ctx: ConnectorCtx, id: string): Promise<Answer> =>
  ask(ctx, withQuery(`${driveUrl}/files/${id}`, { fields: fileFields }));

/** A copy that an earlier connection of the same account has made: the same content is not put there twice. */
export async function findCopy(file: File, ctx: ConnectorCtx): Promise<Outcome | null> {
  const found = await ask(
    ctx,
    withQuery(`${driveUrl}/files`, {
      q: `appProperties has { key='sha256' and value='${file.sha256}' } and trashed=false`,
      fields: `files(${fileFields})`,
      orderBy: 'createdTime',
      pageSize: '1',
      spaces: 'drive',
    }),
  );
  if (!found.ok) return found.failed;
  const { files } = found.body;
  const first = Array.isArray(files) ? objectIn(files[0]) : null;
  return first && compare(file, first, 'unchanged');
}

/** What Drive says it holds, against what was sent. */
export function compare(
  file: File,
  metadata: Readonly<Record<string, unknown>>,
  applied: 'created' | 'unchanged',
): Outcome {
  const { id, sha256Checksum: theirs, headRevisionId, webViewLink } = metadata;
  if (typeof id !== 'string') return { ok: false, kind: 'unknown', code: 'unreadable_answer' };
  // Drive may take a moment to compute it.
  if (typeof theirs !== 'string')
    return { ok: false, kind: 'transient', code: 'checksum_pending', slow: 'call' };
  if (theirs !== file.sha256)
    return {
      ok: false,
      kind: 'permanent',
      code: 'hash_mismatch',
      fix: `Drive holds other content for ${file.about}. Do not rely on that copy: look at its versions in Drive, move it to the bin, then retry.`,
    };
  return {
    ok: true,
    applied,
    ref: {
      id,
      ...(typeof headRevisionId === 'string' ? { version: headRevisionId } : {}),
      ...(typeof webViewLink === 'string' ? { url: webViewLink } : {}),
      // Our hash, and Drive's own over the bytes that it holds.
      hash: `sha256:${file.sha256} drive-sha256:${theirs}`,
    },
  };
}
