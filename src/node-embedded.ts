import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createMemoryGate } from './adapters/gate-memory.ts';
import { hostKeys } from './adapters/host-node/keys.ts';
import { createEmbeddedQueue } from './adapters/queue-embedded.ts';
import { openSqliteStore } from './adapters/store-sqlite.ts';
import type { Lending } from './node-lending.ts';

/** The embedded profile: SQLite in one folder, one process, nothing else installed. */
export async function lendEmbedded(
  folder: string,
  given: { masterKeys: string | undefined; peppers: string | undefined },
): Promise<Lending> {
  mkdirSync(folder, { recursive: true });
  // Before the database: one without its keys is not for us to begin anew.
  const keys = hostKeys(folder, given);
  const store = openSqliteStore({
    file: join(folder, 'patchbay.db'),
    migrationsFolder: fileURLToPath(new URL('../migrations/sqlite', import.meta.url)),
  });
  const embedded = createEmbeddedQueue();
  return {
    keys,
    store,
    gate: await createMemoryGate(store),
    queue: embedded.queue,
    bind: async (consumer) => embedded.bind(consumer),
    unbind: async () => embedded.unbind(),
    close: () => store.close(),
  };
}
