import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const lowest = 20_000;
const perWorker = 1_200;
const workers = 10;
const given = new Set<number>();

/**
 * A port of 127.0.0.1 that nobody listens on. Nothing holds it, so it lies below those that systems give to outgoing
 * connections (Linux from 32,768, macOS from 49,152): one of them could have it before it is taken, or while a server
 * on it restarts. For the same reason each worker of vitest has a range of its own, and gives none of it twice.
 */
export async function freePort(): Promise<number> {
  const first = lowest + (Number(process.env['VITEST_POOL_ID'] ?? 0) % workers) * perWorker;
  for (let tries = 0; tries < 1_000; tries++) {
    const port = first + randomInt(perWorker);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`of the ports from ${first} to ${first + perWorker - 1} none is left`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => void server.close(() => resolve(true)));
  });
}
