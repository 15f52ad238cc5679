import { openPostgresStore } from '../../src/adapters/store-postgres.ts';
import { storeContract } from './store.ts';
import { createPglitePool } from './store/pglite-pool.ts';

storeContract('PGlite', async () => {
  const { pool, close } = createPglitePool();
  const store = await openPostgresStore({ pool, migrationsFolder: 'migrations/postgres' });
  return {
    store,
    close: async () => {
      await store.close();
      await close();
    },
  };
});
