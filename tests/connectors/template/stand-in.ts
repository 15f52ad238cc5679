import type { StandIn } from '#kit/conformance';

/** Template's API, as far as we use it. */
export function vendor(scopes: ReadonlySet<string>): StandIn {
  const cards = new Map<string, unknown>();
  return {
    objects: () => [...cards.values()],
    async answer(request) {
      const { pathname } = new URL(request.url);
      const isAbout = (needed: string, method: string, path: string) =>
        request.method === method && pathname.startsWith(path) && scopes.has(needed);
      const id = pathname.split('/').at(-1) ?? '';
      if (!request.headers.has('authorization')) return refused(401, 'no_token');
      if (isAbout('profile:read', 'GET', '/v1/me')) return Response.json({ name: 'Luna & Daughters' });
      if (isAbout('cards:write', 'PUT', '/v1/cards/')) {
        const status = cards.has(id) ? 200 : 201;
        cards.set(id, await request.json());
        return Response.json({ id }, { status });
      }
      if (isAbout('cards:write', 'DELETE', '/v1/cards/'))
        return cards.delete(id) ? new Response(null, { status: 204 }) : refused(404, 'no_card');
      return refused(403, 'missing_scope');
    },
  };
}

const refused = (status: number, code: string): Response => Response.json({ code }, { status });
