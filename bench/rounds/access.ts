import { Redis } from 'ioredis';
import type { AccessServer } from '../access/server.ts';
import type { ClusterHome } from '../cluster.ts';
import { ENVIRONMENT } from '../hub-client.ts';
import { measureAlone, measurePath } from '../measures/access.ts';
import { type Program, startProgram } from '../programs.ts';
import type { Bench } from './bench.ts';

const ALTERNATIONS = 4;
/** Caps that are asked for each call and never reached, at every level. */
const WIDE = Object.fromEntries(
  ['USER', 'APP', 'PARTNER'].map((level) => [`PATCHBAY_${level}_UNITS_PER_MINUTE`, '1000000000']),
);

/**
 * The gates in one run, each in a process of its own, and only one of them under load at a time: an empty request and
 * the same one with authentication and caps, in turns.
 */
export async function measureAuthentication(bench: Bench): Promise<void> {
  const { cluster, figures, options } = bench;
  if (cluster === undefined) throw new Error('there is no cluster');
  const seconds = options.seconds * 0.3;
  const environments = await environmentsOf(bench, cluster);
  const redis = new Redis(cluster.redisUrl);
  const servers: [string, Program<AccessServer>][] = [];
  try {
    for (const [name, env] of Object.entries(environments))
      servers.push([name, await startProgram<AccessServer>({ file: './access/server.ts', env })]);
    for (const [, server] of servers)
      for (const path of ['/empty', '/entered'] as const) await measurePath(server, path, seconds / 2);
    for (let turn = 0; turn < (options.isQuick ? 1 : ALTERNATIONS); turn += 1) {
      for (const [name, server] of servers) {
        const empty = await measurePath(server, '/empty', seconds);
        const entered = await measurePath(server, '/entered', seconds);
        const tripsBefore = await scriptsRun(redis);
        const alone = await measureAlone(server);
        figures.note({
          [`access.${name}.empty`]: empty.perSecond,
          [`access.${name}.entered`]: entered.perSecond,
          [`access.${name}.empty.micros`]: empty.micros,
          [`access.${name}.micros`]: entered.micros - empty.micros,
          [`access.${name}.share`]: ((entered.micros - empty.micros) / empty.micros) * 100,
          [`access.${name}.p50`]: alone.p50,
          [`access.${name}.p99`]: alone.p99,
          ...(name === 'redis' ? { 'access.redis.trips': (await scriptsRun(redis)) - tripsBefore } : {}),
        });
      }
    }
  } finally {
    redis.disconnect();
    await Promise.all(servers.map(([, server]) => server.stop()));
  }
}

async function environmentsOf(bench: Bench, { postgresUrl, query, shared }: ClusterHome) {
  const databaseOf = async (name: string): Promise<string> => {
    await query('postgres', `DROP DATABASE IF EXISTS ${name}`);
    await query('postgres', `CREATE DATABASE ${name}`);
    return Object.assign(new URL(postgresUrl), { pathname: `/${name}` }).href;
  };
  const { REDIS_URL: redisUrl = '', ...keys } = shared;
  const all = { ...ENVIRONMENT, ...WIDE };
  return {
    embedded: { ...all, PATCHBAY_DATA: bench.directory() },
    postgres: { ...all, ...keys, DATABASE_URL: await databaseOf('bench_access_postgres') },
    redis: { ...all, ...keys, DATABASE_URL: await databaseOf('bench_access_redis'), REDIS_URL: redisUrl },
  };
}

/** Scripts that this Redis has run: the gate asks it by nothing else. */
async function scriptsRun(redis: Redis): Promise<number> {
  const stats = await redis.info('commandstats');
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}
