import type { Hono } from 'hono';
import { html } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { isOpenLoopback, readSessionCookie, requireSameOrigin } from '#src/sessions';
import {
  declareStaffRoute,
  enterStaff,
  type Permission,
  requirePermission,
  type Staff,
  type StaffCtx,
} from '#src/staff';
import { type Assets, type Form, goTo, Page, pageHeaders, readForm, withQuery } from '#src/ui';
import { ElevationNotice } from './elevation-notice.tsx';
import { navOf } from './nav.ts';
import { apiPath, home } from './paths.ts';
import { Refused } from './refused.tsx';
import { toastOf } from './toasts.ts';
import { WhoIsIn } from './who.tsx';

/** A page to show, or where to go instead. `refreshSeconds`: without script it asks again. */
export type Shown = { title: string; body: Child; status?: number; refreshSeconds?: number };
export type Answered = Shown | { to: string };

/** A member of staff in front of a page. */
export type Visit = {
  ctx: StaffCtx;
  staff: Staff;
  query: URLSearchParams;
  param: (name: string) => string;
};
export type Console = {
  app: Pick<Hono, 'get' | 'post' | 'all'>;
  ports: Ports;
  assets: Assets;
  idOf: (request: Request) => string;
  /** Any thrown error, as one that may be told. */
  tell: (error: unknown, requestId: string) => PatchbayError;
};

/** Its permissions stand beside the page, as beside every route for staff; null: any member of staff. */
type Declared = { path: string; permission: Permission | null; also?: Permission };

export function page(desk: Console, declared: Declared, show: (visit: Visit) => Promise<Answered>): void {
  declareStaffRoute(desk.app, { method: 'GET', ...declared });
  desk.app.get(declared.path, (c) =>
    answer(desk, c.req.raw, async (seen) =>
      show(await visitOf(desk, seen, declared, (name) => idIn(c.req.param(name)))),
    ),
  );
}

/** What a form of ours asks to be done: from a page of ours, with the session's key. */
export function deed(
  desk: Console,
  declared: Declared,
  run: (visit: Visit & { form: Form }) => Promise<Answered>,
): void {
  declareStaffRoute(desk.app, { method: 'POST', ...declared });
  desk.app.post(declared.path, (c) =>
    answer(desk, c.req.raw, async (seen) => {
      const visit = await visitOf(desk, seen, declared, (name) => idIn(c.req.param(name))).catch(
        async (error: unknown) => {
          // An elevation ends while somebody writes: what they wrote is handed back.
          if (error instanceof PatchbayError && error.code === 'elevation_needed') {
            requireSameOrigin(c.req.raw);
            seen.written = writtenIn(await readForm(c.req.raw));
          }
          throw error;
        },
      );
      requireSameOrigin(c.req.raw);
      const form = await readForm(c.req.raw);
      if (form.one('form_key') !== visit.staff.via.formKey)
        throw new PatchbayError('forbidden', {
          public:
            'This form is from before you signed in, or not from here. Nothing was done: open the page again.',
        });
      return run({ ...visit, form });
    }),
  );
}

/** Whatever else is asked for under this roof, but for the API: nothing is here, for staff as for everybody. */
export function nothingElse(desk: Console): void {
  desk.app.all(`${home}/*`, async (c, next) => {
    if (c.req.path === apiPath || c.req.path.startsWith(`${apiPath}/`)) return next();
    return answer(desk, c.req.raw, async (seen) => {
      await visitOf(desk, seen, { path: '', permission: null }, () => '');
      throw nothingHere();
    });
  });
}

/** Filled in while a request is answered, so that an error's page knows who is there. */
type Seen = { request: Request; staff: Staff | null; needs: Permission | null; written: string[] };

const writtenIn = (form: Form): string[] =>
  ['note', 'suspend_note', 'label'].map((name) => form.one(name)).filter(Boolean);

class SignInFirst extends Error {}
const nothingHere = () =>
  new PatchbayError('not_found', { public: 'There is no such page, or it is not yours.' });

