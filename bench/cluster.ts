import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { startPostgres } from '../tests/services/postgres.ts';
import { startRedis } from '../tests/services/redis.ts';
import { ENVIRONMENT, firstAccepted, freePort, SERVER, targetOf } from './hub-client.ts';
import type { HubTokens } from './hub-tokens.ts';
import { launch, pidOf, runProgram, stopProcess } from './programs.ts';
import type { Target } from './target.ts';
import { readCpuMs, readTreeCpuMs } from './usage.ts';

const TOKENS = './hub-tokens.ts';
const BASE = 'bench_base';

/** PostgreSQL and Redis of the run's own, with a prepared database that each cluster gets a copy of. */
export type ClusterHome = HubTokens & {
  postgresUrl: string;
  redisUrl: string;
  shared: Record<string, string>;
  /** CPU so far, in milliseconds. */
  usage(): Promise<{ postgresMs: number; redisMs: number }>;
  /** BullMQ jobs that were ever added to the Redis of now. */
  jobs(): Promise<number>;
  /** On a database of the run's; each call has a connection of its own, or none could be dropped. */
  query(database: string, sql: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
};

export async function prepareCluster(): Promise<ClusterHome> {
  const postgres = await startPostgres({ durable: true });
  const redisServer = await startRedis();
  const redis = new Redis(redisServer.url);
  const query: ClusterHome['query'] = async (database, sql) => {
    const client = new Client({ connectionString: databaseUrl(postgres.url, database) });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const key = (): string => `1:${randomBytes(32).toString('base64')}`;
  const shared = { REDIS_URL: redisServer.url, PATCHBAY_MASTER_KEYS: key(), PATCHBAY_PEPPERS: key() };
  await query('postgres', `CREATE DATABASE ${BASE}`);
  const env = { ...ENVIRONMENT, ...shared, DATABASE_URL: databaseUrl(postgres.url, BASE) };
  const tokens = await runProgram<HubTokens>({ file: TOKENS, env });
  const postmaster = await postmasterOf(query);
  const redisPid = Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1]);

  return {
    ...tokens,
    postgresUrl: postgres.url,
    redisUrl: redisServer.url,
    shared,
    usage: async () => ({
      postgresMs: readTreeCpuMs(postmaster),
      redisMs: await readCpuMs([redisPid]),
    }),
    jobs: async () => {
      // BullMQ numbers a queue's jobs in one key (its documentation, "Job Ids").
      const names = await redis.keys('{patchbay}:*:id');
      const values = names.length > 0 ? await redis.mget(names) : [];
      return values.reduce((sum, value) => sum + Number(value ?? 0), 0);
    },
    query,
    close: async () => {
      redis.disconnect();
      await redisServer.stop();
      await postgres.stop();
    },
  };
}

/** One process that takes requests and so many that send, on a copy of `from`; all gone when `use` has ended. */
export async function withCluster<Result>(
  home: ClusterHome,
  wish: { workers: number; database: string; from?: string },
  use: (cluster: Target) => Promise<Result>,
): Promise<Result> {
  const { database, from = BASE } = wish;
  await home.query('postgres', `DROP DATABASE IF EXISTS ${database}`);
  await home.query('postgres', `CREATE DATABASE ${database} TEMPLATE ${from}`);
  const redis = new Redis(home.redisUrl);
  await redis.flushall();
  redis.disconnect();
  const running = await startCluster(home, databaseUrl(home.postgresUrl, database), wish.workers);
  try {
    return await use(running);
  } finally {
    await running.stop();
  }
}

async function startCluster(home: ClusterHome, url: string, workers: number): Promise<Target> {
  const ports = await freePorts(workers + 1);
  const root = `http://127.0.0.1:${ports[0]}`;
  const publish = { url: `${root}/v1/events`, headers: { authorization: `Bearer ${home.publisher}` } };
  const startedAt = performance.now();
  const start = (port: number, role: string) => {
    const env = { ...ENVIRONMENT, ...home.shared, DATABASE_URL: url, PORT: String(port) };
    const child = launch({ file: SERVER, args: ['--role', role], env });
    child.stdout?.resume();
    return child;
  };
  const [apiPort, ...workerPorts] = ports;
  const api = start(apiPort ?? 0, 'api');
  const others = workerPorts.map((port) => start(port, 'worker'));
  const stop = async (): Promise<void> => {
    await Promise.all([api, ...others].map(stopProcess));
  };
  try {
    await firstAccepted(api, publish);
    await Promise.all(workerPorts.map(ready));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...targetOf(root, home),
    name: 'cluster',
    pids: [pidOf(api), ...others.map(pidOf)],
    publish,
    startMs: performance.now() - startedAt,
    stop,
  };
}

async function ready(port: number): Promise<void> {
  for (let left = 300; left > 0; left -= 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  throw new Error(`the worker on port ${port} was not ready within 15 s`);
}

/** One after the other: two that are asked for at once may be the same. */
async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

function databaseUrl(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

async function postmasterOf(query: ClusterHome['query']): Promise<number> {
  const [row] = await query('postgres', `SELECT pg_read_file('postmaster.pid') AS text`);
  return Number(String(row?.['text']).split('\n')[0]);
}
