import type { ConnectorCtx, Failed, Op, Outcome } from '#kit';
import { callApi } from './api.ts';
import { markOf } from './deliver.ts';
import { isChannel, type Kind, type Options } from './manifest.ts';
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
  const ref = await ctx.ref(op.key);
  if (op.kind === 'message' && ref && placeOf(ref).ts !== null) return 'absent';
  const { channel } = op.body as Body; // As `plan` made it.
  const mayLook = op.kind === 'message' && ctx.scopes.has('channels:history') && isChannel(channel);
  const asked = mayLook ? askedAt(await ctx.saved()) : null;
  return asked === null ? cannotKnow : look(op.key, channel, asked, ctx);
}

const cannotKnow: Failed = {
  ok: false,
  kind: 'permanent',
  code: 'unknown_outcome',
  fix: 'Slack did not say whether this message arrived, and it is not sent twice. Look in the channel; if it is not there, retry.',
};

function askedAt(note: unknown): Date | null {
  const at = isData(note) ? Date.parse(text(note, 'askedAt') ?? '') : Number.NaN;
  return Number.isFinite(at) ? new Date(at) : null;
}

/** A minute before, for clocks that differ, to two after: our own deadline has long passed then. */
async function look(key: string, channel: string, asked: Date, ctx: Ctx): Promise<Outcome | 'absent'> {
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
    const ts = tsOf(list(answer.body, 'messages').filter(isData), key);
    if (ts !== null) return { ok: true, applied: 'created', ref: refOf({ channel, ts }, ctx.facts) };
    if (answer.body['has_more'] !== true) return 'absent';
    cursor = text(answer.body, 'response_metadata.next_cursor');
    if (cursor === undefined) return cannotKnow;
  }
  return cannotKnow;
}

function tsOf(messages: readonly Data[], key: string): string | null {
  const mark = markOf(key);
  const found = messages.find(
    (message) =>
      text(message, 'metadata.event_type') === mark.event_type &&
      text(message, 'metadata.event_payload.op') === mark.event_payload.op,
  );
  return (found && text(found, 'ts')) ?? null;
}
