import type { Hono } from 'hono';
import { compress } from 'hono/compress';
import { html } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { Ctx, Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import {
  endedCookie,
  enterSession,
  isOpenLoopback,
  readSessionCookie,
  requireSameOrigin,
  type Session,
} from '#src/sessions';
import { type Assets, type Form, goTo, Page, pageHeaders, readForm } from '#src/ui';
import { accountPath, home, signInPath, withQuery } from './paths.ts';
import { navOf } from './nav.ts';
import { toastOf } from './toasts.ts';
import { WhoIsIn } from './who.tsx';

/** A page to show, or where to go instead. */
export type Shown = { title: string; body: Child; status?: number; refreshTo?: string; cookie?: string };
export type Gone = { to: string; cookie?: string };
export type Answered = Shown | Gone;

/** A person in front of a page, for an account: what every page gets. */
export type Visit = {
  ctx: Ctx;
  session: Session;
  request: Request;
  query: URLSearchParams;
  param: (name: string) => string;
};

/** The part of an app that takes routes. */
export type Routes = Pick<Hono, 'get' | 'post' | 'on' | 'use'>;
export type Portal = {
  app: Routes;
  ports: Ports;
  assets: Assets;
  idOf: (request: Request) => string;
  /** Any thrown error, as one that may be told. */
  tell: (error: unknown, requestId: string) => PatchbayError;
  /** Where the process stays to hold them; null elsewhere. */
  streams: Streams | null;
};
/** Streams that are open. `enter` gives a way out, to be taken once or more; null where there is no room. */
export type Streams = { enter(sessionId: string): (() => void) | null; isStopping: () => boolean };

type Show = (visit: Visit) => Promise<Answered>;
type Do = (visit: Visit & { form: Form }) => Promise<Answered>;
type Stranger = { request: Request; query: URLSearchParams };

/** A page for somebody who acts for an account; who does not is led there first. */
export function page(portal: Portal, path: string, show: Show): void {
  portal.app.get(path, async (c) =>
    answer(portal, c.req.raw, async (visited) => {
      const visit = await visitOf(portal, visited, (name) => c.req.param(name) ?? '');
      return 'to' in visit ? visit : show(visit);
    }),
  );
}

/** What a form of ours asks to be done: from a page of ours, with the session's key. */
export function deed(portal: Portal, path: string, run: Do): void {
  portal.app.post(path, async (c) =>
    answer(portal, c.req.raw, async (visited) => {
      requireSameOrigin(c.req.raw);
      const visit = await visitOf(portal, visited, (name) => c.req.param(name) ?? '');
      if ('to' in visit) return visit;
      const form = await readForm(c.req.raw);
      requireFormKey(visit.session, form);
      return run({ ...visit, form });
    }),
  );
}

/** For who is not signed in, or is about to choose an account. */
export function open(
  portal: Portal,
  method: 'get' | 'post',
  path: string,
  run: (stranger: Stranger, session: Session | null) => Promise<Answered>,
): void {
  portal.app.on(method.toUpperCase(), path, async (c) =>
    answer(portal, c.req.raw, async (visited) => {
      if (method === 'post') requireSameOrigin(c.req.raw);
      const { searchParams: query } = new URL(c.req.url);
      const entered = await enter(portal, visited);
      return run({ request: c.req.raw, query }, entered?.session ?? null);
    }),
  );
}

export function requireFormKey({ formKey }: Session, form: Form): void {
  if (form.one('form_key') === formKey) return;
  throw new PatchbayError('forbidden', {
    public:
      'This form is from before you signed in, or not from here. Nothing was done: open the page again.',
  });
}

export const compressed = (app: Routes): void => {
  for (const path of [home, `${home}/*`, '/ui/*']) app.use(path, compress());
};

/** Filled in while a request is answered, so that an error's page knows who is there. */
type Visited = { request: Request; session: Session | null; isSignedOut: boolean };

async function enter({ ports }: Portal, visited: Visited) {
  const secret = readSessionCookie(ports.settings, visited.request);
  const entered = secret === null ? null : await enterSession(ports, secret, visited.request.method);
  visited.session = entered?.session ?? null;
  visited.isSignedOut = secret !== null && entered === null;
  return entered;
}

async function visitOf(
  portal: Portal,
  visited: Visited,
  param: (name: string) => string,
): Promise<Visit | Gone> {
  const { request } = visited;
  const url = new URL(request.url);
  // No text of PostgreSQL holds it.
  if (`${url.pathname}${url.search}`.includes('%00'))
    throw new PatchbayError('invalid_parameter', {
      public: 'The address holds a character that nobody types.',
    });
  const entered = await enter(portal, visited);
  const next = request.method === 'GET' ? url.pathname + url.search : null;
  if (!entered) return { to: withQuery(signInPath, { next }) };
  const { session, caller } = entered;
  if (!caller) return { to: withQuery(accountPath, { next }) };
  const ctx = { ...portal.ports, caller, requestId: portal.idOf(request) };
  return { ctx, session, request, query: url.searchParams, param };
}

/** For what is no page: null for who would be led elsewhere first. Throws as `enterSession`. */
export async function visitorOf(
  portal: Portal,
  request: Request,
  param: (name: string) => string,
): Promise<Visit | null> {
  const visit = await visitOf(portal, { request, session: null, isSignedOut: false }, param);
  return 'to' in visit ? null : visit;
}

/** Whatever becomes of it, a person gets a page. */
async function answer(
  portal: Portal,
  request: Request,
  run: (visited: Visited) => Promise<Answered>,
): Promise<Response> {
  const visited: Visited = { request, session: null, isSignedOut: false };
  // What fails while it is drawn is told like what fails while it is made.
  const answered = await run(visited)
    .then(async (made) => ('to' in made ? made : drawn(portal, visited, made)))
    .catch(async (error: unknown) => drawn(portal, visited, refusal(portal, request, error)));
  const ended = visited.isSignedOut ? { 'set-cookie': endedCookie(portal.ports.settings) } : {};
  if ('to' in answered)
    return goTo(answered.to, { ...ended, ...(answered.cookie ? { 'set-cookie': answered.cookie } : {}) });
  return new Response(answered.text, {
    status: answered.status,
    headers: { ...pageHeaders, ...answered.headers, ...ended },
  });
}

type Drawn = { text: string; status: number; headers: Record<string, string> };

async function drawn(portal: Portal, visited: Visited, shown: Shown): Promise<Drawn> {
  const { status = 200, refreshTo, cookie } = shown;
  const headers: Record<string, string> = {
    ...(refreshTo === undefined ? {} : { refresh: `0;url=${refreshTo}` }),
    ...(cookie === undefined ? {} : { 'set-cookie': cookie }),
  };
  return { text: await render(portal, visited, shown), status, headers };
}

async function render(portal: Portal, visited: Visited, { title, body }: Shown): Promise<string> {
  const { ports, assets } = portal;
  const { session, request } = visited;
  const { pathname, searchParams } = new URL(request.url);
  const frame = {
    assets,
    place: 'Portal',
    title,
    screen: {
      nowMs: ports.clock.ms(),
      timeZone: session?.account?.timeZone ?? 'UTC',
      formKey: session?.formKey ?? '',
    },
    home,
    nav: session?.account ? navOf(pathname) : [],
    who: session ? <WhoIsIn session={session} here={pathname} /> : null,
    banner: isOpenLoopback(ports.settings)
      ? 'Development: this hub speaks http, so sessions are not protected on the way.'
      : null,
    toast: toastOf(searchParams.get('done')),
  };
  return html`<!doctype html>${<Page frame={frame}>{body}</Page>}`;
}

function refusal(portal: Portal, request: Request, thrown: unknown): Shown {
  const error = portal.tell(thrown, portal.idOf(request));
  const isHere = error.status === 404;
  return {
    title: isHere ? 'Nothing is here' : 'That did not work',
    status: error.status,
    body: (
      <div class="stack form">
        <h1>{isHere ? 'Nothing is here' : 'That did not work'}</h1>
        <p>{error.publicText}</p>
        <p class="dim small">
          If you ask support, tell them <code>{portal.idOf(request)}</code>.
        </p>
        <p>
          <a class="button" href={home}>
            To the overview
          </a>
        </p>
      </div>
    ),
  };
}
