import type { Hono } from 'hono';
import type { Ports } from '#src/context';

/** Where vendors send to. Loaded with the first message: an isolate that gets none needs none of it. */
export function inboundRoutes(app: Hono, ports: Ports, unproved: (request: Request) => void): void {
  const take = async (request: Request, id: string, connectionId: string | null): Promise<Response> => {
    const { takeInbound } = await import('./take-inbound.ts');
    return takeInbound(ports, request, { id, connectionId, unproved: () => unproved(request) });
  };
  app.post('/v1/inbound/:connector', (c) => take(c.req.raw, c.req.param('connector'), null));
  app.post('/v1/inbound/:connector/:connection', (c) =>
    take(c.req.raw, c.req.param('connector'), c.req.param('connection')),
  );
}
