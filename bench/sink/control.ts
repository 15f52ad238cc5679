import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SinkMode } from './plan.ts';
import type { Tally } from './tally.ts';

/**
 * GET /counts?prefix=/a · GET /arrivals · POST /reset?arrivals=keep · POST /mode?prefix=/a&mode=hang · POST /secret?path=/a/0&secret=whsec_…
 */
export async function serveControl(tally: Tally, modes: Map<string, SinkMode>): Promise<number> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://sink');
    const asked = (name: string): string => url.searchParams.get(name) ?? '';
    const answer = (value: unknown): void => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    };
    switch (url.pathname) {
      case '/counts':
        return answer(tally.counts(asked('prefix')));
      case '/arrivals':
        return answer(tally.arrivals());
      case '/reset':
        tally.reset(asked('arrivals') === 'keep');
        return answer({});
      case '/mode':
        // Only our own conductor calls, with a mode of the closed list.
        modes.set(asked('prefix'), asked('mode') as SinkMode);
        return answer({});
      case '/secret':
        tally.expectSecret(asked('path'), asked('secret'));
        return answer({});
      default:
        response.statusCode = 404;
        return answer({});
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // A TCP server's address is never a pipe's name.
  return (server.address() as AddressInfo).port;
}
