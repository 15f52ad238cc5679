import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAuthenticator, recordTokenUse } from '#src/access';
import { createIds } from '#src/columns';
import { defaultSettings, type Settings } from '#src/context';
import { createSender, createSweep } from '#src/deliveries';
import { allowLoopback } from '#src/egress';
import { PatchbayError } from '#src/errors';
import type { Clock, Http, Log } from '#src/ports';
import { createRetention } from '#src/retention';
import { createDirectory } from '#src/subscriptions';
import { createTasks } from '#src/tasks';
import { systemChance, systemClock } from './adapters/clock-system.ts';
import { createNodeDigest } from './adapters/digest-node.ts';
import { createMemoryGate } from './adapters/gate-memory.ts';
import { hostKeys } from './adapters/host-node/keys.ts';
import { createNodeHttp, type NodeHttpOptions } from './adapters/http-node.ts';
import { createThreadHttp } from './adapters/http-thread.ts';
import { createPinoLog } from './adapters/log-pino.ts';
import { createPrometheusMeter, type PrometheusMeter } from './adapters/meter-prometheus.ts';
import { createEmbeddedQueue } from './adapters/queue-embedded.ts';
import { serveNode } from './adapters/server-node.ts';
import { createNodeSignatureKeys } from './adapters/signing-node.ts';
import { openSqliteStore } from './adapters/store-sqlite.ts';
import { createKeyring } from './adapters/vault-keyring.ts';
import { createApp, type Hub } from './app.ts';
import { problemAnswer, publishHot } from './publish-hot.ts';
import { taskKinds } from './task-kinds.ts';

type Environment = Readonly<Record<string, string | undefined>>;
export type NodeHub = { hub: Hub; metrics: PrometheusMeter; queue: ReturnType<typeof createEmbeddedQueue> };

/** Lent by tests that play a clock or a network. */
export type Lent = { clock?: Clock; http?: Pick<NodeHttpOptions, 'resolve' | 'dial'> };

/** The embedded profile: SQLite, one process, nothing else installed. */
export async function openNodeHub(environment: Environment, log?: Log, lent: Lent = {}): Promise<NodeHub> {
  const folder = environment['PATCHBAY_DATA'] ?? 'data';
  mkdirSync(folder, { recursive: true });
  const settings = readSettings(environment);
  const keys = hostKeys(folder, {
    masterKeys: environment['PATCHBAY_MASTER_KEYS'],
    peppers: environment['PATCHBAY_PEPPERS'],
  });
  const theLog = log ?? createPinoLog(environment['LOG_LEVEL'] ?? 'info');
  const clock = lent.clock ?? systemClock;
  const chance = systemChance;
  const metrics = createPrometheusMeter();
  const store = openSqliteStore({
    file: join(folder, 'patchbay.db'),
    migrationsFolder: fileURLToPath(new URL('../migrations/sqlite', import.meta.url)),
  });
  const queue = createEmbeddedQueue();
  const ports = {
    store,
    gate: await createMemoryGate(store),
    directory: await createDirectory(store, theLog),
    queue: queue.queue,
    http: createHttp(environment, settings, theLog, lent.http),
    clock,
    chance,
    ids: createIds(clock, chance),
    digest: createNodeDigest(),
    signing: createNodeSignatureKeys(),
    vault: createKeyring({ masterKeys: keys.masterKeys, current: newest(keys.masterKeys) }, chance),
    log: theLog,
    meter: metrics.meter,
    peppers: {
      current: newest(keys.peppers),
      keys: new Map(keys.peppers.map(({ version, key }) => [version, key])),
    },
    settings,
  };
  return { hub: { ...ports, authenticator: createAuthenticator(ports) }, metrics, queue };
}

