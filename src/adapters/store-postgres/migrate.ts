import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type { Pool } from 'pg';

/**
 * Brings the schema up to date. Every process does this at its start, so the first comes through and the others wait.
 * The lock is the transaction's, not the session's: behind a pooler in transaction mode a session is nobody's.
 */
export async function migratePostgres(pool: Pool, migrationsFolder: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [migrationLock]);
    // drizzle's own BEGIN finds one open (a notice, no error) and its COMMIT ends ours, and with it the lock.
    await migrate(drizzle({ client }), { migrationsFolder });
    await client.query(
      `INSERT INTO marks (name, value) VALUES ('subscriptions', 1) ON CONFLICT (name) DO NOTHING`,
    );
  } catch (error) {
    client.release(true);
    throw error;
  }
  client.release();
}

/** "Patchbay" in ASCII, as a bigint. */
const migrationLock = '5792038566077030777';
