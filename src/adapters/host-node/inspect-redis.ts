import { Redis } from 'ioredis';
import type { RedisFacts } from '#src/doctor';
import { wordsOf } from './inspect-database.ts';
import type { RedisPlace } from './redis-place.ts';

/** Reads and changes nothing. Of a Redis Cluster it asks the first node that is named. */
export async function inspectRedis(place: RedisPlace): Promise<RedisFacts> {
  const [node = { host: '127.0.0.1', port: 6379 }] = place.nodes;
  const facts = { place: `${node.host}:${node.port}`, version: null, maxmemoryPolicy: null, aheadMs: null };
  const redis = new Redis({
    ...node,
    db: place.database,
    lazyConnect: true,
    connectTimeout: 5_000,
    commandTimeout: 5_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    ...(place.username === null ? {} : { username: place.username }),
    ...(place.password === null ? {} : { password: place.password }),
    ...(place.isTls ? { tls: {} } : {}),
  });
  const seen: { fault: string | null } = { fault: null };
  redis.on('error', (error: unknown) => {
    seen.fault = wordsOf(error);
  });
  try {
    await redis.connect();
    const askedAtMs = Date.now();
    const [seconds, micros] = await redis.time();
    const oursMs = (askedAtMs + Date.now()) / 2;
    const info = await redis.info();
    return {
      ...facts,
      fault: null,
      version: lineOf(info, 'redis_version'),
      maxmemoryPolicy: lineOf(info, 'maxmemory_policy'),
      aheadMs: Math.round(Number(seconds) * 1_000 + Number(micros) / 1_000 - oursMs),
    };
  } catch (error) {
    // The connection's own error says more than that of the command it took along.
    return { ...facts, fault: seen.fault ?? wordsOf(error) };
  } finally {
    redis.disconnect();
  }
}

const lineOf = (info: string, name: string): string | null =>
  new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? null;
