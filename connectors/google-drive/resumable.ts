/**
 * A resumable upload: a session first, then its parts. The session's address is noted, and how far it has come is asked
 * of Drive, so that another process goes on after a crash.
 */
import type { ConnectorCtx } from '#kit';
import { type Answer, ask, jsonType, read, uploadAddress, uploadUrl } from './ask.ts';
import { type File, fileFields, metadataOf } from './file.ts';
import type { Place } from './place.ts';

/** The answer that ended this try: the file, or why there is none yet. */
export async function uploadInParts(
  file: File,
  place: Place,
  ctx: ConnectorCtx,
  partBytes: number,
): Promise<Answer> {
  const total = file.text.length;
  const session = place.session ?? (await begin(file, place, ctx));
  if (typeof session !== 'string') return session;
  let at = 0;
  if (place.session !== undefined) {
    const answer = await put(ctx, session, `bytes */${total}`, '');
    const held = heldBytes(answer);
    if (held === null || held >= total) return ended(answer, place, ctx);
    at = held;
  }
  for (;;) {
    const part = file.text.slice(at, at + partBytes);
    const answer = await put(ctx, session, `bytes ${at}-${at + part.length - 1}/${total}`, part);
    const held = heldBytes(answer);
    // Held no more than before: what comes next is left to the next try.
    if (held === null || held <= at || held >= total) return ended(answer, place, ctx);
    at = held;
  }
}

async function begin(file: File, place: Place, ctx: ConnectorCtx): Promise<string | Answer> {
  const response = await ctx.fetch(uploadAddress('resumable', fileFields), {
    method: 'POST',
    headers: {
      ...jsonType,
      'x-upload-content-type': 'application/json',
      'x-upload-content-length': String(file.text.length),
    },
    body: JSON.stringify(metadataOf(file, place.id, place.folder)),
  });
  const session = response.headers.get('location');
  if (!response.ok || !session?.startsWith(`${uploadUrl}?`)) return read(ctx, response);
  await ctx.save({ ...place, session });
  return session;
}

const put = (ctx: ConnectorCtx, session: string, range: string, body: string): Promise<Answer> =>
  ask(ctx, session, { method: 'PUT', headers: { 'content-range': range }, body });

/** How many bytes Drive holds, where it wants more (308); null where it does not. No `range`: it holds none. */
function heldBytes(answer: Answer): number | null {
  if (answer.ok || answer.status !== 308) return null;
  const last = /^bytes=0-(\d+)$/.exec(answer.headers.get('range') ?? '')?.[1];
  return last === undefined ? 0 : Number(last) + 1;
}

/** A session that is over is forgotten, and the next try begins one under the same id. */
async function ended(answer: Answer, place: Place, ctx: ConnectorCtx): Promise<Answer> {
  if (answer.ok || (answer.status !== 404 && answer.status !== 410)) return answer;
  const { session: _over, ...rest } = place;
  await ctx.save(rest);
  return {
    ...answer,
    status: 410,
    failed: { ok: false, kind: 'transient', code: 'session_gone', slow: 'call' },
  };
}
