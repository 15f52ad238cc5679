/**
 * The ceiling of every publish figure: bare node:http that reads the body whole, does nothing with it
 * and answers 202 with as many bytes as a real answer has. `node bench/ceilings/http.ts` prints its port and stays.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const ANSWER = JSON.stringify({ results: [{ id: `evt_${'0'.repeat(26)}`, status: 'accepted' }] });

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(202, { 'content-type': 'application/json', 'content-length': ANSWER.length });
    response.end(ANSWER);
  });
});

server.listen(0, '127.0.0.1', () => {
  // A TCP server's address is never a pipe's name.
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ port })}\n`);
});
process.once('SIGTERM', () => process.exit(0));
