import { allowLoopback, type EgressPolicy, inspectUrl } from '#src/egress';
import type { Http, Log } from '#src/ports';
import { createConnect, type Dial } from './http-node/connect.ts';
import { createDeadlines } from './http-node/deadlines.ts';
import { Exchange } from './http-node/exchange.ts';
import { createLanes } from './http-node/lanes.ts';
import { createResolve, type Resolve } from './http-node/resolve.ts';
import { createTargets } from './http-node/targets.ts';

export type NodeHttpOptions = {
  policy: EgressPolicy;
  /** All addresses of a name, now. Default: the system's name servers. */
  resolve?: Resolve;
  /** PEM; takes the place of the built-in roots. */
  tlsCa?: string;
  /** More wait in line, within their deadline. */
  maxConnectionsPerOrigin?: number;
  /** Beyond this many, the one idle for longest is closed. */
  maxOrigins?: number;
  log: Log;
  /** Lent by tests that play a network; the guard judges what it reached all the same. */
  dial?: Dial;
};

/** The way out on Node: undici connections behind the egress guard. See docs/egress.md. */
export function createNodeHttp(options: NodeHttpOptions): Http {
  const {
    policy,
    resolve = createResolve(),
    tlsCa,
    dial,
    maxConnectionsPerOrigin = 64,
    maxOrigins = 2_000,
    log,
  } = options;
  if (policy[allowLoopback]) {
    log.warn('egress_loopback_open', {
      warning:
        'LOOPBACK IS OPEN: endpoints may point at this machine, over plain http and at any port. Development only.',
    });
  }
  const targetOf = createTargets(policy);
  const deadlines = createDeadlines();
  const lanes = createLanes({
    connect: createConnect({ policy, resolve, dial, tlsCa }),
    maxConnectionsPerOrigin,
    maxOrigins,
  });
  let isClosed = false;

  return {
    send(request) {
      const startedAt = performance.now();
      const target = targetOf(request.url);
      if (!target.ok) {
        const { code, detail } = target;
        return Promise.resolve({ kind: 'refused', code, detail, durationMs: performance.now() - startedAt });
      }
      return new Promise((settle) => {
        const exchange = new Exchange(request, target.path, startedAt, deadlines, settle);
        if (isClosed) exchange.dismiss();
        else if (request.headers['host'] !== undefined) exchange.reject('The Host header is the URL’s own.');
        else lanes.enter(target.origin, exchange);
      });
    },
    inspect(url) {
      const verdict = inspectUrl(url, policy);
      return verdict.ok ? { ok: true, host: verdict.host } : verdict;
    },
    async close() {
      isClosed = true;
      await lanes.close();
      deadlines.close();
    },
  };
}
