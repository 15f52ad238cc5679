/**
 * Declines: an entry of ours that its owner deletes, or answers with no. Asked of Google by its sync token, so each change
 * is read once; whether a decline goes anywhere is for the account to switch on.
 */
import { type ConnectorCtx, type IntentDraft, NoAnswer, Resync, type Synced } from '#kit';
import { type Answer, type Body, listEvents } from './api.ts';
import { openChannel, periodOf } from './channel.ts';
import { calendarOf, removed, sequenceOf } from './deliver.ts';
import { failed } from './errors.ts';
import { keyOf } from './plan.ts';

type Ctx = ConnectorCtx<unknown>;
/** `page`: where the listing stands. `period`: of the channel that is open. */
type Cursor = { token?: string; page?: string; period?: number };

export async function sync(cursor: string | undefined, ctx: Ctx): Promise<Synced> {
  const { token, page, period } = read(cursor);
  const answer = await listEvents(ctx, calendarOf(ctx), {
    ...(token === undefined ? {} : { syncToken: token }),
    ...(page === undefined ? {} : { pageToken: page }),
  });
  const { items, next, nextToken } = listed(answer, ctx);
  // Without a token it is the list of what is there: the beginning, and no change.
  const intents = token === undefined ? [] : await declines(items, ctx);
  const now = periodOf(ctx.now());
  if (next === undefined && period !== now) await openChannel(ctx, calendarOf(ctx));
  return {
    intents,
    cursor: JSON.stringify(
      next === undefined ? { token: nextToken, period: now } : { token, page: next, period },
    ),
    hasMore: next !== undefined,
  };
}

function read(cursor: string | undefined): Cursor {
  // What is read here was written here.
  return cursor === undefined ? {} : (JSON.parse(cursor) as Cursor);
}

function listed(answer: Answer, ctx: Ctx): { items: Body[]; next?: string; nextToken?: string } {
  const { status, body } = answer;
  if (status === 410) throw new Resync('Google has forgotten the sync token');
  const { items, nextPageToken, nextSyncToken } = body ?? {};
  const next = typeof nextPageToken === 'string' ? nextPageToken : undefined;
  const nextToken = typeof nextSyncToken === 'string' ? nextSyncToken : undefined;
  if (status !== 200 || (next === undefined && nextToken === undefined))
    throw new NoAnswer(failed(answer, ctx.now(), 'read').code, false);
  return {
    items: Array.isArray(items) ? (items as Body[]) : [],
    ...(next === undefined ? {} : { next }),
    ...(nextToken === undefined ? {} : { nextToken }),
  };
}

async function declines(items: readonly Body[], ctx: Ctx): Promise<IntentDraft[]> {
  const found: IntentDraft[] = [];
  for (const item of items) {
    const subject = subjectOf(item);
    if (subject === null || !isDeclined(item)) continue;
    const made = await ctx.ref(keyOf(subject));
    // What we took away ourselves nobody has declined; what we never made is not ours to read.
    if (made === undefined || made.version === removed || made.id !== item['id']) continue;
    // Once for each revision of the booking, however often Google tells of it.
    const key = `${made.id}:${sequenceOf(item)}`;
    found.push({ kind: 'booking.respond', key, subject, response: 'decline' });
  }
  return found;
}

/** A deleted entry still tells what it was: its calendar is ours, so it is the organiser’s copy. */
function isDeclined({ status, attendees }: Body): boolean {
  if (status === 'cancelled') return true;
  if (!Array.isArray(attendees)) return false;
  return (attendees as { self?: unknown; responseStatus?: unknown }[]).some(
    (one) => one?.self === true && one.responseStatus === 'declined',
  );
}

function subjectOf({ extendedProperties }: Body): string | null {
  const { private: own } = (extendedProperties ?? {}) as { private?: Record<string, unknown> };
  const subject = own?.['patchbay_subject'];
  return typeof subject === 'string' && /^bookings\/[\w-]{1,100}$/.test(subject) ? subject : null;
}
