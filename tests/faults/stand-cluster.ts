import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { freePort } from '../services/free-port.ts';
import { type PostgresServer, startPostgres } from '../services/postgres.ts';
import { type RedisServer, startRedis } from '../services/redis.ts';
import { buildStart } from './hub-child.ts';
import { createMember, type Member } from './member.ts';
import { preparePeople } from './people.ts';
import { settings, type Stand, subscribeReceivers } from './stand.ts';
import { layWire, type Wire } from './wire.ts';

export type Cluster = Stand & {
  postgres: PostgresServer;
  /** Null where the cluster does without. */
  redis: RedisServer | null;
  /** Each worker's own lines, in the order of the workers. */
  wires: { redis: Wire | null; postgres: Wire }[];
};

export type ClusterWish = { withRedis: boolean; environment?: Record<string, string> };

/** Two API processes and two workers, PostgreSQL with its fsync, and Redis where it is wanted. */
export async function startCluster(
  random: () => number,
  { withRedis, ...wish }: ClusterWish,
): Promise<Cluster> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    const entry = await buildStart();
    const postgres = await startPostgres({ durable: true });
    undo.push(postgres.stop);
    const redis = withRedis ? await startRedis() : null;
    if (redis) undo.push(redis.stop);
    const key = () => `1:${randomBytes(32).toString('base64')}`;
    const environment = {
      ...settings,
      ...wish.environment,
      DATABASE_URL: postgres.url,
      ...(redis ? { REDIS_URL: redis.url } : {}),
      PATCHBAY_MASTER_KEYS: key(),
      PATCHBAY_PEPPERS: key(),
    };
    const people = await preparePeople(environment);

    const ended: string[] = [];
    const begin = async (name: string, role: string, over: Record<string, string>): Promise<Member> => {
      const own = { ...environment, PATCHBAY_ROLE: role, PORT: String(await freePort()), ...over };
      const member = createMember(name, entry, own, (what) => ended.push(what));
      undo.push(member.kill);
      await member.start();
      return member;
    };
    const apis = [await begin('api 1', 'api', {}), await begin('api 2', 'api', {})];
    const wires: Cluster['wires'] = [];
    const workers: Member[] = [];
    for (const name of ['worker 1', 'worker 2']) {
      const toPostgres = await layWire(portOf(postgres.url));
      const toRedis = redis ? await layWire(portOf(redis.url)) : null;
      undo.push(toPostgres.close);
      if (toRedis) undo.push(toRedis.close);
      wires.push({ postgres: toPostgres, redis: toRedis });
      const worker = await begin(name, 'worker', {
        DATABASE_URL: withPort(postgres.url, toPostgres.port),
        ...(redis && toRedis ? { REDIS_URL: withPort(redis.url, toRedis.port) } : {}),
      });
      workers.push(worker);
    }
    const receivers = await subscribeReceivers(apis[0]!.origin, people, random);
    undo.push(receivers.close);
    const query = (sql: string) => ask(postgres.url, sql);
    return { apis, workers, people, receivers, query, ended, postgres, redis, wires, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const portOf = (url: string): number => Number(new URL(url).port);

function withPort(url: string, port: number): string {
  const moved = new URL(url);
  moved.port = String(port);
  return moved.href;
}

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
