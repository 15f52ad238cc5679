/**
 * Google Calendar v3 as far as this connector uses it: ids that we choose and that stay taken, etags, deleted entries that
 * still tell what they were, sync tokens, channels.
 */
import type { StandIn } from '#kit/conformance';
import { scope } from './manifest.ts';

type Body = Record<string, unknown>;
type Event = Body & { id: string; etag: string; status: string };
type Calendar = { summary: string; events: Map<string, Event> };

/** With what a test looks at, and what a person does there by hand. */
export type GoogleCalendar = StandIn & {
  calendars: Map<string, Calendar>;
  channels: Map<string, { resourceId: string; token: string; address: string }>;
  /** Deletes an entry, or changes it, as its owner in Google Calendar. */
  byHand(eventId: string, change: Body | 'delete'): void;
};

export function googleCalendar(scopes: ReadonlySet<string>): GoogleCalendar {
  const calendars = new Map<string, Calendar>();
  const channels: GoogleCalendar['channels'] = new Map();
  const log: string[] = [];

  const put = (calendar: Calendar, id: string, body: Body): Event => {
    log.push(id);
    const event = {
      status: 'confirmed',
      ...body,
      id,
      etag: `"${log.length}"`,
      htmlLink: `https://www.google.com/calendar/event?eid=${id}`,
    };
    calendar.events.set(id, event);
    return event;
  };
  const erase = (calendar: Calendar, event: Event) =>
    void put(calendar, event.id, { ...event, status: 'cancelled' });

  function onCalendar(request: Request, id: string, rest: string, query: URLSearchParams, body: Body) {
    const calendar = calendars.get(id);
    if (!calendar) return refused(404, 'notFound');
    if (rest === '') return ok({ id, summary: calendar.summary });
    if (rest === '/events/watch') return watch(id, body);
    if (rest === '/events')
      return request.method === 'POST' ? insert(calendar, body) : list(calendar, query.get('syncToken'));
    return onEvent(request, calendar, rest.slice('/events/'.length), body);
  }

  function insert(calendar: Calendar, body: Body): Response {
    const id = body['id'];
    if (typeof id !== 'string' || !/^[a-v0-9]{5,1024}$/.test(id)) return refused(400, 'invalid');
    if (body['iCalUID'] !== undefined) return refused(400, 'invalid');
    return calendar.events.has(id) ? refused(409, 'duplicate') : ok(put(calendar, id, body));
  }

  function onEvent(request: Request, calendar: Calendar, id: string, body: Body): Response {
    const event = calendar.events.get(id);
    if (!event) return refused(404, 'notFound');
    if (request.method === 'GET') return ok(event);
    if (request.method === 'DELETE') {
      if (event.status === 'cancelled') return refused(410, 'deleted');
      erase(calendar, event);
      return new Response(null, { status: 204 });
    }
    const etag = request.headers.get('if-match');
    if (etag !== null && etag !== event.etag) return refused(412, 'conditionNotMet');
    return ok(put(calendar, id, body));
  }

  function list(calendar: Calendar, syncToken: string | null): Response {
    const since = syncToken === null ? 0 : Number(syncToken);
    if (!Number.isInteger(since) || since < 0) return refused(410, 'fullSyncRequired');
    const changed = new Set(syncToken === null ? calendar.events.keys() : log.slice(since));
    const items = [...calendar.events.values()].filter(
      ({ id, status }) => changed.has(id) && (syncToken !== null || status !== 'cancelled'),
    );
    return ok({ items, nextSyncToken: String(log.length) });
  }

  function watch(calendar: string, { id, address, token }: Body): Response {
    if (channels.has(String(id))) return refused(400, 'channelIdNotUnique');
    if (!String(address).startsWith('https://')) return refused(400, 'push.webhookUrlNotHttps');
    channels.set(String(id), {
      resourceId: `events of ${calendar}`,
      token: String(token),
      address: String(address),
    });
    return ok({ kind: 'api#channel', id, resourceId: `events of ${calendar}` });
  }

  function stop({ id, resourceId }: Body): Response {
    if (channels.get(String(id))?.resourceId !== resourceId) return refused(404, 'notFound');
    channels.delete(String(id));
    return new Response(null, { status: 204 });
  }

  return {
    calendars,
    channels,
    // A calendar without an entry is not counted: Google gives its id itself and this scope lists none, so one more may be
    // left by an answer that was lost (README.md).
    objects: () =>
      [...calendars.values()].flatMap(({ summary, events }) =>
        [...events.values()]
          .filter(({ status }) => status !== 'cancelled')
          .map(({ id: _, etag: __, htmlLink: ___, ...event }) => ({ calendar: summary, ...event })),
      ),
    byHand(eventId, change) {
      for (const calendar of calendars.values()) {
        const event = calendar.events.get(eventId);
        if (!event) continue;
        if (change === 'delete') erase(calendar, event);
        else put(calendar, eventId, { ...event, ...change });
      }
    },
    async answer(request) {
      const { pathname, searchParams } = new URL(request.url);
      if (!request.headers.get('authorization')?.startsWith('Bearer ')) return refused(401, 'authError');
      if (!scopes.has(scope)) return refused(403, 'insufficientPermissions');
      const text = await request.text();
      const body = (text === '' ? {} : JSON.parse(text)) as Body;
      const path = pathname.replace('/calendar/v3', '');
      if (path === '/channels/stop') return stop(body);
      if (path === '/calendars') {
        const id = `c${calendars.size + 1}@group.calendar.google.com`;
        calendars.set(id, { summary: String(body['summary']), events: new Map() });
        return ok({ id, summary: body['summary'] });
      }
      const [, id = '', rest = ''] = /^\/calendars\/([^/]+)(\/.*)?$/.exec(path) ?? [];
      return onCalendar(request, decodeURIComponent(id), rest, searchParams, body);
    },
  };
}

const ok = (body: Body): Response => Response.json(body);

/** As Google writes its refusals. */
export const refusalOf = (code: number, reason: string): Body => ({
  error: {
    code,
    message: `It is ${reason}.`,
    errors: [{ domain: 'global', reason, message: `It is ${reason}.` }],
  },
});
const refused = (status: number, reason: string): Response =>
  Response.json(refusalOf(status, reason), { status });
