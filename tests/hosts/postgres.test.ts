import { describeWith } from '../services/describe.ts';
import { cluster } from './cluster.ts';
import { proveFlows } from './suite.ts';

await describeWith('postgres', 'without Redis', (postgres) => {
  proveFlows(cluster('postgres alone', { postgres: postgres.url, withRedis: false }));
});
