/** The few calls of Google Calendar v3 that this connector makes. */
import { type ConnectorCtx, readObject } from '#kit';

type Ctx = Pick<ConnectorCtx, 'fetch'>;
export type Body = Readonly<Record<string, unknown>>;
/** `body`: null where the answer is no JSON object. */
export type Answer = { status: number; headers: Headers; body: Body | null };

const base = 'https://www.googleapis.com/calendar/v3';
/** Nobody is written to: what happens at the marketplace is told by the marketplace. */
const quietly = '?sendUpdates=none';

export const makeCalendar = (ctx: Ctx, calendar: Body): Promise<Answer> =>
  send(ctx, 'POST', '/calendars', calendar);
export const readCalendar = (ctx: Ctx, calendar: string): Promise<Answer> =>
  send(ctx, 'GET', `/calendars/${part(calendar)}`);

export const insertEvent = (ctx: Ctx, calendar: string, event: Body): Promise<Answer> =>
  send(ctx, 'POST', `${events(calendar)}${quietly}`, event);
export const readEvent = (ctx: Ctx, calendar: string, id: string): Promise<Answer> =>
  send(ctx, 'GET', `${events(calendar)}/${part(id)}`);
/** Replaces it whole where it is still as `etag` says; 412 where somebody changed it. A deleted one comes back. */
export const updateEvent = (
  ctx: Ctx,
  calendar: string,
  id: string,
  event: Body,
  etag: string,
): Promise<Answer> =>
  send(ctx, 'PUT', `${events(calendar)}/${part(id)}${quietly}`, event, { 'if-match': etag });
export const deleteEvent = (ctx: Ctx, calendar: string, id: string): Promise<Answer> =>
  send(ctx, 'DELETE', `${events(calendar)}/${part(id)}${quietly}`);

/** Alone in the answer: what a decline is read from. */
const fields =
  'nextPageToken,nextSyncToken,items(id,status,attendees(self,responseStatus),extendedProperties/private)';
export const listEvents = (
  ctx: Ctx,
  calendar: string,
  from: Readonly<Record<string, string>>,
): Promise<Answer> =>
  send(ctx, 'GET', `${events(calendar)}?${new URLSearchParams({ maxResults: '250', ...from, fields })}`);
export const watchEvents = (ctx: Ctx, calendar: string, channel: Body): Promise<Answer> =>
  send(ctx, 'POST', `${events(calendar)}/watch`, channel);
export const stopChannel = (ctx: Ctx, channel: Body): Promise<Answer> =>
  send(ctx, 'POST', '/channels/stop', channel);

const part = (text: string): string => encodeURIComponent(text);
const events = (calendar: string): string => `/calendars/${part(calendar)}/events`;

async function send(
  ctx: Ctx,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: Body,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await ctx.fetch(`${base}${path}`, {
    method,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, headers: response.headers, body: await readObject(response) };
}
