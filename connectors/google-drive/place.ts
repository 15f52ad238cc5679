/**
 * Where an upload stands, noted before its first byte leaves: with an id that Drive gave beforehand, a second try is
 * refused where the first has arrived (409), whatever became of its answer.
 */
import type { ConnectorCtx, Outcome } from '#kit';
import { ask, driveUrl, withQuery } from './ask.ts';
import { objectIn } from './errors.ts';
import { type File, findCopy } from './file.ts';
import { liveFolder } from './folder.ts';

/** `session`: of a resumable upload, good for a week. */
export type Place = { sha256: string; id: string; folder: string; session?: string };

/** An outcome: there is nothing to upload, or no way to. */
export async function placeFor(file: File, ctx: ConnectorCtx): Promise<Place | Outcome> {
  const noted = await notedPlace(file, ctx);
  if (noted) return noted;
  const copy = await findCopy(file, ctx);
  if (copy) return copy;
  const folder = await liveFolder(ctx);
  if (!folder.ok) return folder;
  const generated = await ask(
    ctx,
    withQuery(`${driveUrl}/files/generateIds`, { count: '1', space: 'drive', type: 'files' }),
  );
  if (!generated.ok) return generated.failed;
  const { ids } = generated.body;
  const id: unknown = Array.isArray(ids) ? ids[0] : undefined;
  if (typeof id !== 'string') return { ok: false, kind: 'unknown', code: 'unreadable_answer' };
  const place: Place = { sha256: file.sha256, id, folder: folder.id };
  await ctx.save(place);
  return place;
}

export async function notedPlace({ sha256 }: File, ctx: ConnectorCtx): Promise<Place | null> {
  const { id, folder, session, ...rest } = objectIn(await ctx.saved()) ?? {};
  if (rest['sha256'] !== sha256 || typeof id !== 'string' || typeof folder !== 'string') return null;
  return { sha256, id, folder, ...(typeof session === 'string' ? { session } : {}) };
}
