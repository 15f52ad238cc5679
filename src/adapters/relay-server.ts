import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { closeServer } from './close-server.ts';

/** Serves one fetch-like handler on a port of this machine; TLS is the affair of what stands before it. */
export async function serveRelay(options: {
  port: number;
  host: string;
  fetch: (request: Request) => Promise<Response>;
}): Promise<{ port: number; close(graceMs: number): Promise<void> }> {
  const listener = getRequestListener(options.fetch, { overrideGlobalObjects: false });
  const server = createServer(
    { maxHeaderSize: 16_384, requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000 },
    (request, response) => void listener(request, response),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    close: (graceMs) => closeServer(server, graceMs),
  };
}
