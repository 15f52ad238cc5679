import { fileURLToPath } from 'node:url';
import type { Ids } from '#src/columns';
import { hubVersion } from '#src/operate';
import type { Clock, Log, Meter } from '#src/ports';
import { createMembers } from './adapters/cluster/members.ts';
import { createOwners } from './adapters/cluster/owners.ts';
import { createPostgresGate } from './adapters/gate-postgres.ts';
import { createRedisGate } from './adapters/gate-redis.ts';
import type { ClusterConfiguration } from './adapters/host-node/configuration.ts';
import { configurationError } from './adapters/host-node/configuration-error.ts';
import { createMigrationsCheck, inspectPostgres } from './adapters/host-node/inspect-postgres.ts';
import { clusterKeys } from './adapters/host-node/keys.ts';
import type { RedisPlace } from './adapters/host-node/redis-place.ts';
import { openBullmqCarrier } from './adapters/queue-bullmq.ts';
import { createClusterQueue } from './adapters/queue-cluster.ts';
import { openNotifyCarrier } from './adapters/queue-postgres.ts';
import { connectRedis, createRedisClient, isReady } from './adapters/redis-client.ts';
import { createPostgresPool, openPostgresStore } from './adapters/store-postgres.ts';
import type { Lending } from './node-lending.ts';

type Keys = { masterKeys: string | undefined; peppers: string | undefined };
type Tools = { log: Log; meter: Meter; clock: Clock; ids: Ids };
/** How long Redis may take to answer, in place of what each caller of it would wait. */
export type LentRedis = { patienceMs?: number };

const migrationsFolder = fileURLToPath(new URL('../migrations/postgres', import.meta.url));
const beatMs = 1_000;
const deadMs = 5_000;

/** The cluster profile: PostgreSQL, and Redis where there is one; any number of processes. */
export async function lendCluster(
  configuration: ClusterConfiguration,
  given: Keys,
  tools: Tools,
  redis: LentRedis = {},
): Promise<Lending> {
  const keys = clusterKeys(given);
  const opened: Opened = [];
  const close = async () => {
    for (const end of opened.splice(0).toReversed()) await end();
  };
  try {
    return { keys, ...(await connect(configuration, tools, redis, opened)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What ends each thing that was opened, in the order of their opening. */
type Opened = (() => void | Promise<void>)[];

async function connect(
  configuration: ClusterConfiguration,
  { log, meter, clock, ids }: Tools,
  lent: LentRedis,
  opened: Opened,
): Promise<Omit<Lending, 'keys' | 'close'>> {
  const { listenUrl, namedStatements } = await inspectDatabase(configuration, log);
  const migrationsState = createMigrationsCheck(migrationsFolder);
  const redis = configuration.redis ? await openRedis(configuration.redis, lent, log, opened) : null;
  const pool = createPostgresPool(configuration.databaseUrl, configuration.maxConnections);
  opened.push(() => pool.end());
  const due = { note: (_lane: string, _atMs: number): void => {} };
  const store = await openPostgresStore({
    pool,
    isPipelined: true,
    namedStatements,
    onDue: (lane, atMs) => due.note(lane, atMs),
    ...(configuration.isMigrating ? { migrationsFolder } : {}),
  });
  opened.push(() => store.close());
  const common = { store, pool, namedStatements, log };
  const gate = redis
    ? await createRedisGate({ ...common, ...lent, redis: redis.client, subscriber: redis.subscriber })
    : await createPostgresGate({ ...common, ...(listenUrl ? { listenUrl } : {}) });
  opened.push(() => gate.close());
  const carrier = redis ? openBullmqCarrier({ ...redis, log }) : openNotifyCarrier({ pool, listenUrl, log });
  const id = ids.newId('wrk');
  const members = await createMembers({ store, log, id, version: hubVersion, beatMs, deadMs });
  const owners = createOwners(store, members);
  const cluster = createClusterQueue({ members, owners, carrier, store, clock, meter, log });
  opened.push(() => cluster.close());
  due.note = (lane, atMs) => cluster.noteDue(lane, atMs);

  return {
    store,
    gate,
    queue: cluster.queue,
    bind: (consumer) => cluster.bind(consumer),
    unbind: () => cluster.unbind(),
    owned: (lanes) => owners.mine(lanes),
    checks: async () => ({
      database: 'up',
      migrations: await migrationsState(pool),
      ...(redis ? { redis: isReady(redis.client) ? 'up' : 'down' } : {}),
    }),
    measure: async () => {
      meter.gauge('workers', members.live().length);
      meter.gauge('wakes_waiting', cluster.waiting());
      for (const [state, n] of Object.entries(await carrier.depth(members.live())))
        meter.gauge('queue_jobs', n, { state });
    },
  };
}

async function inspectDatabase(configuration: ClusterConfiguration, log: Log) {
  const { databaseUrl, databaseDirectUrl, isMigrating } = configuration;
  const facts = await inspectPostgres('DATABASE_URL', databaseUrl, migrationsFolder);
  const direct =
    databaseDirectUrl === null
      ? null
      : await inspectPostgres('DATABASE_DIRECT_URL', databaseDirectUrl, migrationsFolder);
  if (direct?.isPooled)
    throw configurationError(
      'DATABASE_DIRECT_URL leads through a pooler too; it must reach PostgreSQL itself.',
    );
  if (facts.missing > 0 && !isMigrating)
    throw configurationError(
      `The database lacks ${facts.missing} migration(s) of this version. Run patchbay migrate, or start without PATCHBAY_MIGRATE=0.`,
    );
  if (facts.unknown > 0) log.info('schema.newer', { migrations: facts.unknown });
  if (Math.abs(facts.clockAheadMs) > 2_000) log.warn('clock.skewed', { databaseAheadMs: facts.clockAheadMs });
  return {
    /** A pooler keeps neither prepared statements nor a session that listens. */
    namedStatements: !facts.isPooled,
    listenUrl: databaseDirectUrl ?? (facts.isPooled ? null : databaseUrl),
  };
}

async function openRedis(place: RedisPlace, lent: LentRedis, log: Log, opened: Opened) {
  // Whoever asks has a caller waiting: while Redis is away the answer is no, at once.
  const client = createRedisClient(place, { isBounded: true, ...lent }, log);
  const subscriber = createRedisClient(place, { isBounded: false }, log);
  opened.push(() => {
    client.disconnect();
    subscriber.disconnect();
  });
  await Promise.all([client, subscriber].map((one) => connectRedis(one, place, log)));
  return { place, client, subscriber };
}
