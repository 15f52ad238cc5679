import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe } from 'vitest';
import { describeWith } from '../services/describe.ts';
import { type RedisServer, startRedis } from '../services/redis.ts';
import { gateContract } from './gate.ts';
import { redisStand, type RedisStand } from './gate/redis-stand.ts';

/** What is proved of Redis' own answers must not be the database's because the machine was busy. */
const patient = { patienceMs: 60_000 };

await describeWith('postgres', 'a database', (postgres) => {
  const servers: RedisServer[] = [];
  afterAll(async () => {
    for (const server of servers) await server.stop();
  });

  describe('one Redis', () => {
    beforeAll(async () => void servers.push(await startRedis()));
    gateContract('Redis', () => trusting(redisStand(postgres.url, servers.at(-1)!.url, patient)));
  });

  describe('Redis Cluster, whose key rules a script must keep', () => {
    beforeAll(async () => {
      const server = await startRedis(['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1']);
      servers.push(server);
      const client = new Redis(server.url);
      await client.cluster('ADDSLOTSRANGE', 0, 16_383);
      while (!(await client.cluster('INFO')).includes('cluster_state:ok'));
      client.disconnect();
    });
    gateContract('Redis Cluster', () =>
      trusting(redisStand(postgres.url, servers.at(-1)!.url, { ...patient, isCluster: true })),
    );
  });
});

/** What the database answers in its place proves nothing of Redis. */
async function trusting(standing: Promise<RedisStand>): Promise<RedisStand> {
  const stand = await standing;
  return {
    ...stand,
    open: async () => {
      stand.requireTrust();
      return stand.open();
    },
    close: async () => {
      await stand.close();
      stand.requireTrust();
    },
  };
}
