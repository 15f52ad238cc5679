/** Google’s own client and our connector: the same requests over the wire, each of them in Google’s specification. */
import { auth, calendar, type calendar_v3 } from '@googleapis/calendar';
import { http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ConnectorCtx, Facts, Op, Ref } from '#kit';
import { connector } from '../../connectors/google-calendar/index.ts';
import { type Kind, type Options, scope } from '../../connectors/google-calendar/manifest.ts';
import type { Entry } from '../../connectors/google-calendar/plan.ts';
import { type GoogleCalendar, googleCalendar } from '../../connectors/google-calendar/stand-in.ts';
import { eventsOf, startedAt } from './conformance/events.ts';
import { readSpecification } from './conformance/specification.ts';

type Sent = { method: string; path: string; query: string; ifMatch: string | null; body: unknown };

const token = 'fake-access-token-of-google';
const options: Options = { requests: true, contact: true };
const specification = readSpecification('google-calendar-v3.trim.openapi.json');
const [confirmed, moved, cancelled] = eventsOf([
  { type: 'booking.confirmed' },
  { type: 'booking.rescheduled' },
  { type: 'booking.cancelled' },
]).map((event) => connector.plan(event, options, {})[0] as Op<Kind>);

describe('the same request as Google’s own client', () => {
  const state: { google: GoogleCalendar; sent: Sent[]; complaints: string[] } = {
    google: googleCalendar(new Set([scope])),
    sent: [],
    complaints: [],
  };
  const server = setupServer(
    http.all('https://www.googleapis.com/*', async ({ request }) => {
      state.complaints.push(...(await specification.complain(request.clone())));
      state.sent.push(await sentOf(request.clone()));
      return state.google.answer(request);
    }),
  );
  beforeAll(() => server.listen());
  afterAll(() => server.close());
  beforeEach(() => {
    state.google = googleCalendar(new Set([scope]));
    state.complaints = [];
  });

  /** What is sent by `act`, to a Google as it stands at that moment. */
  async function sentBy(act: () => Promise<unknown>): Promise<Sent[]> {
    state.sent = [];
    await act().catch((error: unknown) => {
      // Their client throws what Google refuses.
      if (!(error instanceof Error && 'status' in error)) throw error;
    });
    return state.sent.splice(0);
  }
  const theirs = client().events;

  test('the calendar is made and watched, and the channel is stopped', async () => {
    const made: { facts: Facts } = { facts: {} };
    const ours = await sentBy(async () => {
      const set = await connector.setUp!(ctxOf());
      made.facts = set.ok ? set.facts : {};
      await connector.tearDown!(ctxOf({ facts: made.facts }));
    });
    const [insert, watch, stop, stopBefore] = ours.map(({ body }) => body as Record<string, string>);
    state.google = googleCalendar(new Set([scope]));
    const google = client();
    const same = await sentBy(async () => {
      const { data } = await google.calendars.insert({ requestBody: { ...insert } });
      await google.events.watch({ calendarId: data.id!, requestBody: { ...watch } });
      await google.channels.stop({ requestBody: { ...stop } });
      await google.channels.stop({ requestBody: { ...stopBefore } });
    });
    expect(ours).toEqual(same);
    expect(ours.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /calendar/v3/calendars',
      'POST /calendar/v3/calendars/c1%40group.calendar.google.com/events/watch',
      'POST /calendar/v3/channels/stop',
      'POST /calendar/v3/channels/stop',
    ]);
    expect(watch).toMatchObject({ type: 'web_hook', token: 'fake-channel-token' });
    expect(state.complaints).toEqual([]);
  });

  test('an entry is made, moved under its etag, read and taken away', async () => {
    const { facts, calendarId } = await setUp();
    const refs = new Map<string, Ref>();
    const run = async (op: Op<Kind>) => {
      const outcome = await connector.deliver(op, ctxOf({ facts, refs }));
      if (outcome.ok && outcome.ref) refs.set(op.key, outcome.ref);
      expect(outcome).toMatchObject({ ok: true });
    };
    const ours = await sentBy(async () => {
      await run(confirmed!);
      await run(moved!);
      await connector.reconcile!(moved!, ctxOf({ facts, refs }));
      await run(cancelled!);
    });
    const eventId = [...refs.values()][0]!.id;
    state.google = googleCalendar(new Set([scope]));
    await setUp();
    const quiet = { calendarId, sendUpdates: 'none' };
    const same = await sentBy(async () => {
      const { data } = await theirs.insert({
        ...quiet,
        requestBody: { ...(confirmed!.body as Entry), id: eventId },
      });
      await theirs.update(
        { ...quiet, eventId, requestBody: { ...(moved!.body as Entry), id: eventId } },
        { headers: { 'If-Match': data.etag! } },
      );
      await theirs.get({ calendarId, eventId });
      await theirs.delete({ ...quiet, eventId });
    });
    expect(ours).toEqual(same);
    expect(ours.map(({ method }) => method)).toEqual(['POST', 'PUT', 'GET', 'DELETE']);
    expect(state.complaints).toEqual([]);
  });

  test('changes are asked for from the beginning, and by the sync token', async () => {
    const { facts, calendarId } = await setUp();
    const ours = await sentBy(async () => {
      const { cursor } = await connector.sync!(undefined, ctxOf({ facts }));
      await connector.sync!(cursor, ctxOf({ facts }));
    });
    const asked = ours.filter(({ method }) => method === 'GET');
    const fields = new URLSearchParams(asked[0]?.query).get('fields')!;
    const same = await sentBy(async () => {
      const { data } = await theirs.list({ calendarId, maxResults: 250, fields });
      await theirs.list({ calendarId, maxResults: 250, fields, syncToken: data.nextSyncToken! });
    });
    expect(asked).toEqual(same);
    expect(state.complaints).toEqual([]);
  });

  async function setUp() {
    const made = await connector.setUp!(ctxOf());
    if (!made.ok) throw new Error(made.code);
    return { facts: made.facts, calendarId: String(made.facts['calendar']) };
  }
});

function client(): calendar_v3.Calendar {
  const oauth = new auth.OAuth2();
  oauth.setCredentials({ access_token: token });
  return calendar({ version: 'v3', auth: oauth, retry: false });
}

/** As the hub’s, over the real `fetch`, which msw answers. */
const ctxOf = ({
  facts = {},
  refs,
}: { facts?: Facts; refs?: Map<string, Ref> } = {}): ConnectorCtx<Options> => ({
  fetch: (url, { method, headers, body } = {}) =>
    fetch(url, {
      method: method ?? 'GET',
      headers: { ...headers, authorization: `Bearer ${token}` },
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    }),
  connectionId: 'con_1',
  options,
  facts,
  scopes: new Set([scope]),
  now: () => startedAt,
  ref: (key) => Promise.resolve(refs?.get(key)),
  saved: () => Promise.resolve(undefined),
  save: () => Promise.resolve(),
  link: (path) => `https://hub.example${path}`,
  inboundUrl: 'https://hub.example/v1/inbound/google-calendar/con_1',
  inboundSecret: 'fake-channel-token',
  learn: () => Promise.resolve(),
});

async function sentOf(request: Request): Promise<Sent> {
  const url = new URL(request.url);
  url.searchParams.sort();
  const text = await request.text();
  return {
    method: request.method,
    path: url.pathname,
    query: url.search,
    ifMatch: request.headers.get('if-match'),
    body: text === '' ? null : JSON.parse(text),
  };
}
