import type { Context, Hono, MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';

/** A browser asks once for each address and form of request, and no oftener than this. */
const maxAge = 7_200;

const forTokens = {
  origin: '*',
  maxAge,
  allowHeaders: ['Authorization', 'Content-Type', 'DPoP', 'Idempotency-Key', 'If-Match', 'If-None-Match'],
  exposeHeaders: [
    'DPoP-Nonce',
    'ETag',
    'Location',
    'RateLimit',
    'RateLimit-Policy',
    'Retry-After',
    'WWW-Authenticate',
    'X-Request-Id',
  ],
};

/**
 * What answers pages of other origins: what is public, and what takes a token or a code that the page itself holds. Never
 * with credentials, so that a visit to a strange page lends it no cookie. Pages for people, the staff API, registration and
 * introspection stay closed. Preflights carry no token (Fetch §4.8) and are answered before anybody asks for one.
 */
export function openToOtherOrigins(app: Hono): void {
  // What they ask with is of no account: some send the version of their protocol.
  const forAll = cors({ origin: '*', maxAge, allowMethods: ['GET', 'HEAD'] });
  for (const path of ['/.well-known/*', '/oauth/jwks', '/openapi.json']) app.use(path, preflighted(forAll));
  // A public client in a browser: PKCE, and DPoP with a key that never leaves it.
  const forClients = cors({ ...forTokens, allowMethods: ['POST'] });
  for (const path of ['/oauth/par', '/oauth/token', '/oauth/revoke']) app.use(path, preflighted(forClients));
  app.use('/v1/*', preflighted(cors({ ...forTokens, allowMethods: methodsOf })));
}

/** Publishing takes a service token, which is never in a page. */
const methodsOf = (_: string, { req }: Context): string[] =>
  req.path === '/v1/events' ? ['GET', 'HEAD'] : ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** hono's answers every OPTIONS. One that is no preflight is a method like any other, which nothing here takes. */
const preflighted =
  (middleware: MiddlewareHandler): MiddlewareHandler =>
  (c, next) =>
    c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') === undefined
      ? next()
      : middleware(c, next);
