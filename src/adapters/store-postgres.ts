import { drizzle } from 'drizzle-orm/node-postgres';
import { Pool, type QueryResultRow } from 'pg';
import { postgresColumns } from '#src/columns';
import type { Db, NewEvent, NewReceipt, PublishAnswer, Rows, Settlement, Statement, Store } from '#src/ports';
import {
  type PostgresStatement,
  candidateOf,
  leasedRows,
  postgresDueLanes,
  postgresKnown,
  postgresLease,
  postgresMatch,
  postgresPublish,
  postgresRenew,
  postgresSettle,
  postgresVersion,
  publishAnswers,
  schema,
} from '#src/store';
import { createBatch } from './store-postgres/batch.ts';
import { isConflict, isUnavailable, storeError } from './store-postgres/errors.ts';
import { migratePostgres } from './store-postgres/migrate.ts';
import { runAgain, transact } from './store-postgres/transact.ts';

export type PostgresOptions = (
  | { url: string; maxConnections?: number }
  | { pool: Pool; isPipelined?: boolean }
) & {
  /** Migrated here where it is given; else somebody has done it (`patchbay migrate`). */
  migrationsFolder?: string;
  /**
   * Names the hot statements, so that each connection plans them once. Only where every connection is a session of
   * its own, or the pooler follows prepared statements (PgBouncer ≥ 1.21 with max_prepared_statements).
   */
  namedStatements?: boolean;
  /** Told of each settled delivery that is due again. */
  onDue?: (lane: string, atMs: number) => void;
};

/**
 * The cluster's store: any number of processes. It keeps no state in a session (no LISTEN, no session locks, no
 * prepared statements unless asked), so that a pooler in transaction mode may stand before it.
 */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  const isOurs = 'url' in options;
  const pool = isOurs ? createPostgresPool(options.url, options.maxConnections ?? 10) : options.pool;
  const isPipelined = isOurs || options.isPipelined === true;
  // A connection that breaks fails its queries and is dropped by the pool. Its error event says no more, but would end
  // the process where nobody listens: the pool does while the connection is idle, and this does while it is lent.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const { migrationsFolder } = options;
  if (migrationsFolder) await translated(() => migratePostgres(pool, migrationsFolder));

  const run = async <T extends QueryResultRow = Row>({
    name,
    text,
    values,
  }: PostgresStatement): Promise<T[]> => {
    const query = options.namedStatements ? { name, text, values } : { text, values };
    return translated(() => runAgain(async () => (await pool.query<T>(query)).rows));
  };

  const publish = createBatch({
    run: (calls: Call[]) => publishCalls(run, calls),
    weigh: ({ receipt, events }) =>
      events.reduce(
        (sum, event) => sum + event.dataJson.length + 200 * event.deliveries.length,
        receipt.body.length,
      ),
    maxWeight: 1_000_000,
    maxInFlight: 2,
    mayRunAlone: (error) => !isUnavailable(error),
  });
  const settle = createBatch({
    run: (calls: Settlement[][]) => settleCalls(run, calls, options.onDue),
    weigh: (settlements) => settlements.length,
    maxWeight: 512,
    maxInFlight: 2,
    mayRunAlone: (error) => !isUnavailable(error),
  });

  return {
    db: drizzle({ client: pool }) as unknown as Db, // SQLite's types are the canonical ones (#src/columns).
    tables: schema(postgresColumns),
    dialect: 'postgres',
    write: <const T extends readonly Statement[]>(build: (db: Db) => T): Promise<Rows<T>> =>
      translated(() => transact(pool, isPipelined, build)),
    publish: (receipt, events) => publish.add({ receipt, events }),
    version: async () => Number((await run(postgresVersion))[0]?.['value'] ?? 0),
    match: async (env, accountIds) => (await run(postgresMatch(env, accountIds))).map(candidateOf),
    dueLanes: async (nowMs, after, limit) =>
      (await run(postgresDueLanes(nowMs, after, limit))).map((row) => row['id'] as string),
    lease: async (ask) => leasedRows(await run(postgresLease(ask))),
    renew: async (deliveries, untilMs) =>
      new Set((await run(postgresRenew(deliveries, untilMs))).map((row) => row['id'] as string)),
    settle: (settlements) => settle.add(settlements),
    isConflict,
    failureOf: storeError,
    foreignWrites: () => null,
    close: async () => {
      await Promise.all([publish.idle(), settle.idle()]);
      if (isOurs) await pool.end();
    },
  };
}

type Row = Record<string, unknown>;
type Call = { receipt: NewReceipt; events: NewEvent[] };
type Run = <T extends QueryResultRow = Row>(statement: PostgresStatement) => Promise<T[]>;
type Settled = { id: string; mark: string; lane: string; dueAtMs: string | null };
type Published = { version: string | null; written: Row[] | null; claims: Row[] | null };

/** One round trip; a second one only where something was known, claimed or matched too early. */
async function publishCalls(run: Run, calls: Call[]): Promise<PublishAnswer[]> {
  const [answer] = await run<Published>(postgresPublish(calls));
  const written = answer?.written ?? [];
  const ids = new Set(written.map((row) => row['id']));
  const others = calls.flatMap((call) => call.events.map((event) => event.id)).filter((id) => !ids.has(id));
  const known = others.length === 0 ? [] : await run(postgresKnown(others));
  return publishAnswers(calls, [...written, ...known], answer?.claims ?? [], Number(answer?.version ?? 0));
}

async function settleCalls(
  run: Run,
  calls: Settlement[][],
  onDue: PostgresOptions['onDue'],
): Promise<Set<string>[]> {
  const rows = await run<Settled>(postgresSettle(calls.flat()));
  const marks = new Map(rows.map((row) => [row.id, row.mark]));
  for (const { lane, dueAtMs } of rows) if (dueAtMs !== null) onDue?.(lane, Number(dueAtMs));
  return calls.map(
    (settlements) =>
      new Set(settlements.filter((s) => marks.get(s.deliveryId) === s.mark).map((s) => s.deliveryId)),
  );
}

/** Pipelined: what is asked in one turn leaves together. */
export function createPostgresPool(url: string, max: number): Pool {
  const config = {
    connectionString: url,
    max,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    pipeline: true,
  };
  return new Pool(config); // `pipeline` is newer than its types (pg 8.23).
}

async function translated<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw storeError(error);
  }
}
