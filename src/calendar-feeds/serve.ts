/**
 * `GET /calendar/<secret>.ics`: what a calendar program fetches, which can send no header of ours. The secret is a token
 * like any other, so its row, its epochs, its caps and those of its account are judged in one step, and an address that
 * sends secrets which are none is soon not listened to. 404 for what was never a feed, 410 for one that has ended: then
 * programs stop asking.
 */
import { eq } from 'drizzle-orm';
import type { Hono } from 'hono';
import { type Authenticator, readerOf } from '#src/access';
import type { Ctx, Ports } from '#src/context';
import { type ErrorCode, PatchbayError } from '#src/errors';
import type { LimitFields } from '#src/limits';
import { hasAlready } from '#src/wire';
import { bookingEvent } from './booking-event.ts';
import { writeCalendar } from './icalendar.ts';
import { readBookings } from './read-bookings.ts';

type Guard = {
  addressOf(request: Request): string;
  idOf(request: Request): string;
  answerWith(request: Request, fields: LimitFields): void;
};

/** Google asks when it likes, Apple and Outlook as often as they are told. */
const refreshAfter = 'PT1H';

/** HEAD answers as GET does, without the calendar. */
export function calendarRoute(app: Hono, hub: Ports & { authenticator: Authenticator }, guard: Guard): void {
  app.get('/calendar/:file', async ({ req }) => {
    const request = req.raw;
    const address = guard.addressOf(request);
    const secret = req.param('file').replace(/\.ics$/, '');
    const { caller, limits } = await entered(hub, secret, address);
    guard.answerWith(request, limits);
    return calendarAnswer({ ...hub, caller, requestId: guard.idOf(request) }, request);
  });
}

async function entered(hub: { authenticator: Authenticator }, secret: string, address: string) {
  try {
    const authorization = `Bearer ${secret}`;
    return await hub.authenticator.authenticate({ authorization, method: 'GET', address, opens: 'calendar' });
  } catch (error) {
    const told = error instanceof PatchbayError ? words[error.code] : undefined;
    throw told ? new PatchbayError(told.code, { public: told.public, cause: error }) : error;
  }
}

const never = { code: 'not_found', public: 'There is no calendar at this address.' } as const;
const ended = { code: 'gone', public: 'This calendar has ended. Its account can make a new one.' } as const;
/** A 401 would make calendar programs ask people for a password. */
const words: Partial<Record<ErrorCode, { code: ErrorCode; public: string }>> = {
  unauthenticated: never,
  token_malformed: never,
  token_revoked: ended,
  token_expired: ended,
};

async function nameOf({ store, caller }: Ctx): Promise<string> {
  const { tokens } = store.tables;
  const [row] = await store.db
    .select({ label: tokens.label })
    .from(tokens)
    .where(eq(tokens.id, caller.tokenId))
    .limit(1);
  return row?.label ?? '';
}

async function calendarAnswer(ctx: Ctx, request: Request): Promise<Response> {
  const bookings = await readBookings(ctx, await readerOf(ctx));
  const events = bookings.map(bookingEvent);
  const text = writeCalendar(await nameOf(ctx), refreshAfter, events);
  const etag = `"${ctx.digest.sha256(text).slice(0, 32)}"`;
  const lastMs = Math.max(0, ...events.map(({ revisedAt }) => revisedAt.getTime()));
  const headers = {
    'content-type': 'text/calendar; charset=utf-8',
    'content-disposition': 'inline; filename="bookings.ics"',
    'cache-control': 'private, no-cache',
    'x-robots-tag': 'noindex',
    etag,
    // For people. What is asked by it alone is answered whole: a booking that is not shown any more has no date.
    ...(lastMs > 0 ? { 'last-modified': new Date(lastMs).toUTCString() } : {}),
  };
  return hasAlready(request, etag)
    ? new Response(null, { status: 304, headers })
    : new Response(text, { headers });
}
