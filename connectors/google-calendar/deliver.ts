/**
 * One booking is one entry, whose id we choose (RFC 4648 base32hex of a hash): a second try meets the first. Google does
 * not promise to notice the same id twice at once, so after silence it is asked before anything is sent again.
 */
import { type ConnectorCtx, type Op, type Outcome, stableId } from '#kit';
import { type Answer, type Body, deleteEvent, insertEvent, readEvent, updateEvent } from './api.ts';
import { failed, reasonOf } from './errors.ts';
import type { Kind, Options } from './manifest.ts';
import type { Entry } from './plan.ts';

type Ctx = ConnectorCtx<Options>;

/** `Ref.version` of an entry that we have taken away ourselves. */
export const removed = 'removed';

export async function deliver(op: Op<Kind>, ctx: Ctx): Promise<Outcome> {
  const id = await stableId(ctx.connectionId, op.key);
  if (op.kind === 'removal') return remove(ctx, id);
  const entry = op.body as Entry; // As `plan` made it.
  const known = await ctx.ref(op.key);
  if (known?.version === undefined || known.version === removed) return insert(ctx, id, entry);
  const answer = await updateEvent(ctx, calendarOf(ctx), id, { ...entry, id }, known.version);
  if (answer.status === 200) return written(answer, id, 'updated', ctx);
  // 412: somebody has changed it at Google. 404: it was purged, or its calendar was.
  if (answer.status === 412) return takeOver(ctx, id, entry);
  return answer.status === 404 ? insert(ctx, id, entry) : failed(answer, ctx.now(), 'write');
}

async function insert(ctx: Ctx, id: string, entry: Entry): Promise<Outcome> {
  const answer = await insertEvent(ctx, calendarOf(ctx), { ...entry, id });
  if (answer.status === 200) return written(answer, id, 'created', ctx);
  // It is there: from a try whose answer was lost, or deleted, for ids stay taken.
  return answer.status === 409 ? takeOver(ctx, id, entry) : failed(answer, ctx.now(), 'write');
}

/** What the user added stays: their reminders and colour, their guests. What is ours is ours. */
async function takeOver(ctx: Ctx, id: string, entry: Entry): Promise<Outcome> {
  const found = await readEvent(ctx, calendarOf(ctx), id);
  const etag = found.body?.['etag'];
  if (found.status !== 200 || typeof etag !== 'string') return failed(found, ctx.now(), 'read');
  const answer = await updateEvent(ctx, calendarOf(ctx), id, { ...theirs(found.body), ...entry, id }, etag);
  return answer.status === 200
    ? written(answer, id, found.body?.['status'] === 'cancelled' ? 'created' : 'updated', ctx)
    : failed(answer, ctx.now(), 'write');
}

const kept = ['attendees', 'colorId', 'reminders', 'visibility', 'guestsCanInviteOthers', 'guestsCanModify'];
const theirs = (event: Body | null): Body =>
  Object.fromEntries(Object.entries(event ?? {}).filter(([name]) => kept.includes(name)));

async function remove(ctx: Ctx, id: string): Promise<Outcome> {
  const answer = await deleteEvent(ctx, calendarOf(ctx), id);
  const ref = { id, version: removed };
  if (answer.status === 204) return { ok: true, applied: 'deleted', ref };
  // Never made, taken away before, or with its whole calendar: it is not there.
  if (answer.status === 404 || answer.status === 410) return { ok: true, applied: 'unchanged', ref };
  return failed(answer, ctx.now(), 'write');
}

/** A 200 that does not show our entry is no proof of it. */
function written(answer: Answer, id: string, applied: 'created' | 'updated', ctx: Ctx): Outcome {
  const { body } = answer;
  if (body?.['id'] !== id || typeof body['etag'] !== 'string') return failed(answer, ctx.now(), 'write');
  return { ok: true, applied, ref: refOf(id, body) };
}

function refOf(id: string, body: Body) {
  const [version, url] = [body['etag'], body['htmlLink']];
  return {
    id,
    ...(typeof version === 'string' ? { version } : {}),
    ...(typeof url === 'string' && url.startsWith('https://') ? { url } : {}),
  };
}

/** Reads alone. An entry says itself which event it is as of. */
export async function reconcile(op: Op<Kind>, ctx: Ctx): Promise<Outcome | 'absent'> {
  const id = await stableId(ctx.connectionId, op.key);
  const found = await readEvent(ctx, calendarOf(ctx), id);
  const isThere = found.status === 200 && found.body?.['id'] === id && found.body['status'] !== 'cancelled';
  const isGone =
    (found.status === 200 && found.body?.['status'] === 'cancelled') ||
    (found.status === 404 && reasonOf(found) !== null) ||
    found.status === 410;
  if (!isThere && !isGone) return failed(found, ctx.now(), 'read');
  if (op.kind === 'removal')
    return isGone ? { ok: true, applied: 'deleted', ref: { id, version: removed } } : 'absent';
  if (isGone || sequenceOf(found.body) !== op.seq) return 'absent';
  return { ok: true, applied: 'updated', ref: refOf(id, found.body ?? {}) };
}

export function sequenceOf(event: Body | null): number {
  const { private: own } = (event?.['extendedProperties'] ?? {}) as { private?: Record<string, unknown> };
  return Number(own?.['patchbay_sequence'] ?? Number.NaN);
}

export const undo = ({ key, seq }: { key: string; seq: number }): Op<Kind> => ({
  key,
  seq: seq + 1,
  kind: 'removal',
  body: null,
});

/** Empty before `setUp`. */
export function calendarOf({ facts }: Pick<ConnectorCtx, 'facts'>): string {
  const { calendar } = facts;
  return typeof calendar === 'string' ? calendar : '';
}