/** Whatever has a page has an id of this form. */
function idIn(text: string | undefined): string {
  if (text !== undefined && /^[a-z]{3}_[a-z0-9_-]{1,100}$/.test(text)) return text;
  throw nothingHere();
}

async function visitOf(
  { ports, idOf }: Console,
  seen: Seen,
  { permission, also }: Declared,
  param: Visit['param'],
): Promise<Visit> {
  const { request } = seen;
  const secret = readSessionCookie(ports.settings, request);
  if (secret === null) throw new SignInFirst();
  const staff = await enterStaff(ports, { secret, method: request.method }).catch((error: unknown) => {
    if (!(error instanceof PatchbayError)) throw error;
    if (error.code === 'unauthenticated') throw new SignInFirst();
    // Who is no staff learns nothing of what there is here.
    throw error.code === 'forbidden' ? nothingHere() : error;
  });
  seen.staff = staff;
  for (const one of [permission, also ?? null]) {
    if (one === null) continue;
    seen.needs = one;
    requirePermission(staff, one);
  }
  const { searchParams: query } = new URL(request.url);
  // No text of PostgreSQL holds it.
  if (query.toString().includes('%00'))
    throw new PatchbayError('invalid_parameter', {
      public: 'The address holds a character that nobody types.',
    });
  return { ctx: { ...ports, staff, requestId: idOf(request) }, staff, query, param };
}

/** Whatever becomes of it, a person gets a page. */
async function answer(
  desk: Console,
  request: Request,
  run: (seen: Seen) => Promise<Answered>,
): Promise<Response> {
  const seen: Seen = { request, staff: null, needs: null, written: [] };
  try {
    const made = await run(seen);
    // What fails while it is drawn is told like what fails while it is made.
    return 'to' in made ? goTo(made.to) : await drawn(desk, seen, made);
  } catch (error) {
    if (error instanceof SignInFirst) return goTo(signInFor(request));
    const told = desk.tell(error, desk.idOf(request));
    return drawn(desk, seen, refusalOf(told, seen, desk.idOf(request)));
  }
}

function signInFor({ method, url }: Request): string {
  const { pathname, search } = new URL(url);
  return withQuery('/portal/sign-in', { next: method === 'GET' ? pathname + search : home });
}

async function drawn(desk: Console, seen: Seen, shown: Shown): Promise<Response> {
  return new Response(await render(desk, seen, shown), { status: shown.status ?? 200, headers: pageHeaders });
}

async function render({ ports, assets }: Console, { request, staff }: Seen, shown: Shown): Promise<string> {
  const { pathname, searchParams } = new URL(request.url);
  const frame = {
    assets,
    place: 'Console',
    title: shown.title,
    screen: { nowMs: ports.clock.ms(), timeZone: 'UTC', formKey: staff?.via.formKey ?? '' },
    home: staff ? home : '/',
    nav: staff ? navOf(pathname, staff) : [],
    who: staff ? <WhoIsIn staff={staff} /> : null,
    banner: isOpenLoopback(ports.settings)
      ? 'Development: this hub speaks http, so sessions are not protected on the way.'
      : null,
    notice: staff?.elevation ? <ElevationNotice elevation={staff.elevation} here={pathname} /> : null,
    toast: toastOf(searchParams.get('done')),
    refreshSeconds: shown.refreshSeconds,
  };
  return html`<!doctype html>${<Page frame={frame}>{shown.body}</Page>}`;
}

function refusalOf(error: PatchbayError, { request, staff, needs, written }: Seen, requestId: string): Shown {
  return {
    title: error.status === 404 ? 'Nothing is here' : 'That did not work',
    status: error.status,
    body: (
      <Refused
        error={error}
        staff={staff}
        needs={needs}
        written={written}
        back={backOf(request)}
        requestId={requestId}
      />
    ),
  };
}

/** Where a refused person goes on: the page itself, or the page that a form was on. */
function backOf({ method, url, headers }: Request): string {
  const from = method === 'GET' ? url : (headers.get('referer') ?? '');
  const path = URL.canParse(from) ? new URL(from).pathname : '';
  return path.startsWith(`${home}/`) ? path : home;
}
