/** What is remembered of a message whose fate is not known yet, and the mark by which it is found again. */
import type { ConnectorCtx, Op } from '#kit';
import { type Data, isData, number, text } from './read.ts';
import { addressOf, type Place } from './ref.ts';

export type Note = {
  /** Just before it was sent. */
  askedAt: Date | null;
  /** Where it stands after all, in an older state: it is edited instead of posted. */
  found: Place | null;
};

export async function noteOf(ctx: Pick<ConnectorCtx, 'saved'>): Promise<Note> {
  const note = await ctx.saved();
  if (!isData(note)) return { askedAt: null, found: null };
  const at = Date.parse(text(note, 'askedAt') ?? '');
  const found = text(note, 'found');
  return { askedAt: Number.isFinite(at) ? new Date(at) : null, found: found ? addressOf(found) : null };
}

export function keepNote(ctx: Pick<ConnectorCtx, 'save'>, { askedAt, found }: Note): Promise<void> {
  return ctx.save({
    askedAt: askedAt?.toISOString() ?? null,
    found: found ? `${found.channel}/${found.ts}` : null,
  });
}

/** As `metadata` of the message: Slack keeps it beside the text, and gives it back. */
export const markOf = ({ key, seq }: Pick<Op, 'key' | 'seq'>) => ({
  event_type: 'patchbay_op',
  event_payload: { op: key, seq },
});

/** The revision that this message shows of that op; null: it is no message of it. */
export function markedSeq(message: Data, key: string): number | null {
  const isOurs =
    text(message, 'metadata.event_type') === 'patchbay_op' &&
    text(message, 'metadata.event_payload.op') === key;
  return isOurs ? (number(message, 'metadata.event_payload.seq') ?? null) : null;
}
