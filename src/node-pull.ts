import { createIds } from '#src/columns';
import { defaultSettings } from '#src/context';
import { readEgressPolicy } from '#src/egress';
import { PatchbayError } from '#src/errors';
import type { Log } from '#src/ports';
import { type CallHub, createPullWorker, createRelay, type PullWorker, readWorkerKeys } from '#src/pull';
import { systemChance, systemClock } from './adapters/clock-system.ts';
import { createNodeDigest } from './adapters/digest-node.ts';
import { createNodeHttp } from './adapters/http-node.ts';
import { createPinoLog } from './adapters/log-pino.ts';
import { createPrometheusMeter } from './adapters/meter-prometheus.ts';
import { serveRelay } from './adapters/relay-server.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** `patchbay worker`: delivers for the hub of `PATCHBAY_HUB_URL`. Needs no store, no secret and no token. */
export function startPullWorker(
  environment: Environment,
  log?: Log,
): { stats: PullWorker['stats']; stop(): Promise<void> } {
  const hubUrl = hubOf(environment['PATCHBAY_HUB_URL']);
  const keys = keysOf(environment);
  const ports = lend(environment, hubUrl.hostname, log);
  const worker = createPullWorker(ports, {
    hubUrl: hubUrl.href,
    keys,
    call: callHub,
    maxInFlight: defaultSettings.maxInFlight,
  });
  ports.log.info('started', { role: 'pull', worker: worker.id, hub: hubUrl.host });
  return {
    stats: () => worker.stats(),
    stop: async () => {
      await worker.stop(defaultSettings.attemptDeadlineMs + 5_000);
      await ports.http.close();
      ports.log.info('stopped');
    },
  };
}

/** `patchbay relay`: sends for a hub that cannot pin addresses, which signs each call with a worker key. */
export async function startRelay(
  environment: Environment,
  log?: Log,
): Promise<{ port: number; stop(): Promise<void> }> {
  const keys = keysOf(environment);
  const ports = lend(
    environment,
    new URL(environment['PATCHBAY_PUBLIC_URL'] ?? 'http://localhost').hostname,
    log,
  );
  const server = await serveRelay({
    port: Number(environment['PORT'] ?? 8090),
    host: environment['HOST'] ?? '127.0.0.1',
    fetch: createRelay(ports, keys),
  });
  ports.log.info('started', { role: 'relay', port: server.port });
  return {
    port: server.port,
    stop: async () => {
      await server.close(defaultSettings.attemptDeadlineMs + 1_000);
      await ports.http.close();
      ports.log.info('stopped');
    },
  };
}

function lend(
  environment: Environment,
  ownHost: string,
  log = createPinoLog(environment['LOG_LEVEL'] ?? 'info'),
) {
  return {
    clock: systemClock,
    chance: systemChance,
    ids: createIds(systemClock, systemChance),
    digest: createNodeDigest(),
    meter: createPrometheusMeter().meter,
    log,
    http: createNodeHttp({
      policy: readEgressPolicy(environment, ownHost),
      maxConnectionsPerOrigin: defaultSettings.hostMaxInFlight,
      log,
    }),
  };
}

/** Where the operator says the hub is: no address of a stranger, so no guard stands before it. */
const callHub: CallHub = async ({ url, headers, body, timeoutMs }) => {
  const answer = await fetch(url, {
    method: 'POST',
    headers,
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { status: answer.status, body: await answer.text() };
};

function keysOf(environment: Environment) {
  const text = environment['PATCHBAY_WORKER_KEYS'];
  if (text) return readWorkerKeys(text);
  throw wrong('PATCHBAY_WORKER_KEYS is not set. It is the same text as the hub’s: version:base64.');
}

function hubOf(text: string | undefined): URL {
  const url = URL.parse(text ?? '');
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw wrong('Say where the hub is: --hub https://hub.example, or PATCHBAY_HUB_URL.');
}

const wrong = (text: string) => new PatchbayError('internal', { internal: text });
