import type { D1Database, DurableObjectNamespace, Fetcher, Queue } from '@cloudflare/workers-types';
import { createAuthenticator, recordTokenUse } from '#src/access';
import { createIds } from '#src/columns';
import {
  defaultSettings,
  newestOf,
  readKeys,
  readSettings,
  type Settings,
  type VersionedKey,
} from '#src/context';
import type { Pace } from '#src/deliveries';
import { allowLoopback } from '#src/egress';
import { PatchbayError } from '#src/errors';
import type { Carrier, Http, Log, Queue as QueuePort } from '#src/ports';
import { openPull, type Pull, readWorkerKeys } from '#src/pull';
import { createSigners, type SignerOf } from '#src/signatures';
import { createDirectory } from '#src/subscriptions';
import { createUsage } from '#src/usage';
import { registry } from '#registry';
import { systemChance, systemClock } from './adapters/clock-system.ts';
import { createNodeDigest } from './adapters/digest-node.ts';
import { createDurableObjectGate } from './adapters/gate-durable-object.ts';
import { createFetchHttp } from './adapters/http-fetch.ts';
import { createRelayHttp } from './adapters/http-relay.ts';
import { createConsoleLog } from './adapters/log-console.ts';
import { createGaugeMeter } from './adapters/meter-gauges.ts';
import { createPace } from './adapters/pace-durable-object.ts';
import {
  createCloudflareQueue,
  createWakeSender,
  type Wake,
  type WakeSender,
} from './adapters/queue-cloudflare.ts';
import { createNodeSignatureKeys } from './adapters/signing-node.ts';
import { openD1Store } from './adapters/store-d1.ts';
import { countQueries } from './adapters/store-d1/count-queries.ts';
import { createKeyring } from './adapters/vault-keyring.ts';
import { createApp, type Hub } from './app.ts';
import { createConnectors } from './connectors.ts';
import { createOperatorDoor } from './operator.ts';
import { readReference } from './worker-files.ts';

/** What wrangler.toml binds. All else in it is a variable or a secret, and a text. */
export type Bindings = {
  DB: D1Database;
  WAKE: Queue<Wake>;
  SLOW: Queue<Wake>;
  PACE: DurableObjectNamespace;
  GATE: DurableObjectNamespace;
  FILES: Fetcher;
};

export type EdgeHub = {
  hub: Hub;
  /** The API. */
  app: ReturnType<typeof createApp>;
  /** The API and the pages for people. */
  openPages(): Promise<ReturnType<typeof createApp>>;
  operate: ReturnType<typeof createOperatorDoor>;
  pace: Pace;
  signerOf: SignerOf;
  wake: WakeSender;
  wakeSlow: WakeSender;
  /** Null where it delivers itself. */
  pull: Pull | null;
  /** The hub over a store of its own that counts: for work of which nobody knows how long it is. */
  openCounted(): Promise<{ hub: Hub; queries: () => number }>;
  noteUse(): Promise<void>;
};

/**
 * What D1 bounds: a request is kept as one row and bound as one value, of at most a million bytes; a batch has 30 s, so
 * more matches than these are expanded from a task.
 */
const edgeSettings: Settings = {
  ...defaultSettings,
  maxBatchBytes: 960 * 1_024,
  maxMatchesAtOnce: 100,
  expandChunk: 250,
};

const noteUseEveryMs = 60_000;

