import { describeWithAll } from '../services/describe.ts';
import { cluster } from './cluster.ts';
import { proveFlows } from './suite.ts';

await describeWithAll(['postgres', 'redis'], 'with Redis', ({ postgres }) => {
  proveFlows(cluster('cluster', { postgres: postgres.url, withRedis: true }));
});
