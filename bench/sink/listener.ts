import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { SinkMode } from './plan.ts';
import { readRequest } from './request.ts';
import type { Tally } from './tally.ts';

const ANSWERS: Record<Exclude<SinkMode, 'hang'>, string> = {
  ok: 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok',
  fail: 'HTTP/1.1 500 Internal Server Error\r\ncontent-length: 2\r\n\r\nno',
  gone: 'HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n',
  busy: 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n',
};

/** One port: an origin of its own, with its own connections, as each real endpoint has. */
export async function listen(
  tally: Tally,
  modeOf: (path: string) => SinkMode,
  host: string,
): Promise<number> {
  const server: Server = createServer({ noDelay: true }, (socket) => {
    serve(socket, tally, modeOf);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  // A TCP server's address is never a pipe's name.
  return (server.address() as AddressInfo).port;
}

function serve(socket: Socket, tally: Tally, modeOf: (path: string) => SinkMode): void {
  const state = { buffered: '' };
  socket.setEncoding('latin1');
  // A sender may drop a connection at any time; what it sent whole has been counted.
  socket.on('error', () => {});
  socket.on('data', (text: string) => {
    state.buffered = state.buffered === '' ? text : state.buffered + text;
    for (
      let request = readRequest(state.buffered);
      request !== undefined;
      request = readRequest(state.buffered)
    ) {
      state.buffered = state.buffered.slice(request.length);
      const mode = modeOf(request.path);
      tally.receive(request, mode === 'ok');
      if (mode !== 'hang') socket.write(ANSWERS[mode]);
    }
  });
}
