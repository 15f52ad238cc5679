import { Cluster, Redis } from 'ioredis';
import type { Log } from '#src/ports';
import { configurationError } from './host-node/configuration-error.ts';
import type { RedisPlace } from './host-node/redis-place.ts';

export type RedisClient = Redis | Cluster;

/**
 * A connection to Redis or Redis Cluster, not awaited. `bounded` commands fail at once while Redis is away, and after a
 * second (or `patienceMs`) where it does not answer: for whoever has a caller waiting. Others wait as long as it takes.
 */
export function createRedisClient(
  place: RedisPlace,
  wish: { isBounded: boolean; patienceMs?: number },
  log: Log,
): RedisClient {
  const shared = {
    connectTimeout: 5_000,
    keepAlive: 10_000,
    maxRetriesPerRequest: wish.isBounded ? 1 : null,
    ...(wish.isBounded ? { commandTimeout: wish.patienceMs ?? 1_000 } : {}),
    ...(place.username === null ? {} : { username: place.username }),
    ...(place.password === null ? {} : { password: place.password }),
    ...(place.isTls ? { tls: {} } : {}),
  };
  const retry = (times: number) => Math.min(1_000, 50 * 2 ** times);
  const [node] = place.nodes;
  const common = { enableOfflineQueue: !wish.isBounded, lazyConnect: true };
  const client = place.isCluster
    ? new Cluster([...place.nodes], { ...common, redisOptions: shared, clusterRetryStrategy: retry })
    : new Redis({ ...node, ...shared, ...common, db: place.database, retryStrategy: retry });
  const state = { isTold: false };
  // ioredis tells of every try; once each outage is enough.
  client.on('error', (error: unknown) => {
    if (!state.isTold)
      log.warn('redis.away', { why: error instanceof Error ? error.message : String(error) });
    state.isTold = true;
  });
  client.on('ready', () => {
    if (state.isTold) log.info('redis.back');
    state.isTold = false;
  });
  return client;
}

export const isReady = (client: RedisClient): boolean => client.status === 'ready';

/** Connects, and says in the operator's words what is wrong. */
export async function connectRedis(client: RedisClient, place: RedisPlace, log: Log): Promise<void> {
  const [node] = place.nodes;
  const where = `${node?.host}:${node?.port}`;
  const seen: { error: unknown } = { error: null };
  const note = (error: unknown) => {
    seen.error ??= error;
  };
  client.on('error', note);
  try {
    await within(6_000, client.connect());
    warnOfEviction(await client.info('memory'), log);
  } catch (error) {
    client.disconnect();
    throw explained(where, seen.error ?? error, place);
  } finally {
    client.off('error', note);
  }
}

/** BullMQ's documentation, "Going to production": under any other policy jobs are lost without a word. */
function warnOfEviction(memory: string, log: Log): void {
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
  if (policy === undefined || policy === 'noeviction') return;
  log.warn('redis.evicts', {
    policy,
    do: 'Redis may drop wakes and caps when its memory is full. Set maxmemory-policy noeviction.',
  });
}

function explained(where: string, error: unknown, { isCluster, isTls }: RedisPlace): unknown {
  const text = textOf(error);
  const say = (what: string) => configurationError(`REDIS_URL: ${what}`, error);
  if (/NOAUTH|WRONGPASS|invalid password|without any password/i.test(text))
    return say(`Redis at ${where} refuses the name or password.`);
  if (/DB index is out of range/i.test(text)) return say(`Redis at ${where} has no such database number.`);
  if (isCluster && /cluster support disabled|CLUSTER/i.test(text))
    return say(`${where} is no Redis Cluster; name one server: redis://${where}.`);
  return say(
    `cannot connect to ${where} (${text}). Is Redis up, may this machine reach it, and does it ${isTls ? 'speak TLS' : 'speak plain TCP (else rediss://)'}?`,
  );
}

/** Of a Redis Cluster the last node's word says more than that none would do. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'lastNodeError' in error && error.lastNodeError ? textOf(error.lastNodeError) : error.message;
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${ms / 1_000} s`)), ms);
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
