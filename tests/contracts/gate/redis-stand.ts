import { Cluster, Redis } from 'ioredis';
import { Pool } from 'pg';
import type { Gate, Store } from '#src/ports';
import { createRedisGate } from '../../../src/adapters/gate-redis.ts';
import { openPostgresStore } from '../../../src/adapters/store-postgres.ts';
import { memoryLog } from '../../harness/hub.ts';
import { freshDatabase } from '../../services/postgres.ts';

export type RedisStand = {
  store: Store;
  pool: Pool;
  log: ReturnType<typeof memoryLog>;
  open(): Promise<Gate>;
  /** Throws where the database has answered in place of Redis. */
  requireTrust(): void;
  close(): Promise<void>;
};

/** Processes on one database and one Redis, each with connections of its own to the Redis. */
export async function redisStand(
  postgresUrl: string,
  redisUrl: string,
  { isCluster = false, patienceMs = 250 } = {},
): Promise<RedisStand> {
  const url = await freshDatabase(postgresUrl);
  const store = await openPostgresStore({ url, migrationsFolder: 'migrations/postgres' });
  const pool = new Pool({ connectionString: url, max: 4 });
  const log = memoryLog();
  const clients: (Redis | Cluster)[] = [];
  const connect = () => {
    const { hostname: host, port } = new URL(redisUrl);
    const retryStrategy = () => 20;
    const client = isCluster
      ? new Cluster([{ host, port: Number(port) }])
      : new Redis(redisUrl, { retryStrategy });
    // A client without a listener prints its errors; what becomes of them is what the tests look at.
    client.on('error', () => undefined);
    clients.push(client);
    return client;
  };
  return {
    store,
    pool,
    log,
    open: () => createRedisGate({ redis: connect(), subscriber: connect(), store, pool, log, patienceMs }),
    requireTrust: () => {
      const doubts = log.lines.filter((line) => /gate\.redis_(?:lost|unusable)/.test(line));
      if (doubts.length > 0) throw new Error(`Redis was not believed: ${doubts.join(' ')}`);
    },
    close: async () => {
      for (const client of clients) client.disconnect();
      await store.close();
      await pool.end();
    },
  };
}
