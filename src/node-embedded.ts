import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createMemoryGate } from './adapters/gate-memory.ts';
import { configurationError } from './adapters/host-node/configuration-error.ts';
import { hostKeys } from './adapters/host-node/keys.ts';
import { makeFolder } from './adapters/host-node/make-folder.ts';
import { createEmbeddedQueue } from './adapters/queue-embedded.ts';
import { openSqliteStore } from './adapters/store-sqlite.ts';
import type { Lending } from './node-lending.ts';

/** The embedded profile: SQLite in one folder, one process, nothing else installed. */
export async function lendEmbedded(
  folder: string,
  given: { masterKeys: string | undefined; peppers: string | undefined },
): Promise<Lending> {
  const { keys, store } = inFolder(folder, () => {
    makeFolder(folder);
    return {
      // Before the database: one without its keys is not for us to begin anew.
      keys: hostKeys(folder, given),
      store: openSqliteStore({
        file: join(folder, 'patchbay.db'),
        migrationsFolder: fileURLToPath(new URL('../migrations/sqlite', import.meta.url)),
      }),
    };
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

/** What the file system or SQLite refuses is the operator's to mend, and needs no stack. */
function inFolder<T>(folder: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    const { code } = (error instanceof Error ? (error.cause ?? error) : {}) as { code?: unknown };
    if (typeof code !== 'string' || !refused.test(code)) throw error;
    throw configurationError(
      `The data cannot be kept in ${folder} (${code}). Mend that, or choose a folder with PATCHBAY_DATA=…`,
      error,
    );
  }
}

const refused =
  /^(?:E(?:ACCES|PERM|ROFS|EXIST|NOTDIR|NOENT|NOSPC|DQUOT|IO)$|SQLITE_(?:CANTOPEN|READONLY|PERM|NOTADB|CORRUPT|FULL|IOERR|BUSY))/;
