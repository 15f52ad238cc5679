import type { Hono } from 'hono';

/** The methods that an address takes, where it is one of the API's; empty where nothing is there. */
export function createMethods(app: Pick<Hono, 'routes'>): (path: string) => string[] {
  const routes = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`) }));
  return (path) =>
    [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort();
}
