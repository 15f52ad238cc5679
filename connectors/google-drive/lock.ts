/**
 * Drive locks the content of a file that is there, not of one that comes in; so the lock is an op of its own. It keeps a
 * hand from slipping, and its owner may lift it: what proves a copy is its hash.
 */
import type { ConnectorCtx, Op, Outcome, Ref } from '#kit';
import { ask, driveUrl, jsonType, withQuery } from './ask.ts';
import { objectIn } from './errors.ts';
import type { Kind, LockBody } from './plan.ts';

export async function lock(op: Op<Kind>, ctx: ConnectorCtx): Promise<Outcome> {
  const file = await archivedBy(op, ctx);
  if (!file) return { ok: false, kind: 'transient', code: 'not_archived_yet', slow: 'call' };
  const answer = await ask(ctx, addressOf(file), {
    method: 'PATCH',
    headers: jsonType,
    body: JSON.stringify({
      contentRestrictions: [
        { readOnly: true, ownerRestricted: true, reason: 'Archived by Patchbay: what was accepted' },
      ],
    }),
  });
  if (answer.ok) return { ok: true, applied: 'updated', ref: { id: file.id } };
  return answer.status === 404 ? copyGone : answer.failed;
}

export async function reconcileLock(op: Op<Kind>, ctx: ConnectorCtx): Promise<Outcome | 'absent'> {
  const file = await archivedBy(op, ctx);
  if (!file) return 'absent';
  const answer = await ask(ctx, addressOf(file));
  if (!answer.ok) return answer.status === 404 ? copyGone : answer.failed;
  const { contentRestrictions } = answer.body;
  const isLocked =
    Array.isArray(contentRestrictions) &&
    contentRestrictions.some((one) => objectIn(one)?.['readOnly'] === true);
  return isLocked ? { ok: true, applied: 'updated', ref: { id: file.id } } : 'absent';
}

const archivedBy = ({ body }: Op<Kind>, ctx: ConnectorCtx): Promise<Ref | undefined> =>
  ctx.ref((body as LockBody).archive); // `plan` made it.

const addressOf = ({ id }: Ref): string =>
  withQuery(`${driveUrl}/files/${id}`, { fields: 'id,contentRestrictions' });

const copyGone: Outcome = {
  ok: false,
  kind: 'permanent',
  code: 'copy_gone',
  fix: 'The archived manifest was deleted from Drive before it could be locked. Replay the event to archive it again.',
};
