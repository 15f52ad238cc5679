import type { D1Database, D1PreparedStatement } from '@cloudflare/workers-types';

/** The same database, and how many statements were run through here: an invocation has a thousand. */
export function countQueries(d1: D1Database): { d1: D1Database; count(): number } {
  const seen = { queries: 0 };
  const counted: Pick<D1Database, 'prepare' | 'batch'> = {
    // A statement that is prepared is run, by itself or in a batch.
    prepare: (sql): D1PreparedStatement => {
      seen.queries++;
      return d1.prepare(sql);
    },
    batch: (statements) => d1.batch(statements),
  };
  return { d1: counted as D1Database, count: () => seen.queries }; // The store and drizzle call no more of it.
}
