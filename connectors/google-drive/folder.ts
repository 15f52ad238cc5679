/**
 * The folder of our own, found by a mark that only this app can read; so the user may rename it, move it within their
 * drive, or throw it away, and then a new one is made.
 */
import type { ConnectorCtx, Facts, Failed } from '#kit';
import { ask, driveUrl, jsonType, withQuery } from './ask.ts';
import { objectIn } from './errors.ts';

const folderType = 'application/vnd.google-apps.folder';

export async function setUp(ctx: ConnectorCtx): Promise<{ ok: true; facts: Facts } | Failed> {
  const found = await ask(
    ctx,
    withQuery(`${driveUrl}/files`, {
      q: `appProperties has { key='patchbay' and value='deliverables' } and mimeType='${folderType}' and trashed=false`,
      fields: 'files(id,webViewLink)',
      orderBy: 'createdTime',
      pageSize: '1',
      spaces: 'drive',
    }),
  );
  if (!found.ok) return found.failed;
  const { files } = found.body;
  const first = Array.isArray(files) ? objectIn(files[0]) : null;
  if (first) return factsOf(first);
  const made = await ask(ctx, withQuery(`${driveUrl}/files`, { fields: 'id,webViewLink' }), {
    method: 'POST',
    headers: jsonType,
    body: JSON.stringify({
      name: 'Patchbay deliverables',
      mimeType: folderType,
      appProperties: { patchbay: 'deliverables' },
    }),
  });
  return made.ok ? factsOf(made.body) : made.failed;
}

/** The id of the folder; another one where the user has deleted it, since what is put into the bin goes with it. */
export async function liveFolder(ctx: ConnectorCtx): Promise<{ ok: true; id: string } | Failed> {
  const known = ctx.facts['folder_id'];
  if (typeof known === 'string') {
    const answer = await ask(ctx, withQuery(`${driveUrl}/files/${known}`, { fields: 'id,trashed' }));
    if (answer.ok && answer.body['trashed'] === false) return { ok: true, id: known };
    if (!answer.ok && answer.status !== 404) return answer.failed;
  }
  const made = await setUp(ctx);
  if (!made.ok) return made;
  // The next manifest looks there at once, and the user sees the folder that there is.
  await ctx.learn(made.facts);
  return { ok: true, id: String(made.facts['folder_id']) };
}

function factsOf({
  id,
  webViewLink,
}: Readonly<Record<string, unknown>>): { ok: true; facts: Facts } | Failed {
  if (typeof id !== 'string') return { ok: false, kind: 'unknown', code: 'unreadable_answer' };
  return {
    ok: true,
    facts: { folder_id: id, ...(typeof webViewLink === 'string' ? { folder_url: webViewLink } : {}) },
  };
}
