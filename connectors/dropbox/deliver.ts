/**
 * The path is made of the content's own hash, and a file is only ever added: a second try meets the first and writes
 * nothing, as Dropbox promises for `add` with identical content. What Dropbox then says it holds is compared by its own
 * checksum, and both hashes are the receipt.
 */
import { type ConnectorCtx, type Op, type Outcome, readObject } from '#kit';
import { call, upload } from './call.ts';
import { failureOf, objectIn, tagOf } from './errors.ts';
import { commitOf, compare, fileOf } from './file.ts';
import type { Kind, RemovalBody } from './plan.ts';
import { uploadInParts } from './upload-session.ts';

const mib = 1024 * 1024;
/** `/files/upload` takes 150 MiB, `ctx.fetch` 32: the lower. Parts are best in multiples of 4 MiB (Dropbox's reference, 2026-08). */
const dropboxSizes = { singleRequestBytes: 32 * mib, partBytes: 8 * mib };

export async function deliver(op: Op<Kind>, ctx: ConnectorCtx, sizes = dropboxSizes): Promise<Outcome> {
  if (op.kind === 'removal') return remove(op.body as RemovalBody, ctx); // `undo` made it.
  const file = await fileOf(op);
  if (file.text.length > sizes.singleRequestBytes) return uploadInParts(file, ctx, sizes.partBytes);
  const before = await ctx.ref(op.key);
  const argument = { ...commitOf(file), content_hash: file.contentHash };
  const response = await upload(ctx, 'files/upload', argument, file.text);
  const body = await readObject(response);
  if (!response.ok || !body) return failureOf(response, body, ctx.now());
  const isAsBefore = before?.version !== undefined && before.version === body['rev'];
  return compare(file, body, isAsBefore ? 'unchanged' : 'created');
}

/** After silence: is it there? `absent`: it is not. */
export async function reconcile(op: Op<Kind>, ctx: ConnectorCtx): Promise<Outcome | 'absent'> {
  const isRemoval = op.kind === 'removal';
  const file = isRemoval ? null : await fileOf(op);
  const path = file?.path ?? (op.body as RemovalBody).path;
  const response = await call(ctx, 'files/get_metadata', { path });
  const body = await readObject(response);
  if (response.status === 409 && tagOf(objectIn(body?.['error'])) === 'path/not_found')
    return isRemoval ? { ok: true, applied: 'deleted' } : 'absent';
  if (!response.ok || !body) return failureOf(response, body, ctx.now());
  return file ? compare(file, body, 'created') : 'absent';
}

/** By its id, wherever the user has moved it; and as we wrote it, or it is theirs by now. */
async function remove({ path, rev }: RemovalBody, ctx: ConnectorCtx): Promise<Outcome> {
  const response = await call(ctx, 'files/delete_v2', { path, ...(rev ? { parent_rev: rev } : {}) });
  const body = await readObject(response);
  const isGone = response.status === 409 && tagOf(objectIn(body?.['error'])) === 'path_lookup/not_found';
  if (isGone || (response.ok && body)) return { ok: true, applied: 'deleted' };
  return failureOf(response, body, ctx.now());
}
