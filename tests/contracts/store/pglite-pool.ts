import { PGlite } from '@electric-sql/pglite';
import type { Pool } from 'pg';

/**
 * PostgreSQL without a server, behind the few verbs of pg's Pool that the adapter uses, so that its own code runs.
 * There is one connection: whoever has it holds it until `release`. It proves SQL, not races.
 */
export function createPglitePool(): { pool: Pool; close(): Promise<void> } {
  const database = new PGlite();
  const turn = { last: Promise.resolve() };
  const pool = {
    on: () => undefined,
    connect: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const before = turn.last;
      turn.last = promise;
      await before;
      return { query: (query: Query, values?: unknown[]) => run(database, query, values), release: resolve };
    },
    query: async (query: Query, values?: unknown[]) => {
      const client = await pool.connect();
      try {
        return await client.query(query, values);
      } finally {
        client.release();
      }
    },
  };
  return { pool: pool as unknown as Pool, close: () => database.close() }; // The rest of a Pool nobody calls.
}

type Query = string | { text: string; values?: unknown[]; rowMode?: 'array' };

function run(database: PGlite, query: Query, values?: unknown[]) {
  if (typeof query === 'string') return database.query(query, values);
  return database.query(query.text, values ?? query.values, query.rowMode && { rowMode: query.rowMode });
}
