import { Pool } from 'pg';
import type { Carrier } from '../../../src/adapters/cluster/carrier.ts';
import { createMembers } from '../../../src/adapters/cluster/members.ts';
import { createOwners } from '../../../src/adapters/cluster/owners.ts';
import { systemClock } from '../../../src/adapters/clock-system.ts';
import { createClusterQueue } from '../../../src/adapters/queue-cluster.ts';
import { openPostgresStore } from '../../../src/adapters/store-postgres.ts';
import type { Candidate, Store } from '#src/ports';
import { memoryLog } from '../../harness/hub.ts';
import { freshDatabase } from '../../services/postgres.ts';
import type { OpenedQueue } from '../queue.ts';
import { migrationsFolder } from '../store/rivals.ts';

export type OpenCarrier = (pool: Pool, url: string) => Promise<{ carrier: Carrier; close(): Promise<void> }>;

/** Two processes of a cluster in one: each has its own connections, members and carrier. */
export async function openClusterQueue(server: string, openCarrier: OpenCarrier): Promise<OpenedQueue> {
  const url = await freshDatabase(server);
  const [sending, publishing] = [await openProcess(url, openCarrier), await openProcess(url, openCarrier)];
  return {
    sending: sending.queue,
    publishing: publishing.queue,
    bind: async (consumer) => {
      await sending.bind(consumer);
      await publishing.look();
    },
    unbind: async () => {
      await sending.unbind();
      await publishing.look();
    },
    lanes: (count) => makeLanes(sending.store, count),
    close: async () => {
      await publishing.close();
      await sending.close();
    },
  };
}

export async function openProcess(url: string, openCarrier: OpenCarrier) {
  const pool = new Pool({ connectionString: url, max: 4 });
  const log = memoryLog();
  const store = await openPostgresStore({ pool, migrationsFolder });
  const id = `wrk_${String(Math.random()).slice(2)}`;
  const members = await createMembers({ store, log, id, version: 'test', beatMs: 50, deadMs: 10_000 });
  const { carrier, close } = await openCarrier(pool, url);
  const meter = { count: () => {}, gauge: () => {}, observe: () => {} };
  const owners = createOwners(store, members);
  const cluster = createClusterQueue({ members, owners, carrier, store, clock: systemClock, meter, log });
  return {
    ...cluster,
    store,
    members,
    owners,
    carrier,
    log,
    look: () => members.look(),
    close: async () => {
      await cluster.close();
      await close();
      await store.close();
      await pool.end();
    },
  };
}

let made = 0;
/** Rows of subscriptions, of which a queue reads the id and the host alone. */
export async function makeLanes(
  store: Store,
  count: number,
  hostOf: (n: number) => string = (n) => `host${n}.example`,
): Promise<Candidate[]> {
  const { subscriptions } = store.tables;
  const now = new Date();
  const rows = Array.from({ length: count }, () => {
    made += 1;
    return {
      id: `sub_${String(made).padStart(8, '0')}`,
      env: 'live' as const,
      owner: 'grant' as const,
      tokenId: 'tok_1',
      scopes: [],
      epochs: {},
      endpoint: { type: 'webhook' as const, url: `https://${hostOf(made)}/` },
      host: hostOf(made),
      eventTypes: ['*'],
      cities: [],
      format: 'standard' as const,
      signature: 'v1' as const,
      ordering: 'none' as const,
      maxPerSecond: 50,
      description: '',
      state: 'active' as const,
      sinceEvent: 0,
      createdAt: now,
      updatedAt: now,
      version: 1,
    };
  });
  await store.write((db) => [db.insert(subscriptions).values(rows)]);
  return rows.map(({ id, host }) => ({ subscription: { id, host } }) as Candidate);
}
