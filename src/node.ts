import {
  createAuthenticator,
  journaledGate,
  keepJournal,
  recordTokenUse,
  refuseUnsettledBackup,
} from '#src/access';
import { createIds } from '#src/columns';
import { defaultSettings, readSettings, type Settings, versionInUse } from '#src/context';
import { readEgressPolicy } from '#src/egress';
import { PatchbayError } from '#src/errors';
import { type HostOperations, noteOpenLoopback, type Reference } from '#src/operate';
import type { Clock, Http, Log, Store } from '#src/ports';
import { openPull } from '#src/pull';
import { createDirectory } from '#src/subscriptions';
import { createUsage } from '#src/usage';
import { createCarrier } from '#src/connections';
import { registry } from '#registry';
import { systemChance, systemClock } from './adapters/clock-system.ts';
import { createNodeDigest } from './adapters/digest-node.ts';
import { readConfiguration, type Role, settingsOf } from './adapters/host-node/configuration.ts';
import { openJournal } from './adapters/host-node/journal-file.ts';
import { createNodeHttp, type NodeHttpOptions } from './adapters/http-node.ts';
import { createThreadHttp } from './adapters/http-thread.ts';
import { createPinoLog } from './adapters/log-pino.ts';
import { createPrometheusMeter, type PrometheusMeter } from './adapters/meter-prometheus.ts';
import { serveNode } from './adapters/server-node.ts';
import { createNodeSignatureKeys } from './adapters/signing-node.ts';
import { createKeyring } from './adapters/vault-keyring.ts';
import { createApp, createWorkerApp, type Hub } from './app.ts';
import { createConnectors, type Registry } from './connectors.ts';
import { lendEmbedded } from './node-embedded.ts';
import type { LentRedis } from './node-cluster.ts';
import type { Lending } from './node-lending.ts';
import { loadPages } from './node-pages.ts';
import { startSending } from './node-sending.ts';
import { withBolt } from './node-slack.ts';
import { problemAnswer, publishHot } from './publish-hot.ts';

type Environment = Readonly<Record<string, string | undefined>>;
export type NodeHub = {
  role: Role;
  hub: Hub;
  metrics: PrometheusMeter;
  lending: Lending;
  close(): Promise<void>;
};

/** Lent by tests that play a clock or a network, or count what no pause of the machine may change. */
export type Lent = {
  clock?: Clock;
  http?: Pick<NodeHttpOptions, 'resolve' | 'dial'>;
  registry?: Registry;
  redis?: LentRedis;
};

/** The ports of one process, on the profile that the environment names. Serves nothing and sends nothing. */
export async function openNodeHub(environment: Environment, log?: Log, lent: Lent = {}): Promise<NodeHub> {
  const configuration = readConfiguration(environment);
  const settings = readSettings(environment, { ...defaultSettings, ...settingsOf(configuration) });
  const theLog = log ?? createPinoLog(environment['LOG_LEVEL'] ?? 'info');
  const clock = lent.clock ?? systemClock;
  const chance = systemChance;
  const ids = createIds(clock, chance);
  const metrics = createPrometheusMeter();
  const tools = { log: theLog, meter: metrics.meter, clock, ids };
  const given = { masterKeys: environment['PATCHBAY_MASTER_KEYS'], peppers: environment['PATCHBAY_PEPPERS'] };
  const lending =
    configuration.profile === 'embedded'
      ? await lendEmbedded(configuration.folder, given)
      : // Loaded late: a laptop needs none of its drivers.
        await (await import('./node-cluster.ts')).lendCluster(configuration, given, tools, lent.redis);
  const { keys, store, queue } = lending;
  const journal = await journalOf(environment['PATCHBAY_REVOCATION_JOURNAL'], store).catch(
    async (error: unknown) => {
      await lending.close();
      throw error;
    },
  );
  const ports = {
    store,
    gate: journal ? journaledGate(lending.gate, store, journal) : lending.gate,
    directory: await createDirectory(store, theLog),
    queue,
    http: createHttp(environment, settings, theLog, lent.http),
    clock,
    chance,
    ids,
    digest: createNodeDigest(),
    signing: createNodeSignatureKeys(),
    vault: createKeyring(
      {
        masterKeys: keys.masterKeys,
        current: versionInUse(
          'PATCHBAY_MASTER_KEY_IN_USE',
          environment['PATCHBAY_MASTER_KEY_IN_USE'],
          keys.masterKeys,
        ),
      },
      chance,
    ),
    log: theLog,
    meter: metrics.meter,
    usage: createUsage({ store, clock }),
    peppers: {
      current: versionInUse('PATCHBAY_PEPPER_IN_USE', environment['PATCHBAY_PEPPER_IN_USE'], keys.peppers),
      keys: new Map(keys.peppers.map(({ version, key }) => [version, key])),
    },
    settings,
    connectors: createConnectors(environment, withBolt(lent.registry ?? registry, theLog)),
  };
  const hub = { ...ports, carrier: createCarrier(ports), authenticator: createAuthenticator(ports) };
  const close = async () => {
    await hub.http.close();
    await journal?.close();
    await lending.close();
  };
  return { role: configuration.role, hub, metrics, lending, close };
}

