/**
 * The composition for Cloudflare Workers. A request writes to D1 and puts a wake on the queue; the queue's consumer
 * sends; the cron finds whatever no wake was left for. Whatever is lost on the way, the rows in D1 are not.
 */
import type { ExecutionContext, MessageBatch, ScheduledController } from '@cloudflare/workers-types';
import { asPatchbayError, problemResponse } from './app.ts';
import type { Wake } from './adapters/queue-cloudflare.ts';
import { operatorPath } from './operator.ts';
import { type Bindings, type EdgeHub, openEdgeHub } from './worker-hub.ts';
import { consume, tend } from './worker-invocations.ts';
import { openOr } from './worker-ports.ts';

/** Pages are other Workers' (worker-pages.ts, worker-console.ts); whatever else there is, is of the API. */
const isPage = /^\/(?:(portal)|admin(?!\/v1(?:\/|$)))(?:\/|$)/;

/** One hub an isolate. What opens it belongs to its own invocation alone, so two that begin together open two. */
const hubs = new WeakMap<Bindings, EdgeHub>();

async function open(bindings: Bindings): Promise<EdgeHub> {
  const known = hubs.get(bindings);
  if (known) return known;
  const opened = await openEdgeHub(bindings);
  hubs.set(bindings, opened);
  return opened;
}

export default {
  async fetch(request: Request, bindings: Bindings, context: ExecutionContext): Promise<Response> {
    const { pathname } = new URL(request.url);
    const [page, isPortal] = isPage.exec(pathname) ?? [];
    if (page !== undefined) return pageOf(isPortal ? bindings.PAGES : bindings.CONSOLE, request);
    const edge = await openOr(() => open(bindings));
    if (edge instanceof Response) return edge;
    context.waitUntil(edge.noteUse());
    if (pathname === operatorPath && edge.operate) return operated(edge, edge.operate, request);
    const peer = request.headers.get('cf-connecting-ip') ?? '';
    return edge.app.fetch(request, { peer });
  },

  async queue(batch: MessageBatch<Wake>, bindings: Bindings): Promise<void> {
    const { hub, ...edge } = await open(bindings);
    const wakes = batch.messages.map(({ body }) => body);
    if (batch.queue.endsWith('-dead')) {
      // Nothing is lost with them, the sweep looks at every row; but something keeps failing, and somebody should look.
      hub.log.error('queue.dead', 'wakes that failed every time', { wakes: JSON.stringify(wakes) });
      return;
    }
    await consume({ hub, ...edge }, wakes, batch.queue.endsWith('-slow'));
    await edge.noteUse();
  },

  async scheduled(_: ScheduledController, bindings: Bindings): Promise<void> {
    const edge = await open(bindings);
    await tend(edge);
    await edge.noteUse();
  },
};

/** The Worker's types and the DOM's have each their own `Request`, of one thing: hence the cast. */
const pageOf = (worker: Bindings['PAGES'], request: Request): Promise<Response> =>
  (worker as unknown as { fetch: (request: Request) => Promise<Response> }).fetch(request);

async function operated(
  { hub }: EdgeHub,
  operate: NonNullable<EdgeHub['operate']>,
  request: Request,
): Promise<Response> {
  const requestId = hub.ids.newId('req');
  try {
    return Response.json(await operate(request));
  } catch (error) {
    return problemResponse(asPatchbayError(hub, error, requestId), requestId);
  }
}
