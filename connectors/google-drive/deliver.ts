/**
 * Drive has no paths that could be made of the content, so an id that it gave beforehand does the same: a second try is
 * refused where the first has arrived, and what is there is compared by Drive's own SHA-256.
 */
import type { ConnectorCtx, Op, Outcome } from '#kit';
import { type Answer, ask, uploadAddress } from './ask.ts';
import { compare, type File, fileFields, fileOf, metadataOf, readFile } from './file.ts';
import { notedPlace, type Place, placeFor } from './place.ts';
import type { Kind, RemovalBody } from './plan.ts';
import { isRemoved, remove } from './removal.ts';
import { uploadInParts } from './resumable.ts';

/** A multipart upload takes 5 MB; parts of a resumable one are multiples of 256 KiB (Drive's guide, 2026-10). */
const driveSizes = { singleRequestBytes: 5_000_000, partBytes: 32 * 256 * 1024 };

export async function deliver(op: Op<Kind>, ctx: ConnectorCtx, sizes = driveSizes): Promise<Outcome> {
  if (op.kind === 'removal') return remove(op.body as RemovalBody, ctx); // `undo` made it.
  const file = await fileOf(op);
  const place = await placeFor(file, ctx);
  if ('ok' in place) return place;
  const answer =
    file.text.length > sizes.singleRequestBytes
      ? await uploadInParts(file, place, ctx, sizes.partBytes)
      : await uploadOnce(file, place, ctx);
  if (answer.ok) return compare(file, answer.body, 'created');
  return answer.status === 409 ? alreadyThere(file, place, ctx) : refused(answer, ctx);
}

/** After silence: is it there? `absent`: it is not, or was never begun. */
export async function reconcile(op: Op<Kind>, ctx: ConnectorCtx): Promise<Outcome | 'absent'> {
  if (op.kind === 'removal') return isRemoved(op.body as RemovalBody, ctx);
  const file = await fileOf(op);
  const place = await notedPlace(file, ctx);
  if (!place) return 'absent';
  const answer = await readFile(ctx, place.id);
  if (answer.ok) return compare(file, answer.body, 'created');
  return answer.status === 404 ? 'absent' : answer.failed;
}

function uploadOnce(file: File, place: Place, ctx: ConnectorCtx): Promise<Answer> {
  // No line of canonical JSON begins with it, since there is only one.
  const boundary = 'patchbay-manifest';
  const body = [
    `--${boundary}`,
    'content-type: application/json; charset=UTF-8',
    '',
    JSON.stringify(metadataOf(file, place.id, place.folder)),
    `--${boundary}`,
    'content-type: application/json',
    '',
    file.text,
    `--${boundary}--`,
  ].join('\r\n');
  return ask(ctx, uploadAddress('multipart', fileFields), {
    method: 'POST',
    headers: { 'content-type': `multipart/related; boundary=${boundary}` },
    body,
  });
}

async function alreadyThere(file: File, place: Place, ctx: ConnectorCtx): Promise<Outcome> {
  const answer = await readFile(ctx, place.id);
  if (answer.ok) return compare(file, answer.body, 'created');
  if (answer.status !== 404) return answer.failed;
  // The id is spent and its file deleted: the next try takes another.
  await ctx.save(null);
  return { ok: false, kind: 'transient', code: 'id_spent', slow: 'call' };
}

/** The folder went away meanwhile: the next try looks for it, or makes it again. */
async function refused(
  { status, failed }: Extract<Answer, { ok: false }>,
  ctx: ConnectorCtx,
): Promise<Outcome> {
  if (status !== 404) return failed;
  await ctx.save(null);
  return { ok: false, kind: 'transient', code: 'folder_gone', slow: 'call' };
}
