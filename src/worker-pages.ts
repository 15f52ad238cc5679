/**
 * The second Worker: the pages for people, to whom the first hands over whatever is not of the API, and the Durable
 * Objects of both. It depends on nothing of the first, so it is deployed before it (docs/decisions/0013-two-workers.md).
 */
import type { ExecutionContext } from '@cloudflare/workers-types';
import { consoleRoutes } from '#src/console';
import { portalRoutes } from '#src/portal';
import { createPagesApp } from './app.ts';
import { type Bindings, eachMinute, openOr, openPorts } from './worker-ports.ts';

export { GateObject } from './adapters/gate-durable-object.ts';
export { PaceObject } from './adapters/pace-durable-object.ts';

type PagesHub = { app: ReturnType<typeof createPagesApp>; noteUse(): Promise<void> };

/** As in worker.ts. */
const hubs = new WeakMap<Bindings, PagesHub>();

async function open(bindings: Bindings): Promise<PagesHub> {
  const known = hubs.get(bindings);
  if (known) return known;
  const { ports } = await openPorts(bindings);
  const app = createPagesApp(ports, (...given) => {
    portalRoutes(...given);
    consoleRoutes(...given);
  });
  const opened = { app, noteUse: eachMinute(ports, () => ports.usage.flush()) };
  hubs.set(bindings, opened);
  return opened;
}

export default {
  async fetch(request: Request, bindings: Bindings, context: ExecutionContext): Promise<Response> {
    const hub = await openOr(() => open(bindings));
    if (hub instanceof Response) return hub;
    context.waitUntil(hub.noteUse());
    return hub.app.fetch(request, { peer: request.headers.get('cf-connecting-ip') ?? '' });
  },
};
