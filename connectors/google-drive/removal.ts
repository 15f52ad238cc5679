/** Into the bin, where the user finds it for thirty days: they may have written into it. */
import type { ConnectorCtx, Outcome } from '#kit';
import { ask, driveUrl, jsonType, withQuery } from './ask.ts';
import type { RemovalBody } from './plan.ts';

const addressOf = ({ id }: RemovalBody): string =>
  withQuery(`${driveUrl}/files/${id}`, { fields: 'id,trashed' });

export async function remove(body: RemovalBody, ctx: ConnectorCtx): Promise<Outcome> {
  const answer = await ask(ctx, addressOf(body), {
    method: 'PATCH',
    headers: jsonType,
    body: JSON.stringify({ trashed: true }),
  });
  if (answer.ok) return answer.body['trashed'] === true ? gone : unreadable;
  return answer.status === 404 ? gone : answer.failed;
}

export async function isRemoved(body: RemovalBody, ctx: ConnectorCtx): Promise<Outcome | 'absent'> {
  const answer = await ask(ctx, addressOf(body));
  if (answer.ok) return answer.body['trashed'] === true ? gone : 'absent';
  return answer.status === 404 ? gone : answer.failed;
}

const gone = { ok: true, applied: 'deleted' } as const;
const unreadable = { ok: false, kind: 'unknown', code: 'unreadable_answer' } as const;
