import type { D1Database } from '@cloudflare/workers-types';
import { PatchbayError } from '#src/errors';

/** A database ends at 10 GB (D1's documentation, "Limits", 2026-11). What is left is for the work that is under way. */
const fullBytes = 0.9 * 10_000_000_000;
/** How long a size that is too large is believed, before the database is asked again. */
const believedMs = 5_000;

export type Room = {
  /** The same database; every batch tells its size. */
  d1: D1Database;
  /** Throws 503 where no more events may be accepted. Costs nothing until the database is nearly full. */
  refuseWhenFull(): Promise<void>;
};

/**
 * Accepting is refused at nine tenths, so that what was accepted can still be sent, settled and purged. An isolate
 * learns the size from its first write.
 */
export function watchRoom(d1: D1Database): Room {
  const seen = { bytes: 0, atMs: 0 };
  const note = (bytes: unknown): void => {
    if (typeof bytes === 'number') Object.assign(seen, { bytes, atMs: Date.now() });
  };
  const watched: Pick<D1Database, 'prepare' | 'batch'> = {
    prepare: (sql) => d1.prepare(sql),
    batch: async <T>(statements: Parameters<D1Database['batch']>[0]) => {
      const answers = await d1.batch<T>(statements);
      note(answers.at(-1)?.meta.size_after);
      return answers;
    },
  };
  return {
    d1: watched as D1Database, // The store and drizzle call no more of it.
    refuseWhenFull: async () => {
      if (seen.bytes < fullBytes) return;
      if (Date.now() - seen.atMs > believedMs) note((await d1.prepare('SELECT 1').run()).meta.size_after);
      if (seen.bytes < fullBytes) return;
      throw new PatchbayError('store_unavailable', {
        public: 'The store is nearly full, so nothing new is accepted. What was accepted is still delivered.',
        internal: `the database has ${seen.bytes} bytes of the 10 GB that D1 holds: keep events for a shorter time`,
        retryAfterSeconds: 60,
      });
    },
  };
}
