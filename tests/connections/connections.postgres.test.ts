import { clusterEnvironment } from '../harness/cluster.ts';
import { describeWith } from '../services/describe.ts';
import { proveConnections } from './cases.ts';

await describeWith('postgres', 'on PostgreSQL', (postgres) => {
  proveConnections('connections', () => clusterEnvironment(postgres.url));
});
