import type { Columns } from '#src/columns';

export const usageTables = (c: Columns) => ({
  /** Calls of one holder on one day (UTC); `id` is `day holder`. Added to, a batch at a time. */
  usageDays: c.table(
    'usage_days',
    {
      id: c.text('id').primaryKey(),
      day: c.text('day').notNull(),
      /** `grant:grt_01…`, `account:acc_01…`, `app:…`, `partner:…`, `token:…` */
      holder: c.text('holder').notNull(),
      reads: c.count('reads').notNull(),
      writes: c.count('writes').notNull(),
      creates: c.count('creates').notNull(),
      units: c.count('units').notNull(),
      /** Calls that a cap of ours refused, and deliveries that an endpoint refused with 429. */
      refused: c.count('refused').notNull(),
      theirs: c.count('theirs').notNull(),
      /** Deliveries that were taken, and attempts that were not. Null in rows from before they were counted. */
      delivered: c.count('delivered'),
      failed: c.count('failed'),
    },
    (t) => [c.index('usage_days_day').on(t.day), c.index('usage_days_holder').on(t.holder, t.day)],
  ),
  /** Long calls under way; `id` is `kind:holder:slot`. A slot is free when its row is gone or has expired. */
  callLeases: c.table('call_leases', {
    id: c.text('id').primaryKey(),
    mark: c.text('mark').notNull(),
    expiresAt: c.instant('expires_at').notNull(),
  }),
  /** Who is turned away for a while after thousands of refused calls, by whichever process saw them; `id` is the holder. */
  blocks: c.table(
    'blocks',
    {
      id: c.text('id').primaryKey(),
      since: c.instant('since').notNull(),
      until: c.instant('until').notNull(),
    },
    (t) => [c.index('blocks_until').on(t.until)],
  ),
});
