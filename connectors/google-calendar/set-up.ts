import type { Connected, ConnectorCtx, Facts, Failed, Health } from '#kit';
import { makeCalendar, readCalendar } from './api.ts';
import { openChannel, stopChannels } from './channel.ts';
import { calendarOf } from './deliver.ts';
import { failed } from './errors.ts';
import { scope } from './manifest.ts';

type Ctx = ConnectorCtx<unknown>;

/** Google tells nobody whose account it is for this scope, and more we do not ask for. */
export const connected = (): Connected => ({ account: { id: '', label: 'Google Calendar' }, facts: {} });

/**
 * One calendar of our own, found again by what the connection remembers. Where the answer to its making is lost an empty
 * one stays behind: Google gives calendars their ids itself, and this scope lists none.
 */
export async function setUp(ctx: Ctx): Promise<{ ok: true; facts: Facts } | Failed> {
  const calendar = await ensureCalendar(ctx);
  if (typeof calendar !== 'string') return calendar;
  const resource = await openChannel(ctx, calendar);
  return { ok: true, facts: { calendar, ...(resource === null ? {} : { resource }) } };
}

async function ensureCalendar(ctx: Ctx): Promise<string | Failed> {
  const known = calendarOf(ctx);
  if (known !== '') {
    const found = await readCalendar(ctx, known);
    if (found.status === 200 && found.body?.['id'] === known) return known;
    if (found.status !== 404) return failed(found, ctx.now(), 'read');
  }
  const made = await makeCalendar(ctx, {
    summary: 'Bookings',
    description: 'Kept by Patchbay: entries follow their bookings.',
  });
  const id = made.body?.['id'];
  return made.status === 200 && typeof id === 'string' ? id : failed(made, ctx.now(), 'write');
}

export async function health(ctx: Ctx): Promise<Health> {
  // Google lets people untick a scope on its page.
  if (!ctx.scopes.has(scope))
    return {
      ok: false,
      missingScopes: [scope],
      failure: { ok: false, kind: 'auth', next: 'reconnect', code: 'missing_scope' },
    };
  // Nothing that could be asked about: what is left to be done is `setUp`.
  if (calendarOf(ctx) === '') return { ok: true };
  const found = await readCalendar(ctx, calendarOf(ctx));
  const { id, summary } = found.body ?? {};
  if (found.status === 200 && id === calendarOf(ctx))
    return { ok: true, ...(typeof summary === 'string' ? { account: summary } : {}) };
  return { ok: false, failure: failed(found, ctx.now(), 'read') };
}

export const tearDown = (ctx: Ctx): Promise<void> => stopChannels(ctx, calendarOf(ctx));
