import { openNotifyCarrier } from '../../src/adapters/queue-postgres.ts';
import { memoryLog } from '../harness/hub.ts';
import { describeWith } from '../services/describe.ts';
import { openClusterQueue } from './queue/cluster.ts';
import { queueContract } from './queue.ts';

await describeWith('postgres', 'a real server', (server) => {
  queueContract('NOTIFY', () =>
    openClusterQueue(server.url, async (pool, listenUrl) => ({
      carrier: openNotifyCarrier({ pool, listenUrl, log: memoryLog() }),
      close: async () => undefined,
    })),
  );
});
