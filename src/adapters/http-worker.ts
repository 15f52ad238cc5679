import { parentPort, workerData } from 'node:worker_threads';
import { allowLoopback } from '#src/egress';
import type { Log, OutboundResult } from '#src/ports';
import { createNodeHttp } from './http-node.ts';
import type { FromThread, ThreadSetup, ToThread } from './http-thread-protocol.ts';

/** The other side of http-thread.ts: sockets, TLS and HTTP away from the event loop that takes requests. */
const setup = workerData as ThreadSetup; // Written by http-thread.ts of the same build.
const withdrawn = new Int32Array(setup.withdrawn);
const results: { number: number; result: OutboundResult }[] = [];

const say = (message: FromThread): void => parentPort?.postMessage(message);
const logAt =
  (level: 'info' | 'warn' | 'error') =>
  (event: string, ...rest: unknown[]): void =>
    say({
      kind: 'log',
      level,
      event,
      fields: {
        detail: rest.map((part) => (part instanceof Error ? part.message : JSON.stringify(part))).join(' '),
      },
    });
const log: Log = { info: logAt('info'), warn: logAt('warn'), error: logAt('error') };

const http = createNodeHttp({
  policy: {
    ports: setup.ports,
    ownHosts: setup.ownHosts,
    ...(setup.isLoopbackOpen ? { [allowLoopback]: true as const } : {}),
  },
  maxConnectionsPerOrigin: setup.maxConnectionsPerOrigin,
  log,
});

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'close') {
    void http.close().then(() => say({ kind: 'closed' }));
    return;
  }
  for (const { number, slot, request } of message.requests) {
    void http.send({ ...request, mayStillSend: () => Atomics.load(withdrawn, slot) === 0 }).then((result) => {
      if (results.push({ number, result }) === 1) setImmediate(answer);
    });
  }
});

function answer(): void {
  say({ kind: 'results', results: results.splice(0) });
}
