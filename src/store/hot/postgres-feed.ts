/**
 * The feed's order on PostgreSQL begins with the writing transaction's number. Those numbers belong to a database server
 * and start anew on another, where a dump may be restored: the mark `feed_tx` is what has to be added, so that what is
 * written after a restore comes after everything that any reader has seen.
 */
const added = `coalesce((SELECT value FROM marks WHERE name = 'feed_tx'), 0)`;

/** Of a row that is being written. */
export const postgresFeedTx = `(pg_current_xact_id()::text::bigint + ${added})`;
/** What a running transaction will still commit has this number or a higher one; all below is settled for good. */
export const postgresFeedEnd = `(pg_snapshot_xmin(pg_current_snapshot())::text::bigint + ${added})`;
