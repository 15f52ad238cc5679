/**
 * The composition for Cloudflare Workers. A request writes to D1 and puts a wake on the queue; the queue's consumer
 * sends; the cron finds whatever no wake was left for. Whatever is lost on the way, the rows in D1 are not.
 */
import type { ExecutionContext, MessageBatch, ScheduledController } from '@cloudflare/workers-types';
import { PatchbayError } from '#src/errors';
import { asPatchbayError, problemResponse } from './app.ts';
import { createConsoleLog } from './adapters/log-console.ts';
import type { Wake } from './adapters/queue-cloudflare.ts';
import { operatorPath } from './operator.ts';
import { type Bindings, type EdgeHub, openEdgeHub } from './worker-hub.ts';
import { consume, tend } from './worker-invocations.ts';

export { GateObject } from './adapters/gate-durable-object.ts';
export { PaceObject } from './adapters/pace-durable-object.ts';

/** What needs no page. Whatever is missing here is answered all the same, by an app that has everything. */
const isOfApi =
  /^\/(?:v1|calendar|oauth|admin\/v1|internal|leak-reports|\.well-known|docs|openapi\.json|healthz|readyz|metrics)(?:\/|$)/;

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
    const edge = await openOr(bindings);
    if (edge instanceof Response) return edge;
    context.waitUntil(noteUse(edge));
    const { pathname } = new URL(request.url);
    if (pathname === operatorPath && edge.operate) return operated(edge, edge.operate, request);
    const peer = request.headers.get('cf-connecting-ip') ?? '';
    const app = isOfApi.test(pathname) ? edge.app : await edge.openPages();
    return app.fetch(withoutEncoding(request, pathname), { peer });
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
    await noteUse({ hub, ...edge });
  },

  async scheduled(_: ScheduledController, bindings: Bindings): Promise<void> {
    const edge = await open(bindings);
    await tend(edge);
    await noteUse(edge);
  },
};

/** Late counts are no reason to fail what they count. */
const noteUse = (edge: EdgeHub): Promise<void> =>
  edge.noteUse().catch((error: unknown) => edge.hub.log.error('hub.tend', error));

/** What the app compresses, the runtime would compress once more; it does it by itself where the caller takes it. */
function withoutEncoding(request: Request, pathname: string): Request {
  if (!pathname.startsWith('/docs') && pathname !== '/openapi.json') return request;
  const plain = new Request(request);
  plain.headers.delete('accept-encoding');
  return plain;
}

/** What is wrong with the configuration is in the log; whoever calls learns only that it is not their fault. */
async function openOr(bindings: Bindings): Promise<EdgeHub | Response> {
  try {
    return await open(bindings);
  } catch (error) {
    createConsoleLog('info').error('hub.open', error);
    const text = 'The hub cannot start here. Its log says why.';
    return problemResponse(new PatchbayError('store_unavailable', { public: text }), '-');
  }
}

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
