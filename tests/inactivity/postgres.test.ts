import { clusterEnvironment } from '../harness/cluster.ts';
import { describeWith } from '../services/describe.ts';
import { inactivitySuite } from './suite.ts';

await describeWith('postgres', 'what nobody uses, on PostgreSQL', (postgres) =>
  inactivitySuite(() => clusterEnvironment(postgres.url)),
);
