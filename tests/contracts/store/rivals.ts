import { Client } from 'pg';
import { openPostgresStore } from '../../../src/adapters/store-postgres.ts';
import { type Stand, standOn } from './stand.ts';

export const migrationsFolder = 'migrations/postgres';

/** Stores on one database, each with a pool of its own, as processes have. */
export async function openRivals(url: string, count: number): Promise<Stand[]> {
  const stores = await Promise.all(
    Array.from({ length: count }, () => openPostgresStore({ url, migrationsFolder })),
  );
  return stores.map((store, i) => standOn(store, `r${i}x`));
}

export async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

/** On a connection of its own: within a transaction PostgreSQL answers pg_stat_activity from a snapshot. */
export async function waitForLock(url: string, count = 1): Promise<void> {
  const client = await connect(url);
  const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  for (let found = 0; found < count;) found = (await client.query<{ n: number }>(waiting)).rows[0]!.n;
  await client.end();
}