/** Everything that an isolate keeps between its invocations. No promise of one invocation is kept for another. */
export async function openEdgeHub(bindings: Bindings): Promise<EdgeHub> {
  const environment = textsOf(bindings);
  const settings = readSettings(environment, edgeSettings);
  const log = createConsoleLog(environment['LOG_LEVEL'] ?? 'info');
  const masterKeys = neededKeys(environment, 'PATCHBAY_MASTER_KEYS');
  const peppers = neededKeys(environment, 'PATCHBAY_PEPPERS');
  const [clock, chance] = [systemClock, systemChance];
  const gauges = createGaugeMeter();
  const store = await openD1Store(bindings.DB);
  const wake = createWakeSender(bindings.WAKE, clock);
  const delivery = { pull: null as Pull | null };
  const ports = {
    store,
    gate: await createDurableObjectGate({ objects: bindings.GATE, store }),
    directory: await createDirectory(store, log, { sharesReads: false }),
    queue: pulledFirst(createCloudflareQueue(wake, log), delivery),
    http: createHttp(environment, settings.publicUrl, log),
    clock,
    chance,
    ids: createIds(clock, chance),
    digest: createNodeDigest(),
    signing: createNodeSignatureKeys(),
    vault: createKeyring({ masterKeys, current: newestOf(masterKeys) }, chance),
    log,
    meter: gauges.meter,
    usage: createUsage({ store, clock }),
    peppers: { current: newestOf(peppers), keys: new Map(peppers.map(({ version, key }) => [version, key])) },
    settings,
    connectors: createConnectors(environment, registry),
  };
  const carrying: { carrier?: Carrier } = {};
  // A module of its own: an isolate that carries nothing to a vendor does not load it.
  const carrier: Carrier = {
    carry: async (...job) => {
      carrying.carrier ??= (await import('./worker-carrier.ts')).createCarrier(ports);
      return carrying.carrier.carry(...job);
    },
  };
  const hub: Hub = { ...ports, carrier, authenticator: createAuthenticator(ports) };
  delivery.pull = openPull(environment, hub);
  const scrape = async () => ({ body: gauges.scrape(), contentType: gauges.contentType });
  const reference = readReference(bindings.FILES, settings.publicUrl);
  const host = { scrape, reference };
  const app = createApp(hub, host, delivery.pull);
  const state: { notedAtMs: number; pagesApp?: typeof app } = { notedAtMs: clock.ms() };
  return {
    hub,
    app,
    openPages: async () =>
      (state.pagesApp ??= createApp(hub, host, delivery.pull, (await import('./worker-pages.ts')).pages)),
    operate: createOperatorDoor(hub, environment['PATCHBAY_OPERATOR_KEY'], (request) => app.fetch(request)),
    pace: createPace(bindings.PACE),
    signerOf: createSigners(ports),
    wake,
    wakeSlow: createWakeSender(bindings.SLOW, clock),
    pull: delivery.pull,
    openCounted: async () => {
      const counted = countQueries(bindings.DB);
      return { hub: { ...hub, store: await openD1Store(counted.d1) }, queries: () => counted.count() };
    },
    noteUse: async () => {
      if (clock.ms() - state.notedAtMs < noteUseEveryMs) return;
      state.notedAtMs = clock.ms();
      await recordTokenUse(hub, hub.authenticator);
      await hub.usage.flush();
      await hub.authenticator.exchangeBlocks();
    },
  };
}

/** Where workers pull, whoever waits in this isolate looks at once; nobody needs a message. */
const pulledFirst = (queue: QueuePort, delivery: { pull: Pull | null }): QueuePort => ({
  ...queue,
  wake: (topic, ids) =>
    topic === 'deliveries' && delivery.pull ? delivery.pull.wake() : queue.wake(topic, ids),
});

function createHttp(environment: Environment, publicUrl: string, log: Log): Http {
  const policy = {
    ports: (environment['PATCHBAY_EGRESS_PORTS'] ?? '').split(',').filter(Boolean).map(Number),
    ownHosts: [new URL(publicUrl).hostname],
    ...(environment['PATCHBAY_ALLOW_LOOPBACK'] === '1' ? { [allowLoopback]: true as const } : {}),
  };
  const url = environment['PATCHBAY_EGRESS_RELAY_URL'];
  if (!url) return createFetchHttp({ policy, log });
  const keys = environment['PATCHBAY_WORKER_KEYS'];
  if (!keys) throw unset('PATCHBAY_WORKER_KEYS', 'The relay of PATCHBAY_EGRESS_RELAY_URL has the same.');
  return createRelayHttp({
    url,
    keys: readWorkerKeys(keys),
    clock: systemClock,
    chance: systemChance,
    digest: createNodeDigest(),
    policy,
  });
}

type Environment = Readonly<Record<string, string | undefined>>;

const textsOf = (bindings: Bindings): Environment => {
  const entries: [string, unknown][] = Object.entries(bindings);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
};

function neededKeys(environment: Environment, name: string): VersionedKey[] {
  const text = environment[name];
  if (text) return readKeys(name, text);
  throw unset(name, '');
}

const unset = (name: string, more: string): PatchbayError =>
  new PatchbayError('internal', {
    internal: `${name} is not set. Make it once: echo "1:$(openssl rand -base64 32)" | npx wrangler secret put ${name} ${more}`,
  });
