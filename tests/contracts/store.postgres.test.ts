import { openPostgresStore } from '../../src/adapters/store-postgres.ts';
import { describeWith } from '../services/describe.ts';
import { freshDatabase } from '../services/postgres.ts';
import { storeContract } from './store.ts';

await describeWith('postgres', 'a real server', ({ url }) => {
  storeContract('PostgreSQL', async () => {
    const store = await openPostgresStore({ url: await freshDatabase(url), migrationsFolder: 'migrations/postgres' });
    return { store, close: () => store.close() };
  });
});
