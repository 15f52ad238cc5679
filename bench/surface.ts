import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** As much of the hub's HTTP surface as a measurement needs, for the programs that it is compared with. */
export type Surface = {
  publish(text: string, answer: (value: unknown) => void): void;
  subscribe(url: string, account: string): { id: string; secret: string };
  pause(id: string): void;
  resume(id: string): void;
};

/** Prints the port once it listens; ends the process at SIGTERM. */
export function serve(surface: Surface): void {
  const server = createServer((request, response) => {
    const answer = (status: number, value: unknown): void => {
      const text = JSON.stringify(value);
      response.writeHead(status, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      });
      response.end(text);
    };
    readText(request, (text) => {
      const [, , room, id, verb] = (request.url ?? '').split('/');
      if (room === 'events') {
        surface.publish(text, (value) => {
          answer(202, value);
        });
        return;
      }
      if (room !== 'subscriptions') return answer(404, {});
      if (id === undefined) {
        const { endpoint, account } = readWish(text);
        return answer(201, surface.subscribe(endpoint.url, account));
      }
      if (verb === 'pause') surface.pause(id);
      else surface.resume(id);
      answer(200, { id });
    });
  });
  server.listen(0, '127.0.0.1', () => {
    // A TCP server's address is never a pipe's name.
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ port })}\n`);
  });
  process.once('SIGTERM', () => process.exit(0));
}

function readText(request: IncomingMessage, done: (text: string) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    done(Buffer.concat(chunks).toString('utf8'));
  });
}

/** The hub knows the account by the caller's token; here it is said. */
function readWish(text: string): { endpoint: { url: string }; account: string } {
  // Sent by the conductor of the same run.
  return JSON.parse(text) as { endpoint: { url: string }; account: string };
}
