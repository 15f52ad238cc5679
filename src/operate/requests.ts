import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Ports } from '#src/context';
import { withoutTokens } from '#src/errors';

export type Requests = {
  /** One id for the log, the audit trail, the problem document and the answer's `x-request-id`. */
  idOf(request: Request): string;
  /** The address that the connection came from: the host gives it as `peer` beside the request. */
  peerOf(request: Request): string;
  /** Header fields of the answer, whatever becomes of the request. */
  answerWith(request: Request, fields: Readonly<Record<string, string>>): void;
  /** One wide line a request. The path without its query, and without tokens: they may hold what is nobody's business. */
  line: MiddlewareHandler;
};

/** Asked all the time by machines; their answers are their own log. */
const quiet = new Set(['/healthz', '/readyz', '/metrics']);
/** A worker asks several times a second, and waits: only what goes wrong there is worth a line. */
const isQuiet = (path: string, status: number): boolean =>
  quiet.has(path) || (path.startsWith('/internal/') && status === 200);

export function createRequests({
  ids,
  clock,
  log,
  meter,
}: Pick<Ports, 'ids' | 'clock' | 'log' | 'meter'>): Requests {
  const known = new WeakMap<Request, string>();
  const peers = new WeakMap<Request, string>();
  const answers = new WeakMap<Request, Readonly<Record<string, string>>>();
  const idOf = (request: Request): string => {
    const id = known.get(request) ?? ids.newId('req');
    known.set(request, id);
    return id;
  };
  return {
    idOf,
    peerOf: (request) => peers.get(request) ?? '',
    answerWith: (request, fields) => void answers.set(request, fields),
    line: async (c, next) => {
      const startedAt = clock.ticks();
      const { peer } = (c.env ?? {}) as { peer?: string }; // What the composition hands to `fetch`.
      if (peer) peers.set(c.req.raw, peer);
      await next();
      for (const [name, value] of Object.entries(answers.get(c.req.raw) ?? {})) c.header(name, value);
      const id = idOf(c.req.raw);
      c.header('x-request-id', id);
      if (isQuiet(c.req.path, c.res.status)) return;
      const ms = Math.round(clock.ticks() - startedAt);
      const { method, path } = c.req;
      const status = c.res.status;
      // The pattern, not the path: a metric with an id in its labels never ends.
      meter.observe('request_ms', ms, { method, route: routePath(c, -1), status: String(status) });
      log.info('request', { request: id, method, path: told(path), status, ms });
    },
  };
}

/** As it came, where no token is in it, however it is escaped. */
function told(path: string): string {
  const plain = path.includes('%') ? decoded(path) : path;
  const safe = withoutTokens(plain);
  return safe === plain ? path : safe;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
