import { fileURLToPath } from 'node:url';
import type { Log } from '#src/ports';
import { createMemoryGate } from './adapters/gate-memory.ts';
import type { ClusterConfiguration } from './adapters/host-node/configuration.ts';
import { configurationError } from './adapters/host-node/configuration-error.ts';
import { inspectPostgres } from './adapters/host-node/inspect-postgres.ts';
import { clusterKeys } from './adapters/host-node/keys.ts';
import { createEmbeddedQueue } from './adapters/queue-embedded.ts';
import { openPostgresStore } from './adapters/store-postgres.ts';
import type { Lending } from './node-lending.ts';

const migrationsFolder = fileURLToPath(new URL('../migrations/postgres', import.meta.url));

/** The cluster profile: PostgreSQL, and Redis where there is one; any number of processes. */
export async function lendCluster(
  configuration: ClusterConfiguration,
  given: { masterKeys: string | undefined; peppers: string | undefined },
  log: Log,
): Promise<Lending> {
  const keys = clusterKeys(given);
  const { isPooled } = await inspectDatabase(configuration, log);
  const store = await openPostgresStore({
    url: configuration.databaseUrl,
    maxConnections: configuration.maxConnections,
    namedStatements: !isPooled,
    ...(configuration.isMigrating ? { migrationsFolder } : {}),
  });
  const { queue, bind, unbind } = createEmbeddedQueue();
  return {
    keys,
    store,
    gate: await createMemoryGate(store),
    queue,
    bind: async (consumer) => bind(consumer),
    unbind: async () => unbind(),
    close: () => store.close(),
  };
}

async function inspectDatabase({ databaseUrl, isMigrating }: ClusterConfiguration, log: Log) {
  const facts = await inspectPostgres('DATABASE_URL', databaseUrl, migrationsFolder);
  if (facts.missing > 0 && !isMigrating)
    throw configurationError(
      `The database lacks ${facts.missing} migration(s) of this version. Run patchbay migrate, or start without PATCHBAY_MIGRATE=0.`,
    );
  if (facts.unknown > 0) log.info('schema.newer', { migrations: facts.unknown });
  if (Math.abs(facts.clockAheadMs) > 2_000) log.warn('clock.skewed', { databaseAheadMs: facts.clockAheadMs });
  return facts;
}
