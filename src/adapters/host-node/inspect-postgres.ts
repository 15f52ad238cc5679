import { readMigrationFiles } from 'drizzle-orm/migrator';
import { Client, type Pool } from 'pg';
import { configurationError } from './configuration-error.ts';

export type PostgresFacts = {
  /** A pooler stands between: no prepared statements, no LISTEN. */
  isPooled: boolean;
  /** How many migrations of this version the database lacks. */
  missing: number;
  /** Migrations that this version does not know: a newer one has run here. */
  unknown: number;
  /** The database's clock minus ours. */
  clockAheadMs: number;
};

/** One look before the start, so that what is wrong is told in the operator's words. */
export async function inspectPostgres(
  name: string,
  url: string,
  migrationsFolder: string,
): Promise<PostgresFacts> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // What is wrong with the connection is told by the query that fails.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const askedAtMs = Date.now();
    const { rows } = await client.query<{ pid: number; version: string; ms: string; migrated: boolean }>(
      `SELECT pg_backend_pid() AS pid, current_setting('server_version_num') AS version,
        floor(extract(epoch FROM clock_timestamp()) * 1000) AS ms,
        to_regclass('drizzle.__drizzle_migrations') IS NOT NULL AS migrated`,
    );
    const [facts] = rows;
    if (!facts || Number(facts.version) < oldestServer)
      throw configurationError(`${name} is a PostgreSQL before version 13; the hub needs 13 or newer.`);
    const clockAheadMs = Math.round(Number(facts.ms) - (askedAtMs + Date.now()) / 2);
    return {
      isPooled: isPooled(client, facts.pid),
      ...compare(knownMigrations(migrationsFolder), facts.migrated ? await appliedMigrations(client) : []),
      clockAheadMs,
    };
  } catch (error) {
    throw explained(name, url, error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

const oldestServer = 130_000;

/** A pooler gives its clients a process number of its own; the server's tells the two apart. */
const isPooled = (client: Client, pid: number): boolean =>
  (client as unknown as { processID: number | null }).processID !== pid; // Not in the types (pg 8.23, lib/client.js).

export type MigrationsState = 'current' | 'behind' | 'newer' | 'unknown';

/** `behind`: this version's statements may name what is not there yet. `unknown`: this user may not look. */
export function createMigrationsCheck(migrationsFolder: string): (pool: Pool) => Promise<MigrationsState> {
  const known = knownMigrations(migrationsFolder);
  return async (pool) => {
    try {
      const { missing, unknown } = compare(known, await appliedMigrations(pool));
      if (missing > 0) return 'behind';
      return unknown > 0 ? 'newer' : 'current';
    } catch {
      // The store has just answered, so it is the permission that lacks.
      return 'unknown';
    }
  };
}

const knownMigrations = (migrationsFolder: string): number[] =>
  readMigrationFiles({ migrationsFolder }).map((migration) => migration.folderMillis);

async function appliedMigrations(database: Pick<Pool, 'query'>): Promise<number[]> {
  const { rows } = await database.query<{ at: string }>(
    'SELECT created_at AS at FROM drizzle.__drizzle_migrations',
  );
  return rows.map((row) => Number(row.at));
}

const compare = (known: number[], applied: number[]) => ({
  missing: known.filter((at) => !applied.includes(at)).length,
  unknown: applied.filter((at) => !known.includes(at)).length,
});

function explained(name: string, url: string, error: unknown): unknown {
  const root = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const code = root instanceof Error && 'code' in root ? String(root.code) : '';
  const text = root instanceof Error ? root.message : String(root);
  const { username, hostname, port, pathname } = new URL(url);
  const place = `${hostname || 'the local socket'}:${port || 5432}`;
  const say = (what: string) => configurationError(`${name}: ${what}`, error);
  if (code === '28P01') return say(`PostgreSQL at ${place} refuses the password of ${username}.`);
  if (code === '28000')
    return say(`PostgreSQL at ${place} refuses ${username}: see its pg_hba.conf. (${text})`);
  if (code === '42501')
    return say(
      `${username} may not look at the migrations. As the owner: GRANT USAGE ON SCHEMA drizzle TO ${username}; GRANT SELECT ON ALL TABLES IN SCHEMA drizzle TO ${username}`,
    );
  if (code === '3D000')
    return say(
      `there is no database ${pathname.slice(1)} at ${place}. Make it: createdb ${pathname.slice(1)}`,
    );
  if (/^E[A-Z_]+$/.test(code) || /timeout|terminated|SSL/i.test(text))
    return say(
      `cannot connect to ${place} (${code || text}). Is PostgreSQL up, and may this machine reach it?`,
    );
  return error;
}
