/**
 * For what is larger than one request: parts appended to a session, then one call that makes the file. Where it stands
 * is noted after each part, so that another process goes on after a crash; Dropbox itself says where that is wrong.
 */
import { type ConnectorCtx, type Failed, type Outcome, readObject } from '#kit';
import { upload } from './call.ts';
import { contentHash } from './content-hash.ts';
import { failureOf, objectIn, tagOf } from './errors.ts';
import { commitOf, compare, type File } from './file.ts';

/** A session lives for seven days. */
type Place = { sha256: string; session: string; offset: number };

export async function uploadInParts(file: File, ctx: ConnectorCtx, partBytes: number): Promise<Outcome> {
  const begun = (await placeOf(file, ctx)) ?? (await start(file, ctx));
  if ('ok' in begun) return begun;
  let place = begun;
  while (place.offset < file.text.length) {
    const part = file.text.slice(place.offset, place.offset + partBytes);
    // Of this part alone, as Dropbox has it: one that was damaged on its way is refused.
    const argument = { cursor: cursorOf(place), close: false, content_hash: await contentHash(part) };
    const response = await upload(ctx, 'files/upload_session/append_v2', argument, part);
    const body = await readObject(response);
    if (!response.ok) return stopped(place, response, body, ctx);
    place = await moved(place, place.offset + part.length, ctx);
  }
  const argument = { cursor: cursorOf(place), commit: commitOf(file) };
  const response = await upload(ctx, 'files/upload_session/finish', argument, '');
  const body = await readObject(response);
  if (!response.ok || !body) return stopped(place, response, body, ctx);
  return compare(file, body, 'created');
}

async function start(file: File, ctx: ConnectorCtx): Promise<Place | Outcome> {
  const response = await upload(ctx, 'files/upload_session/start', { close: false }, '');
  const body = await readObject(response);
  const session = body?.['session_id'];
  if (!response.ok || typeof session !== 'string')
    return failureOf(response, response.ok ? null : body, ctx.now());
  return moved({ sha256: file.sha256, session, offset: 0 }, 0, ctx);
}

/** Notes where the next try goes on, and forgets a session that is over. */
async function stopped(
  place: Place,
  response: Response,
  body: Readonly<Record<string, unknown>> | null,
  ctx: ConnectorCtx,
): Promise<Failed> {
  const error = objectIn(body?.['error']);
  const [tag, below] = tagOf(error).split('/');
  const lookup =
    tag === 'lookup_failed' ? { tag: below, of: objectIn(error?.['lookup_failed']) } : { tag, of: error };
  const correct = lookup.of?.['correct_offset'];
  if (lookup.tag === 'incorrect_offset' && typeof correct === 'number') await moved(place, correct, ctx);
  else if (isOver.has(lookup.tag ?? '')) await ctx.save(null);
  else return failureOf(response, body, ctx.now());
  return { ok: false, kind: 'transient', code: lookup.tag ?? '', slow: 'call' };
}

const isOver = new Set(['not_found', 'closed']);

async function placeOf({ sha256 }: File, ctx: ConnectorCtx): Promise<Place | null> {
  const place = objectIn(await ctx.saved()) as Partial<Place> | null;
  const { session, offset } = place ?? {};
  return place?.sha256 === sha256 && typeof session === 'string' && typeof offset === 'number'
    ? { sha256, session, offset }
    : null;
}

async function moved(place: Place, offset: number, ctx: ConnectorCtx): Promise<Place> {
  const next = { ...place, offset };
  await ctx.save(next);
  return next;
}

const cursorOf = ({ session, offset }: Place) => ({ session_id: session, offset });
