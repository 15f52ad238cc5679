import type { Cluster, Redis } from 'ioredis';
import type { Script } from './scripts.ts';

export type RedisClient = Redis | Cluster;
export type RunScript = (script: Script, keys: string[], values: (string | number)[]) => Promise<unknown>;

export function scriptRunner(redis: RedisClient, patienceMs: number): RunScript {
  return async ({ lua, sha }, keys, values) => {
    if (redis.status !== 'ready') throw new Error(`redis is ${redis.status}`);
    return within(
      patienceMs,
      redis.evalsha(sha, keys.length, ...keys, ...values).catch((error: unknown) => {
        // RESP error of a Redis that has begun afresh: the script goes with the call, and is known from then on.
        if (error instanceof Error && error.message.startsWith('NOSCRIPT'))
          return redis.eval(lua, keys.length, ...keys, ...values);
        throw error;
      }),
    );
  };
}

export function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`redis did not answer within ${ms} ms`)), ms);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