/** Serves and sends until it is stopped; `stop` lets what is under way end, and gives the rest back to the store. */
export async function startNodeHub(
  environment: Environment,
  log?: Log,
  lent: Lent = {},
): Promise<{ port: number; hub: Hub; stop(): Promise<void> }> {
  const { hub, metrics, queue } = await openNodeHub(
    { PATCHBAY_STORE_THREAD: '1', ...environment },
    log,
    lent,
  );
  const life = { isStopping: false };
  const sender = createSender(hub);
  const sweep = createSweep(hub, sender);
  const tasks = createTasks(hub, taskKinds(hub));
  queue.bind({ ...sender, wakeDeliveries: (ids) => sweep.wake(ids), wakeTasks: () => tasks.wake() });
  const retention = createRetention(hub);
  const tend = async (): Promise<void> => {
    await sender.tend();
    await recordTokenUse(hub, hub.authenticator);
  };
  const tending = setInterval(
    () => void tend().catch((error: unknown) => hub.log.error('hub.tend', error)),
    10_000,
  );
  const app = createApp(hub, {
    scrape: async () => ({ body: await metrics.scrape(), contentType: metrics.contentType }),
    isStopping: () => life.isStopping,
    sending: () => sender.stats(),
  });
  const server = await serveNode({
    port: Number(environment['PORT'] ?? 8080),
    host: environment['HOST'] ?? '127.0.0.1',
    fetch: (request) => app.fetch(request),
    hot: {
      method: 'POST',
      path: '/v1/events',
      maxBytes: hub.settings.maxBatchBytes,
      handle: (request) => publishHot(hub, request),
    },
    refuse: (code) => problemAnswer(new PatchbayError(code), hub.ids.newId('req')),
  });
  sweep.wake();
  tasks.wake();
  hub.log.info('started', { port: server.port });
  return {
    port: server.port,
    hub,
    stop: async () => {
      life.isStopping = true;
      clearInterval(tending);
      await server.close(10_000);
      queue.unbind();
      await Promise.all([sweep.stop(), tasks.stop(), retention.stop()]);
      await sender.stop(hub.settings.attemptDeadlineMs + 1_000);
      await recordTokenUse(hub, hub.authenticator).catch((error: unknown) =>
        hub.log.error('hub.tend', error),
      );
      await hub.http.close();
      await hub.store.close();
      hub.log.info('stopped');
    },
  };
}

/** `PATCHBAY_SEND_THREAD=1` gives it a thread of its own: worth it where cores are free and endpoints speak TLS. */
function createHttp(environment: Environment, settings: Settings, log: Log, lent: Lent['http']): Http {
  const options = {
    policy: {
      ports: list(environment['PATCHBAY_EGRESS_PORTS']).map(Number),
      ownHosts: [new URL(settings.publicUrl).hostname],
      ...(environment['PATCHBAY_ALLOW_LOOPBACK'] === '1' ? { [allowLoopback]: true as const } : {}),
    },
    maxConnectionsPerOrigin: settings.hostMaxInFlight,
    log,
  };
  const isThreaded = environment['PATCHBAY_SEND_THREAD'] === '1';
  return isThreaded ? createThreadHttp(options) : createNodeHttp({ ...options, ...lent });
}

const list = (text: string | undefined): string[] => (text ? text.split(',').map((part) => part.trim()) : []);
const newest = (keys: { version: number }[]): number => Math.max(...keys.map((key) => key.version));

const dayMs = 86_400_000;

function readSettings(environment: Environment): Settings {
  const number = (name: string, fallback: number): number => {
    const text = environment[name];
    if (text === undefined) return fallback;
    const value = Number(text);
    if (!Number.isFinite(value) || value <= 0)
      throw new PatchbayError('internal', { internal: `${name} must be a number above 0, not "${text}"` });
    return value;
  };
  return {
    ...defaultSettings,
    publicUrl: environment['PATCHBAY_PUBLIC_URL'] ?? `http://127.0.0.1:${environment['PORT'] ?? 8080}`,
    hostMaxPerSecond: number('PATCHBAY_HOST_MAX_PER_SECOND', defaultSettings.hostMaxPerSecond),
    hostMaxInFlight: number('PATCHBAY_HOST_MAX_IN_FLIGHT', defaultSettings.hostMaxInFlight),
    maxMaxPerSecond: number('PATCHBAY_MAX_PER_SECOND', defaultSettings.maxMaxPerSecond),
    attemptDeadlineMs: number('PATCHBAY_ATTEMPT_DEADLINE_MS', defaultSettings.attemptDeadlineMs),
    leaseMs: number('PATCHBAY_LEASE_MS', defaultSettings.leaseMs),
    sweepMs: number('PATCHBAY_SWEEP_MS', defaultSettings.sweepMs),
    maxMatchesAtOnce: number('PATCHBAY_MAX_MATCHES', defaultSettings.maxMatchesAtOnce),
    expandChunk: number('PATCHBAY_EXPAND_CHUNK', defaultSettings.expandChunk),
    keepEventsMs: dayMs * number('PATCHBAY_KEEP_EVENTS_DAYS', defaultSettings.keepEventsMs / dayMs),
    keepReceiptsMs: dayMs * number('PATCHBAY_KEEP_RECEIPTS_DAYS', defaultSettings.keepReceiptsMs / dayMs),
  };
}
