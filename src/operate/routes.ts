import type { Hono } from 'hono';
import { compress } from 'hono/compress';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { conditional, respond } from '#src/wire';
import { createGauges } from './gauges.ts';
import type { HostOperations, Reference } from './host.ts';
import { createReadiness } from './readiness.ts';
import { hubVersion } from './version.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'log' | 'meter' | 'digest' | 'settings'>;

/** What takes no token: health, metrics, and the reference. */
export function operateRoutes(app: Hono, hub: Needs, host: HostOperations): void {
  healthRoutes(app, hub, host);
  referenceRoutes(app, hub, host);
}

/** All that a process answers which takes no requests of the API. */
export function healthRoutes(app: Hono, hub: Needs, host: HostOperations): void {
  const ready = createReadiness(hub, host);
  const measure = createGauges(hub, host);
  const noStore = { 'cache-control': 'no-store' };

  app.get('/healthz', () =>
    respond({ status: 200, body: { status: 'up', version: hubVersion }, headers: noStore }),
  );
  app.get('/readyz', async () => {
    await ready();
    const checks = await host.checks?.();
    if (checks?.['migrations'] === 'behind')
      throw new PatchbayError('store_unavailable', {
        public: 'The database lacks migrations of this version: run patchbay migrate.',
        retryAfterSeconds: 5,
      });
    return respond({
      status: 200,
      body: { status: 'ready', ...(checks ? { checks } : {}) },
      headers: noStore,
    });
  });
  app.get('/metrics', async () => {
    if (!host.scrape)
      throw new PatchbayError('not_found', { public: 'This host keeps no metrics of its own.' });
    await measure();
    await host.measure?.();
    const { body, contentType } = await host.scrape();
    return new Response(body, { headers: { 'content-type': contentType, ...noStore } });
  });
}

function referenceRoutes(app: Hono, hub: Needs, { reference }: HostOperations): void {
  const read: Reference = (path) => {
    if (!reference) throw new PatchbayError('not_found', { public: 'This process keeps no reference.' });
    return reference(path);
  };

  for (const path of ['/openapi.json', '/docs', '/docs/*']) app.use(path, compress());
  app.get('/openapi.json', async (c) => {
    const document: unknown = JSON.parse(await read('/openapi.json'));
    return respond(open(conditional(hub, c.req.raw, document)));
  });
  app.get('/docs', async () => text(await read('/docs'), 'text/html'));
  app.get('/docs/reference.css', async () => text(await read('/docs/reference.css'), 'text/css'));
  app.get('/docs/reference.js', async () => text(await read('/docs/reference.js'), 'text/javascript'));
}

/** The same for everybody, so anybody may keep it a while. */
function open(answer: ReturnType<typeof conditional>): ReturnType<typeof conditional> {
  const shared = {
    'cache-control': 'public, max-age=300',
    vary: 'accept-encoding',
  };
  return { ...answer, headers: { ...answer.headers, ...shared } };
}

const text = (body: string, type: string): Response =>
  new Response(body, {
    headers: {
      'content-type': `${type}; charset=utf-8`,
      'cache-control': 'public, max-age=300',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  });
