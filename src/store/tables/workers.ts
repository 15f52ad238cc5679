import type { Columns } from '#src/columns';

/**
 * The processes of a cluster that send, with a heartbeat each by the database's clock. A slot is a place that is taken
 * again: whoever starts takes the lowest that is free, so a restarted worker has its lanes back and queues stay few.
 */
export const workerTables = (c: Columns) => ({
  workers: c.table(
    'workers',
    {
      /** Of this run of the process. */
      id: c.text('id').primaryKey(),
      slot: c.count('slot').notNull(),
      version: c.text('version').notNull(),
      startedAt: c.instant('started_at').notNull(),
      seenAt: c.instant('seen_at').notNull(),
    },
    (t) => [c.uniqueIndex('workers_slot').on(t.slot)],
  ),
});
