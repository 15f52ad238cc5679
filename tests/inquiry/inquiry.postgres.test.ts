import { clusterEnvironment } from '../harness/cluster.ts';
import { describeWith } from '../services/describe.ts';
import { inquirySuite } from './suite.ts';

await describeWith('postgres', 'what staff look up, on PostgreSQL', ({ url }) =>
  inquirySuite(() => clusterEnvironment(url)),
);
