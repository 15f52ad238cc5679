import type { ConnectorCtx, Failed, Op, Outcome } from '#kit';
import { callApi } from './api.ts';
import { isChannel, type Kind, type Options } from './manifest.ts';
import { keepNote, markedSeq, noteOf } from './note.ts';
import type { Body } from './plan.ts';
import { type Data, isData, list, text } from './read.ts';
import { placeOf, refOf } from './ref.ts';

type Ctx = ConnectorCtx<Options>;

const minuteMs = 60_000;
// Apps outside Slack's Marketplace get 15 objects a call since 2025-05-29.
const pageSize = 15;
const maxPages = 4;

/**
 * Slack knows no key of ours. An edit may simply be done again. Whether a new message arrived can be looked up only with
 * `channels:history`; without it nobody knows, and a second message is worse than a question to the user.
 */
export async function reconcile(op: Op<Kind>, ctx: Ctx): Promise<Outcome | 'absent'> {
  if (op.kind === 'retract') return 'absent';
  if (op.kind === 'post') return cannotKnow;
  const [ref, { askedAt }] = [await ctx.ref(op.key), await noteOf(ctx)];
  if (askedAt === null && ref && placeOf(ref).ts !== null) return 'absent';
  const { channel } = op.body as Body; // As `plan` made it.
  if (askedAt === null || !ctx.scopes.has('channels:history') || !isChannel(channel)) return cannotKnow;
  const found = await look(op.key, channel, askedAt, ctx);
  if (found === 'absent' || 'ok' in found) return found;
  const place = { channel, ts: found.ts };
  if (found.seq >= op.seq) return { ok: true, applied: 'created', ref: refOf(place, ctx.facts) };
  // An event before this one got through: `deliver` makes of its message what this one says.
  await keepNote(ctx, { askedAt, found: place });
  return 'absent';
}

const cannotKnow: Failed = {
  ok: false,
  kind: 'permanent',
  code: 'unknown_outcome',
  fix: 'Slack did not say whether this message arrived, and it is not sent twice. Look in the channel; if it is not there, retry.',
};

type Found = { ts: string; seq: number };

/** A minute before, for clocks that differ, to two after: our own deadline has long passed then. */
async function look(key: string, channel: string, asked: Date, ctx: Ctx): Promise<Found | Failed | 'absent'> {
  const seconds = (at: number) => (at / 1000).toFixed(6);
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await callApi(ctx, {
      method: 'conversations.history',
      params: {
        channel,
        oldest: seconds(asked.getTime() - minuteMs),
        latest: seconds(asked.getTime() + 2 * minuteMs),
        inclusive: 'true',
        include_all_metadata: 'true',
        limit: String(pageSize),
        ...(cursor ? { cursor } : {}),
      },
    });
    // Of what people write nothing is kept: only our own mark is looked for.
    if (!answer.ok) return answer.kind === 'permanent' ? cannotKnow : answer;
    const found = foundIn(list(answer.body, 'messages').filter(isData), key);
    if (found) return found;
    if (answer.body['has_more'] !== true) return 'absent';
    cursor = text(answer.body, 'response_metadata.next_cursor');
    if (cursor === undefined) return cannotKnow;
  }
  return cannotKnow;
}

function foundIn(messages: readonly Data[], key: string): Found | null {
  for (const message of messages) {
    const [ts, seq] = [text(message, 'ts'), markedSeq(message, key)];
    if (ts !== undefined && seq !== null) return { ts, seq };
  }
  return null;
}
