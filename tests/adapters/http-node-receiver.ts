import net from 'node:net';
import tls from 'node:tls';
import { onTestFinished } from 'vitest';
import { allowLoopback, type EgressPolicy } from '#src/egress';
import type { Http, OutboundRequest } from '#src/ports';
import { createNodeHttp, type NodeHttpOptions } from '../../src/adapters/http-node.ts';

export const strict: EgressPolicy = { ports: [], ownHosts: [] };
export const development: EgressPolicy = { ...strict, [allowLoopback]: true };
export const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** A raw receiver: `onRequest` gets each request's text whole and writes what it likes. Everything is counted. */
export type Receiver = { port: number; connections: net.Socket[]; requests: string[]; bytesIn: () => number };

export async function startReceiver(
  onRequest: (socket: net.Socket, nth: number) => void,
  tlsOptions?: tls.TlsOptions,
): Promise<Receiver> {
  const connections: net.Socket[] = [];
  const requests: string[] = [];
  let bytes = 0;
  const onConnection = (socket: net.Socket) => {
    connections.push(socket);
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      text += chunk.toString('latin1');
      for (let length = wholeRequest(text); length > 0; length = wholeRequest(text)) {
        requests.push(text.slice(0, length));
        text = text.slice(length);
        onRequest(socket, requests.length);
      }
    });
  };
  const server = tlsOptions ? tls.createServer(tlsOptions, onConnection) : net.createServer(onConnection);
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of connections) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, connections, requests, bytesIn: () => bytes };
}

/** An adapter with the loopback switch on, unless told otherwise; closed when the test is over. */
export function startHttp(options: Partial<NodeHttpOptions> = {}): Http {
  const http = createNodeHttp({ policy: development, log: quiet, ...options });
  onTestFinished(() => http.close());
  return http;
}

export function post(url: string, more: Partial<OutboundRequest> = {}): OutboundRequest {
  return {
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
    deadlineMs: 10_000,
    maxAnswerBytes: 65_536,
    keepAnswerBytes: 1_024,
    ...more,
  };
}

export function answer(socket: net.Socket, body = 'fine', status = '200 OK', headers: string[] = []): void {
  socket.write(
    [`HTTP/1.1 ${status}`, `content-length: ${Buffer.byteLength(body)}`, ...headers, '', body].join('\r\n'),
  );
}

/** Resolves once the socket is closed, by an error or not. */
export function closed(socket: net.Socket | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (socket === undefined || socket.closed) resolve();
    else socket.on('close', () => resolve());
  });
}

/** Length of the first whole request in `text`, 0 while it is not whole. */
function wholeRequest(text: string): number {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return 0;
  const length = Number(/content-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
  return text.length >= end + 4 + length ? end + 4 + length : 0;
}
