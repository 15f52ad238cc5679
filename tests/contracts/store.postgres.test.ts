import { Pool } from 'pg';
import { openPostgresStore } from '../../src/adapters/store-postgres.ts';
import { describeWith } from '../services/describe.ts';
import { freshDatabase } from '../services/postgres.ts';
import { storeContract } from './store.ts';
import { migrationsFolder } from './store/rivals.ts';

await describeWith('postgres', 'a real server', (server) => {
  storeContract('PostgreSQL', async () => {
    const store = await openPostgresStore({ url: await freshDatabase(server.url), migrationsFolder });
    return { store, close: () => store.close() };
  });

  storeContract('PostgreSQL by a pool of the host’s, with named statements', async () => {
    const pool = new Pool({ connectionString: await freshDatabase(server.url), max: 3 });
    const store = await openPostgresStore({ pool, migrationsFolder, namedStatements: true });
    return {
      store,
      close: async () => {
        await store.close();
        await pool.end();
      },
    };
  });
});
