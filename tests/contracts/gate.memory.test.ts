import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMemoryGate } from '../../src/adapters/gate-memory.ts';
import { openSqliteStore } from '../../src/adapters/store-sqlite.ts';
import { gateContract } from './gate.ts';
import { askOf, newId, staff, storedToken } from './gate/stand.ts';

const openFile = () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-gate-'));
  const stores: ReturnType<typeof openSqliteStore>[] = [];
  return {
    openStore: () => {
      const store = openSqliteStore({
        file: join(folder, 'patchbay.db'),
        migrationsFolder: 'migrations/sqlite',
      });
      stores.push(store);
      return store;
    },
    close: async () => {
      for (const store of stores) await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** The gate of one process: whatever process a case opens is the one there is. */
gateContract(
  'memory',
  async () => {
    const { openStore, close } = openFile();
    const store = openStore();
    const gate = await createMemoryGate(store);
    return { store, open: async () => gate, close };
  },
  'one',
);

test('what another process writes to the file holds from the next call on', async () => {
  const { openStore, close } = openFile();
  const [store, other] = [openStore(), openStore()];
  const [gate, otherGate] = [await createMemoryGate(store), await createMemoryGate(other)];
  const grant = newId('grt');
  const ask = askOf({
    epochs: [gate.snapshot({ grant })],
    token: await storedToken({ store, open: async () => gate }),
  });
  expect((await gate.admit(ask)).standing).toBe('valid');
  const generation = gate.generation();
  await staff({ store: other, open: async () => otherGate }, otherGate).revoke('token', ask.token.id);
  expect(gate.generation()).not.toBe(generation);
  expect((await gate.admit(ask)).standing).toBe('revoked');
  await staff({ store: other, open: async () => otherGate }, otherGate).revoke('grant', grant);
  expect((await gate.admit({ ...ask, token: { ...ask.token, id: newId('tok') } })).standing).toBe('revoked');
  await close();
});