/** Serves and sends, as its role says, until it is stopped; `stop` lets what is under way end. */
export async function startNodeHub(
  environment: Environment,
  log?: Log,
  lent: Lent = {},
): Promise<{ port: number; hub: Hub; stop(): Promise<void> }> {
  const node = await openNodeHub(environment, log, lent);
  const { role, hub, metrics, lending } = node;
  await refuseUnsettledBackup(hub).catch(async (error: unknown) => {
    await node.close();
    throw error;
  });
  const life = { isStopping: false };
  const pull = openPull(environment, hub);
  const sending = role === 'api' ? null : await startSending(hub, lending, pull);
  const host: HostOperations = {
    scrape: async () => ({ body: await metrics.scrape(), contentType: metrics.contentType }),
    isStopping: () => life.isStopping,
    ...(sending ? { sending: sending.stats } : {}),
    ...(lending.checks ? { checks: lending.checks } : {}),
    ...(lending.measure ? { measure: lending.measure } : {}),
    reference: lateReference(hub.settings.publicUrl),
  };
  const server = await serve(
    environment,
    hub,
    role === 'worker' ? createWorkerApp(hub, host) : createApp(hub, host, pull, await loadPages()),
    role,
  );
  const isLoopbackOpen = environment['PATCHBAY_ALLOW_LOOPBACK'] === '1';
  if (isLoopbackOpen) await noteOpenLoopback(hub);
  const noteUse = async (): Promise<void> => {
    await recordTokenUse(hub, hub.authenticator);
    await hub.usage.flush();
    await hub.authenticator.exchangeBlocks();
  };
  const tend = async (): Promise<void> => {
    await sending?.tend();
    if (isLoopbackOpen) await noteOpenLoopback(hub);
    await noteUse();
  };
  const complain = (error: unknown) => hub.log.error('hub.tend', error);
  const tending = setInterval(() => void tend().catch(complain), 10_000);
  hub.log.info('started', { role, port: server.port });
  return {
    port: server.port,
    hub,
    stop: async () => {
      life.isStopping = true;
      clearInterval(tending);
      await server.close(10_000);
      await sending?.stop();
      await noteUse().catch(complain);
      await node.close();
      hub.log.info('stopped');
    },
  };
}

function serve(
  environment: Environment,
  hub: Hub,
  app: Pick<ReturnType<typeof createApp>, 'fetch'>,
  role: Role,
) {
  return serveNode({
    port: Number(environment['PORT'] ?? 8080),
    host: environment['HOST'] ?? '127.0.0.1',
    fetch: (request, env) => app.fetch(request, env),
    hot:
      role === 'worker'
        ? null
        : {
            method: 'POST',
            path: '/v1/events',
            maxBytes: hub.settings.maxBatchBytes,
            handle: (request) => publishHot(hub, request),
          },
    refuse: (code) => problemAnswer(new PatchbayError(code), hub.ids.newId('req')),
  });
}

/** Described at the first question: most processes are never asked. */
function lateReference(publicUrl: string): Reference {
  const state: { made?: Promise<Reference> } = {};
  return async (path) => {
    state.made ??= import('./describe.ts').then(({ createReference }) => createReference(publicUrl));
    return (await state.made)(path);
  };
}

/** `end` is the operator's word that no journal is kept from now on. */
async function journalOf(path: string | undefined, store: Store) {
  await keepJournal(store, path === 'end' ? 'end' : path ? 'kept' : 'none');
  return path && path !== 'end' ? openJournal(path, Date.now()) : null;
}

/** `PATCHBAY_SEND_THREAD=1` gives it a thread of its own: worth it where cores are free and endpoints speak TLS. */
function createHttp(environment: Environment, settings: Settings, log: Log, lent: Lent['http']): Http {
  const options = {
    policy: readEgressPolicy(environment, new URL(settings.publicUrl).hostname),
    maxConnectionsPerOrigin: settings.hostMaxInFlight,
    log,
  };
  const isThreaded = environment['PATCHBAY_SEND_THREAD'] === '1';
  return isThreaded ? createThreadHttp(options) : createNodeHttp({ ...options, ...lent });
}
