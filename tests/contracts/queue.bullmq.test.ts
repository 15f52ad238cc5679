import { readRedisUrl } from '../../src/adapters/host-node/redis-place.ts';
import { openBullmqCarrier } from '../../src/adapters/queue-bullmq.ts';
import { connectRedis, createRedisClient } from '../../src/adapters/redis-client.ts';
import { memoryLog } from '../harness/hub.ts';
import { describeWithAll } from '../services/describe.ts';
import { openClusterQueue } from './queue/cluster.ts';
import { queueContract } from './queue.ts';

await describeWithAll(['postgres', 'redis'], 'real servers', ({ postgres, redis }) => {
  queueContract('BullMQ', () =>
    openClusterQueue(postgres.url, async () => {
      // A database of its own: other suites of the run have queues by the same names.
      const [place, log] = [readRedisUrl(`${redis.url}/5`), memoryLog()];
      const client = createRedisClient(place, { isBounded: true }, log);
      await connectRedis(client, place, log);
      return {
        carrier: openBullmqCarrier({ client, place, log }),
        close: async () => client.disconnect(),
      };
    }),
  );
});
