import type { StandIn } from '../conformance/index.ts';

type Card = { title: string; text: string; lane: string };
type Note = { text: string; ref: string };

/** Pinwall, a vendor that does not exist: walls of cards that have ids of ours, and notes that have not. */
export function pinwall(scopes: ReadonlySet<string>): StandIn {
  const walls = new Map<string, string>();
  const cards = new Map<string, Card & { version: number }>();
  const notes: Note[] = [];

  const routes: readonly [
    RegExp,
    string,
    (found: string[], body: unknown, query: URLSearchParams) => Response,
  ][] = [
    [/^GET \/v1\/me$/, 'me:read', () => Response.json({ account: 'Luna & Daughters' })],
    [/^GET \/v1\/lanes$/, 'cards:write', () => Response.json({ lanes })],
    [
      /^GET \/v1\/walls$/,
      'walls:write',
      () => Response.json({ walls: [...walls].map(([id, name]) => ({ id, name })) }),
    ],
    [
      /^POST \/v1\/walls$/,
      'walls:write',
      (_, body) => {
        const id = `wall-${walls.size + 1}`;
        walls.set(id, (body as { name: string }).name);
        return Response.json({ id }, { status: 201 });
      },
    ],
    [
      /^PUT \/v1\/walls\/([\w-]+)\/cards\/(\w+)$/,
      'cards:write',
      ([wall = '', id = ''], body) => {
        if (!walls.has(wall)) return refused(404, 'no_wall');
        const version = (cards.get(id)?.version ?? 0) + 1;
        cards.set(id, { ...(body as Card), version });
        return Response.json({ id, version });
      },
    ],
    [
      /^DELETE \/v1\/walls\/[\w-]+\/cards\/(\w+)$/,
      'cards:write',
      ([id = '']) => (cards.delete(id) ? new Response(null, { status: 204 }) : refused(404, 'no_card')),
    ],
    [
      /^GET \/v1\/walls\/[\w-]+\/notes$/,
      'notes:write',
      (_, __, query) => {
        const found = notes.flatMap(({ ref }, index) =>
          ref === query.get('ref') ? [{ id: `note-${index}` }] : [],
        );
        return Response.json({ notes: found });
      },
    ],
    [
      /^POST \/v1\/walls\/[\w-]+\/notes$/,
      'notes:write',
      (_, body) => Response.json({ id: `note-${notes.push(body as Note) - 1}` }, { status: 201 }),
    ],
    [/^GET \/v1\/changes$/, 'me:read', () => Response.json({ changes: [], cursor: 'c1' })],
    [/^DELETE \/v1\/hook$/, 'me:read', () => refused(404, 'no_hook')],
  ];

  return {
    objects: () => [
      ...[...walls.values()].map((name) => ({ wall: name })),
      ...[...cards.values()].map(({ version: _, ...card }) => card),
      ...notes.map(({ text }) => ({ note: text })),
    ],
    async answer(request) {
      const { pathname, searchParams } = new URL(request.url);
      if (!request.headers.get('authorization')?.startsWith('Bearer ')) return refused(401, 'no_token');
      for (const [route, scope, act] of routes) {
        const found = route.exec(`${request.method} ${pathname}`);
        if (!found) continue;
        if (!scopes.has(scope)) return refused(403, 'missing_scope');
        const text = await request.text();
        return act(found.slice(1), text === '' ? null : JSON.parse(text), searchParams);
      }
      return refused(404, 'no_route');
    },
  };
}

const refused = (status: number, error: string): Response => Response.json({ error }, { status });

const lanes = [
  { id: 'todo', label: 'To do' },
  { id: 'doing', label: 'Doing' },
];
