import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import * as z from 'zod';
import type { Ctx } from '#src/context';
import { type ErrorCode, errorCodes, PatchbayError } from '#src/errors';
import { fieldErrors, parseBody } from './body.ts';

/** What `app.ts` puts before every route: who calls, proven, and the ports. */
export type Door = {
  app: OpenAPIHono;
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

export type Asked<P, Q, B> = { ctx: Ctx; request: Request; params: Out<P>; query: Out<Q>; body: Out<B> };
export type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

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
 * One route: told to the OpenAPI document and served. Parsing is ours and strict (see strict-json.ts), with the very
 * schemas that the document shows.
 */
export function mount<
  P extends Shape = undefined,
  Q extends Shape = undefined,
  B extends z.ZodType | undefined = undefined,
>(door: Door, spec: RouteSpec<P, Q, B>, handle: (asked: Asked<P, Q, B>) => Promise<Answer>): void {
  door.app.openAPIRegistry.registerPath(documented(spec));
  door.app.on(spec.method.toUpperCase(), spec.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (c) => {
    const ctx = await door.enter(c.req.raw);
    if (spec.scope !== null && !ctx.caller.scopes.has(spec.scope)) {
      throw new PatchbayError('scope_missing', {
        public: `This needs the scope ${spec.scope}, which the token does not have.`,
      });
    }
    const answer = await handle({
      ctx,
      request: c.req.raw,
      params: parsed(spec.params, c.req.param(), 'not_found') as Out<P>,
      query: parsed(spec.query ?? z.strictObject({}), queryOf(c), 'invalid_parameter') as Out<Q>,
      body: (await bodyOf(c, spec, ctx.settings.maxRequestBytes)) as Out<B>,
    });
    return respond(answer);
  });
}

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
  const query: Record<string, string> = {};
  for (const [name, values] of Object.entries(c.req.queries())) {
    if (values.length > 1)
      throw new PatchbayError('invalid_parameter', { public: `The query has ${name} more than once.` });
    query[name] = values[0] ?? '';
  }
  return query;
}

async function bodyOf(
  c: Context,
  spec: RouteSpec<Shape, Shape, z.ZodType | undefined>,
  maxBytes: number,
): Promise<unknown> {
  if (!spec.body) return undefined;
  const isEmpty = c.req.raw.body === null || c.req.header('content-length') === '0';
  if (spec.isBodyOptional && isEmpty) return spec.body.parse({});
  return parseBody(c.req.raw, spec.body, spec.maxBytes ?? maxBytes);
}

export function respond({ status, body, headers }: Answer): Response {
  if (body === undefined) return new Response(null, { status, ...(headers ? { headers } : {}) });
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
    request_id: z.string(),
    errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).optional(),
    'violated-policies': z.array(z.string()).optional().describe('Of `quota_exceeded`: which caps refused.'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem document.' });

/** The problem documents that a route may answer, one entry a status, each with its closed list of codes. */
export function problemAnswers(codes: readonly ErrorCode[]): [status: string, answer: object][] {
  const byStatus = Map.groupBy(new Set(codes), (code) => errorCodes[code].status);
  return [...byStatus].map(([status, list]) => [
    String(status),
    {
      description: list.map((code) => `\`${code}\`: ${errorCodes[code].title}.`).join(' '),
      content: { 'application/problem+json': { schema: problemSchema } },
    },
  ]);
}

function documented(spec: RouteSpec<Shape, Shape, z.ZodType | undefined>) {
  const codes = [
    ...always,
    ...(spec.params ? (['not_found'] as const) : []),
    ...(spec.body
      ? (['invalid_json', 'unsupported_media_type', 'body_too_large', 'validation_failed'] as const)
      : []),
    ...(spec.errors ?? []),
  ];
  const answers = Object.entries(spec.answers).map(([status, { description, schema }]): [string, object] => [
    status,
    schema ? { description, content: { 'application/json': { schema } } } : { description },
  ]);
  return createRoute({
    method: spec.method,
    path: spec.path,
    operationId: spec.id,
    tags: [spec.tag],
    summary: spec.summary,
    ...(spec.description ? { description: spec.description } : {}),
    security: [{ token: spec.scope ? [spec.scope] : [] }],
    request: {
      ...(spec.params ? { params: spec.params } : {}),
      ...(spec.query ? { query: spec.query } : {}),
      ...(spec.body
        ? { body: { required: !spec.isBodyOptional, content: { 'application/json': { schema: spec.body } } } }
        : {}),
    },
    responses: Object.fromEntries<object>([...answers, ...problemAnswers(codes)]),
  });
}
