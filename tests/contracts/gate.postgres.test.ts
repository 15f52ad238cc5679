import { Pool } from 'pg';
import { createPostgresGate } from '../../src/adapters/gate-postgres.ts';
import { openPostgresStore } from '../../src/adapters/store-postgres.ts';
import { memoryLog } from '../harness/hub.ts';
import { describeWith } from '../services/describe.ts';
import { freshDatabase } from '../services/postgres.ts';
import { gateContract } from './gate.ts';

await describeWith('postgres', 'a real server', (server) => {
  for (const [name, isListening] of [
    ['PostgreSQL alone, polled', false],
    ['PostgreSQL alone, with LISTEN', true],
  ] as const) {
    gateContract(name, async () => {
      const url = await freshDatabase(server.url);
      const store = await openPostgresStore({ url, migrationsFolder: 'migrations/postgres' });
      const pool = new Pool({ connectionString: url, max: 4 });
      const listenUrl = isListening ? { listenUrl: url } : {};
      return {
        store,
        open: () => createPostgresGate({ store, pool, log: memoryLog(), ...listenUrl }),
        close: async () => {
          await store.close();
          await pool.end();
        },
      };
    });
  }
});
