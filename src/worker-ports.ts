import type { D1Database, DurableObjectNamespace, Queue } from '@cloudflare/workers-types';
import { createIds } from '#src/columns';
import {
  defaultSettings,
  type Ports,
  readKeys,
  readSettings,
  type Settings,
  versionInUse,
  type VersionedKey,
} from '#src/context';
import { readEgressPolicy } from '#src/egress';
import { PatchbayError } from '#src/errors';
import type { Carrier, Http, Log, Queue as QueuePort } from '#src/ports';
import { readWorkerKeys } from '#src/pull';
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
import {
  createCloudflareQueue,
  createWakeSender,
  type Wake,
  type WakeSender,
} from './adapters/queue-cloudflare.ts';
import { createNodeSignatureKeys } from './adapters/signing-node.ts';
import { openD1Store } from './adapters/store-d1.ts';
import { createKeyring } from './adapters/vault-keyring.ts';
import { problemResponse } from './app.ts';
import { createConnectors } from './connectors.ts';

/** What the configuration of every Worker binds. All else in it is a variable or a secret, and a text. */
export type Bindings = {
  DB: D1Database;
  WAKE: Queue<Wake>;
  GATE: DurableObjectNamespace;
};
export type Environment = Readonly<Record<string, string | undefined>>;

export type EdgePorts = {
  environment: Environment;
  ports: Ports;
  wake: WakeSender;
  scrape: () => Promise<{ body: string; contentType: string }>;
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

/** Everything that the rooms are lent, in any of the Workers. `wakes` may stand before the queue. */
export async function openPorts(
  bindings: Bindings,
  wakes: (queue: QueuePort) => QueuePort = (queue) => queue,
): Promise<EdgePorts> {
  const environment = textsOf(bindings);
  const settings = readSettings(environment, edgeSettings);
  const log = createConsoleLog(environment['LOG_LEVEL'] ?? 'info');
  const masterKeys = neededKeys(environment, 'PATCHBAY_MASTER_KEYS');
  const peppers = neededKeys(environment, 'PATCHBAY_PEPPERS');
  const inUse = (kind: 'MASTER_KEY' | 'PEPPER', keys: readonly VersionedKey[]) =>
    versionInUse(`PATCHBAY_${kind}_IN_USE`, environment[`PATCHBAY_${kind}_IN_USE`], keys);
  const [clock, chance] = [systemClock, systemChance];
  const gauges = createGaugeMeter();
  const store = await openD1Store(bindings.DB);
  const wake = createWakeSender(bindings.WAKE, clock);
  const ports = {
    store,
    gate: await createDurableObjectGate({ objects: bindings.GATE, store }),
    directory: await createDirectory(store, log, { sharesReads: false }),
    queue: wakes(createCloudflareQueue(wake, log)),
    http: createHttp(environment, settings.publicUrl, log),
    clock,
    chance,
    ids: createIds(clock, chance),
    digest: createNodeDigest(),
    signing: createNodeSignatureKeys(),
    vault: createKeyring({ masterKeys, current: inUse('MASTER_KEY', masterKeys) }, chance),
    log,
    meter: gauges.meter,
    usage: createUsage({ store, clock }),
    peppers: {
      current: inUse('PEPPER', peppers),
      keys: new Map(peppers.map(({ version, key }) => [version, key])),
    },
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
  return {
    environment,
    ports: { ...ports, carrier },
    wake,
    scrape: async () => ({ body: gauges.scrape(), contentType: gauges.contentType }),
  };
}

function createHttp(environment: Environment, publicUrl: string, log: Log): Http {
  const policy = readEgressPolicy(environment, new URL(publicUrl).hostname);
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

/** What is wrong with the configuration is in the log; whoever calls learns only that it is not their fault. */
export async function openOr<T>(open: () => Promise<T>): Promise<T | Response> {
  try {
    return await open();
  } catch (error) {
    createConsoleLog('info').error('hub.open', error);
    const text = 'The hub cannot start here. Its log says why.';
    return problemResponse(new PatchbayError('store_unavailable', { public: text }), '-');
  }
}

const noteUseEveryMs = 60_000;

/** For counts that may come late: late ones are no reason to fail what they count. */
export function eachMinute({ clock, log }: Pick<Ports, 'clock' | 'log'>, note: () => Promise<void>) {
  const state = { notedAtMs: clock.ms() };
  return async (): Promise<void> => {
    if (clock.ms() - state.notedAtMs < noteUseEveryMs) return;
    state.notedAtMs = clock.ms();
    await note().catch((error: unknown) => log.error('hub.tend', error));
  };
}
