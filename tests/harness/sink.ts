import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = { path: string; headers: IncomingHttpHeaders; body: string; at: number };
export type Sink = {
  origin: string;
  port: number;
  received: Received[];
  /** What it answers from now on; by default 200. */
  answer(handler: (request: Received, response: ServerResponse) => void): void;
  /** How many are connected: none once all that a dead client had sent has been read. */
  connections(): Promise<number>;
  close(): Promise<void>;
};

/** A receiver on loopback that keeps what it was sent. */
export async function startSink(host = '127.0.0.1'): Promise<Sink> {
  const received: Received[] = [];
  const state = { handler: (_: Received, response: ServerResponse): void => void response.end('ok') };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        at: Date.now(),
      };
      received.push(one);
      state.handler(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://${host}:${port}`,
    port,
    received,
    answer: (handler) => {
      state.handler = handler;
    },
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Waits for something to become true; fails with its name, never by hanging. What has to be asked for is asked ever more
 * rarely, up to ten times a second: the hub that answers has better things to do.
 */
export async function until(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  withinMs = 60_000,
): Promise<void> {
  const end = Date.now() + withinMs;
  for (let pauseMs = 10; ;) {
    const answer = isTrue();
    if (await answer) return;
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    if (typeof answer !== 'boolean') pauseMs = Math.min(pauseMs * 1.5, 100);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
