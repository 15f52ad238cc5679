import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { closeServer } from './close-server.ts';

export type HotRoute = {
  method: string;
  path: string;
  maxBytes: number;
  /** Never throws: what goes wrong is an answer too. */
  handle(request: {
    headers: IncomingMessage['headers'];
    body: Uint8Array | 'too_large';
    peer: string;
  }): Promise<Answer>;
};

type Answer = { status: number; headers: Record<string, string>; body: string };
type Refuse = (code: 'bad_request' | 'headers_too_large') => Promise<Answer>;

export type NodeServer = { port: number; close(graceMs: number): Promise<void> };

/** One route goes straight from the socket to its verb; all others through fetch. */
export async function serveNode(options: {
  port: number;
  host: string;
  fetch: (request: Request, env: { peer: string }) => Response | Promise<Response>;
  hot: HotRoute | null;
  /** What Node's own parser refuses, answered like everything else. */
  refuse: Refuse;
}): Promise<NodeServer> {
  const { hot } = options;
  const listener = getRequestListener(
    (request, env) => options.fetch(request, { peer: peerOf(env.incoming) }),
    {
      overrideGlobalObjects: false,
      // A Host that is none: the request cannot be made.
      errorHandler: async () => {
        const { status, headers, body } = await options.refuse('bad_request');
        return new Response(body, { status, headers });
      },
    },
  );
  const server = createServer(
    { maxHeaderSize: 16_384, requestTimeout: 60_000, headersTimeout: 20_000, keepAliveTimeout: 65_000 },
    (request, response) => {
      if (hot && request.url === hot.path && request.method === hot.method)
        void serveHot(hot, request, response);
      else void listener(request, response);
    },
  );
  server.on(
    'clientError',
    (error: NodeJS.ErrnoException, socket) => void refuseRaw(options.refuse, error, socket),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, 4_096, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    close: (graceMs) => closeServer(server, graceMs),
  };
}

async function refuseRaw(refuse: Refuse, error: NodeJS.ErrnoException, socket: Duplex): Promise<void> {
  // The other side is gone, or it had its answer: nobody would read this one.
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const { status, headers, body } = await refuse(
    error.code === 'HPE_HEADER_OVERFLOW' ? 'headers_too_large' : 'bad_request',
  );
  const fields = { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...head, '', body].join('\r\n'));
}

async function serveHot(hot: HotRoute, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await read(request, hot.maxBytes);
  if (body === 'gone') return;
  const answer = await hot.handle({ headers: request.headers, body, peer: peerOf(request) });
  // What is left of a body that was too large is not read: the connection ends with the answer.
  if (body === 'too_large') response.setHeader('connection', 'close');
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
}

function read(request: IncomingMessage, maxBytes: number): Promise<Uint8Array | 'too_large' | 'gone'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) {
        request.pause();
        resolve('too_large');
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => resolve('gone'));
    request.on('close', () => resolve('gone'));
  });
}

const peerOf = ({ socket }: Pick<IncomingMessage, 'socket'>): string => socket.remoteAddress ?? '';
