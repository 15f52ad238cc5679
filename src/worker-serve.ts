import type { ExecutionContext } from '@cloudflare/workers-types';
import { createPagesApp } from './app.ts';
import { type Bindings, eachMinute, openOr, openPorts } from './worker-ports.ts';

type PagesHub = { app: ReturnType<typeof createPagesApp>; noteUse(): Promise<void> };

/** A Worker that serves pages for people and nothing else. */
export function servePages(pages: Parameters<typeof createPagesApp>[1]) {
  /** As in worker.ts. */
  const hubs = new WeakMap<Bindings, PagesHub>();
  const open = async (bindings: Bindings): Promise<PagesHub> => {
    const known = hubs.get(bindings);
    if (known) return known;
    const { ports } = await openPorts(bindings);
    const opened = {
      app: createPagesApp(ports, pages),
      noteUse: eachMinute(ports, () => ports.usage.flush()),
    };
    hubs.set(bindings, opened);
    return opened;
  };
  return {
    async fetch(request: Request, bindings: Bindings, context: ExecutionContext): Promise<Response> {
      const hub = await openOr(() => open(bindings));
      if (hub instanceof Response) return hub;
      context.waitUntil(hub.noteUse());
      return hub.app.fetch(request, { peer: request.headers.get('cf-connecting-ip') ?? '' });
    },
  };
}
