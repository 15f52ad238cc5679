import { clusterEnvironment } from '../harness/cluster.ts';
import { describeWith } from '../services/describe.ts';
import { proveRevocations } from './cases.ts';

await describeWith('postgres', 'on PostgreSQL', (postgres) => {
  proveRevocations('revocations', () => clusterEnvironment(postgres.url));
});
