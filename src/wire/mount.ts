import type { Context, Hono } from 'hono';
import * as z from 'zod';
import type { Ctx, Ports } from '#src/context';
import { type ErrorCode, PatchbayError } from '#src/errors';
import { checked, fieldErrors, readBody } from './body.ts';
import { parseStrictJson } from './strict-json.ts';

/** What `app.ts` puts before every route: who calls, proven, and the ports. */
export type Door = {
  app: Hono;
  /** Hears of every route, where the API is described (`#src/reference`). */
  tell?: (route: ToldRoute) => void;
  /** Authenticates and spends the caller's caps; throws 401, 403 or 429. */
  enter(request: Request): Promise<Ctx>;
};

type Shape = z.ZodObject | undefined;
type Out<S> = S extends z.ZodType ? z.output<S> : undefined;

export type RouteSpec<P extends Shape, Q extends Shape, B extends z.ZodType | undefined> = {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** OpenAPI's form: `/v1/subscriptions/{id}`. */
  path: string;
  /** The operation's id in the OpenAPI document: a verb and a noun. */
  id: string;
  tag: string;
  summary: string;
  description?: string;
  /** The scope that it takes; null where any valid token may. */
  scope: string | null;
  params?: P;
  query?: Q;
  body?: B;
  /** The body may be left out; it is then `{}`. */
  isBodyOptional?: boolean;
  maxBytes?: number;
  answers: Record<number, { description: string; schema?: z.ZodType }>;
  /** Beyond those that every route may answer. */
  errors?: ErrorCode[];
};

type AnySpec = Omit<RouteSpec<Shape, Shape, z.ZodType | undefined>, 'scope'>;
/** A route as data, whatever it takes. */
export type ToldRoute = AnySpec & Pick<Entrance<unknown>, 'security' | 'extensions'>;

export type Asked<P, Q, B, C = Ctx> = {
  ctx: C;
  request: Request;
  params: Out<P>;
  query: Out<Q>;
  body: Out<B>;
};
export type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

/** Who is let in to a route, and how the document tells it. */
export type Entrance<C> = Pick<Door, 'app' | 'tell'> & {
  /** Asked before anything is parsed: who may not come in learns nothing of what is asked. */
  enter(request: Request): Promise<C>;
  security: Record<string, string[]>[];
  /** Where letting in takes the body's very bytes: once they are read, nobody can read them again. */
  readBody?: (request: Request, maxBytes: number) => Promise<Uint8Array>;
  /** More of the operation, each name beginning with `x-`. */
  extensions?: Record<`x-${string}`, unknown>;
};

/** What any route with a token may answer. */
export const always: readonly ErrorCode[] = [
  'unauthenticated',
  'token_malformed',
  'token_expired',
  'token_revoked',
  'scope_missing',
  'suspended',
  'quota_exceeded',
  'abnormal_usage',
  'internal',
  'store_unavailable',
  'shutting_down',
];

/**
 * One route, served; and told, to be described. Parsing is ours and strict (see strict-json.ts), with the very schemas
 * that the document shows.
 */
export function mount<
  P extends Shape = undefined,
  Q extends Shape = undefined,
  B extends z.ZodType | undefined = undefined,
>(door: Door, spec: RouteSpec<P, Q, B>, handle: (asked: Asked<P, Q, B>) => Promise<Answer>): void {
  const { scope } = spec;
  const enter = async (request: Request): Promise<Ctx> => {
    const ctx = await door.enter(request);
    if (scope === null || ctx.caller.scopes.has(scope)) return ctx;
    throw new PatchbayError('scope_missing', {
      public: `This needs the scope ${scope}, which the token does not have.`,
    });
  };
  mountAt({ ...door, enter, security: [{ token: scope ? [scope] : [] }] }, spec, handle);
}

/** As `mount`, for whoever this entrance lets in. */
export function mountAt<
  C extends Pick<Ports, 'settings'>,
  P extends Shape = undefined,
  Q extends Shape = undefined,
  B extends z.ZodType | undefined = undefined,
>(
  entrance: Entrance<C>,
  spec: Omit<RouteSpec<P, Q, B>, 'scope'>,
  handle: (asked: Asked<P, Q, B, C>) => Promise<Answer>,
): void {
  const { app, tell, security, extensions } = entrance;
  tell?.({ ...spec, security, ...(extensions ? { extensions } : {}) });
  app.on(spec.method.toUpperCase(), servedPath(spec.path), async (c) => {
    const ctx = await entrance.enter(c.req.raw);
    const answer = await handle({
      ctx,
      request: c.req.raw,
      params: parsed(spec.params, c.req.param(), 'not_found') as Out<P>,
      query: parsed(spec.query ?? z.strictObject({}), queryOf(c), 'invalid_parameter') as Out<Q>,
      body: (await bodyOf(c, spec, ctx.settings.maxRequestBytes, entrance.readBody)) as Out<B>,
    });
    return respond(answer);
  });
}

/** `/v1/tokens/{id}` as the router spells it. */
export const servedPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

function parsed(
  schema: z.ZodType | undefined,
  value: unknown,
  code: 'not_found' | 'invalid_parameter',
): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  // An id of the wrong form names nothing, so it is answered like one that names nothing.
  if (code === 'not_found') throw new PatchbayError(code);
  const errors = fieldErrors(result.error);
  throw new PatchbayError(code, {
    public: errors.map((e) => `${e.pointer.slice(1) || 'query'}: ${e.detail}`).join(' '),
    errors,
  });
}

function queryOf(c: Context): Record<string, string> {
  // Not Hono's reading of it, which loses a parameter called `__proto__`.
  const query = new Map<string, string>();
  for (const [name, value] of new URL(c.req.url).searchParams) {
    if (query.has(name))
      throw new PatchbayError('invalid_parameter', { public: `The query has ${name} more than once.` });
    // As of bodies: no text of PostgreSQL holds it.
    if (value.includes('\0'))
      throw new PatchbayError('invalid_parameter', { public: `${name} contains the character NUL (%00).` });
    query.set(name, value);
  }
  return Object.fromEntries(query);
}

async function bodyOf(
  c: Context,
  spec: AnySpec,
  maxBytes: number,
  read: NonNullable<Entrance<unknown>['readBody']> = readBody,
): Promise<unknown> {
  if (!spec.body) return undefined;
  const isEmpty = c.req.raw.body === null || c.req.header('content-length') === '0';
  if (spec.isBodyOptional && isEmpty) return spec.body.parse({});
  const bytes = await read(c.req.raw, spec.maxBytes ?? maxBytes);
  return checked(spec.body, parseStrictJson(bytes).value);
}

export function respond({ status, body, headers }: Answer): Response {
  if (body === undefined) return new Response(null, { status, ...(headers ? { headers } : {}) });
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}
