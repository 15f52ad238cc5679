import type Database from 'better-sqlite3';
import { drizzle as drizzleFile } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { drizzle, type SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy';
import { sqliteColumns } from '#src/columns';
import type { Db, Rows, Settlement, Statement, Store } from '#src/ports';
import {
  candidateOf,
  dueLanesStatement,
  type HotStatement,
  matchStatement,
  renewStatement,
  schema,
  versionStatement,
} from '#src/store';
import { failureToError, isConflict, readFailure } from './store-sqlite/errors.ts';
import { createExecute, createJobs } from './store-sqlite/jobs.ts';
import { createLease } from './store-sqlite/lease.ts';
import { createPublish } from './store-sqlite/publish.ts';
import { createSettle } from './store-sqlite/settle.ts';
import { openSqliteFile } from './store-sqlite/open.ts';
import { createTurn, type Turn } from './store-sqlite/turn.ts';
import { createForeignWrites } from './store-sqlite/foreign-writes.ts';

export type SqliteOptions = {
  file: string;
  migrationsFolder: string;
  busyTimeoutMs?: number;
};

type Row = Record<string, unknown>;

/**
 * The embedded store: one file, one writer. All writes of one turn of the event loop share one transaction and
 * one fsync (`synchronous=FULL`), and every caller is answered after it, with its own rows or its own error.
 */
export function openSqliteStore(options: SqliteOptions): Store {
  const file = openSqliteFile(options);
  prepareFile(file, options.migrationsFolder);
  const runJobs = createJobs(file);
  const turn = createTurn(runJobs, failureToError);
  const execute = createExecute(file);
  const read = ({ sql, params }: HotStatement) => execute(sql, params, false) as Row[];
  const db = remoteDb(execute, turn);
  const writeAll = (statements: HotStatement[]) => turn.run(() => statements.map(read));
  const lease = createLease(file);
  const settleAll = createSettle(file);
  const publish = turn.merged(createPublish(file));
  // Whoever settles has sent already; only the slot in its lane waits.
  const settle = turn.merged((calls: Settlement[][]) => calls.map(settleAll), true);

  return {
    db,
    tables: schema(sqliteColumns),
    dialect: 'sqlite',
    write: async <const T extends readonly Statement[]>(build: (db: Db) => T) => {
      const statements = build(db);
      const [first, ...others] = statements;
      // `batch` wants one statement at least; a write of nothing writes nothing.
      // Drizzle types a batch by a tuple; a list that is built at run time has the same rows in the same places.
      const rows: unknown = first ? await db.batch([first, ...others]) : [];
      return rows as Rows<T>;
    },
    publish: (receipt, events) => publish({ receipt, events }),
    version: async () => Number(read(versionStatement)[0]?.['value'] ?? 0),
    match: async (env, accountIds) => read(matchStatement(env, accountIds)).map(candidateOf),
    dueLanes: async (nowMs, after, limit) =>
      read(dueLanesStatement(nowMs, after, limit)).map((row) => row['id'] as string),
    lease: async (ask) => {
      try {
        return await turn.run(() => lease.take(ask));
      } catch (error) {
        lease.rolledBack();
        throw error;
      }
    },
    renew: async (deliveries, untilMs) =>
      new Set(
        (await writeAll([renewStatement(deliveries, untilMs)])).flat().map((row) => row['id'] as string),
      ),
    settle,
    isConflict,
    failureOf: readFailure,
    foreignWrites: createForeignWrites(file),
    close: async () => {
      await turn.idle();
      file.close();
    },
  };
}

function prepareFile(file: Database.Database, migrationsFolder: string): void {
  migrate(drizzleFile(file), { migrationsFolder });
  file.exec(`INSERT OR IGNORE INTO marks (name, value) VALUES ('subscriptions', 1)`);
}

/** Drizzle as a builder: what it reads is read here, what it writes goes to the writer with the rest of the turn. */
function remoteDb(execute: ReturnType<typeof createExecute>, turn: Turn): SqliteRemoteDatabase {
  return drizzle(
    async (sql, params, method) => {
      const rows = execute(sql, params, true);
      return { rows: method === 'get' ? (rows[0] as unknown[]) : rows };
    },
    async (batch) => {
      return turn.run(() => batch.map(({ sql, params }) => ({ rows: execute(sql, params, true) })));
    },
  );
}
