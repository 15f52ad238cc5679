import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { sqliteColumns } from '#src/columns';
import { PatchbayError } from '#src/errors';
import type { Db, NewEvent, NewReceipt, Rows, Settlement, Statement, Store } from '#src/ports';
import {
  type HotStatement,
  candidateOf,
  dueLanesStatement,
  leasedRows,
  leaseStatements,
  matchStatement,
  publishAnswers,
  publishStatements,
  renewStatement,
  schema,
  settleStatements,
  versionStatement,
} from '#src/store';
import { createTurn } from './store-sqlite/turn.ts';

export type SqliteOptions = { file: string; migrationsFolder: string; busyTimeoutMs?: number };

/**
 * The embedded store: one file, one writer. All writes of one turn of the event loop share one transaction and
 * one fsync (`synchronous=FULL`), and every caller is answered after it, with its own rows or its own error.
 */
export function openSqliteStore(options: SqliteOptions): Store {
  const file = openFile(options);
  const client = drizzle(file);
  const db = client as unknown as Db; // Queries are awaited everywhere; better-sqlite3's answer to that at once.
  const run = runner(file);
  const turn = createTurn(file, storeError);
  const foreign = foreignWrites(file);

  const publish = (calls: { receipt: NewReceipt; events: NewEvent[] }[]) => {
    const [published, claims, version] = publishStatements(calls).map(run).slice(-3) as [Row[], Row[], Row[]];
    return publishAnswers(calls, published, claims, Number(version[0]?.['value'] ?? 0));
  };
  const settle = (calls: Settlement[][]) => {
    const marks = new Map(
      settleStatements(calls.flat())
        .map(run)[0]
        ?.map((row) => [row['id'], row['mark']]),
    );
    return calls.map(
      (settlements) =>
        new Set(settlements.filter((s) => marks.get(s.deliveryId) === s.mark).map((s) => s.deliveryId)),
    );
  };

  return {
    db,
    tables: schema(sqliteColumns),
    dialect: 'sqlite',
    write: <const T extends readonly Statement[]>(build: (db: Db) => T) => {
      const statements = build(db);
      return turn.write(() => statements.map(execute) as Rows<T>);
    },
    publish: turn.batch(publish, (receipt: NewReceipt, events: NewEvent[]) => ({ receipt, events })),
    version: async () => Number(run(versionStatement)[0]?.['value'] ?? 0),
    match: async (env, accountIds) => run(matchStatement(env, accountIds)).map(candidateOf),
    dueLanes: async (nowMs, after, limit) =>
      run(dueLanesStatement(nowMs, after, limit)).map((row) => row['id'] as string),
    lease: (ask) =>
      turn.write(() => {
        const [, rows = []] = leaseStatements(ask).map(run);
        return leasedRows(rows);
      }),
    renew: (deliveries, untilMs) => turn.write(() => idsOf(run(renewStatement(deliveries, untilMs)))),
    settle: turn.batch(settle, (settlements: Settlement[]) => settlements),
    isConflict: (error) => /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY|ROWID)$/.test(sqliteCode(error)),
    foreignWrites: foreign,
    close: async () => {
      await turn.idle();
      file.close();
    },
  };
}

/** Asked once a turn: the answer costs 10 µs, and what is decided within one turn is decided at one moment. */
function foreignWrites(file: Database.Database): () => number {
  const dataVersion = file.prepare('PRAGMA data_version').pluck();
  const seen = { version: 0, isFresh: false };
  return () => {
    if (seen.isFresh) return seen.version;
    seen.version = dataVersion.get() as number;
    seen.isFresh = true;
    setImmediate(() => {
      seen.isFresh = false;
    });
    return seen.version;
  };
}

type Row = Record<string, unknown>;
const idsOf = (rows: Row[]): Set<string> => new Set(rows.map((row) => row['id'] as string));

function openFile({ file: path, migrationsFolder, busyTimeoutMs }: SqliteOptions): Database.Database {
  const file = new Database(path, { timeout: busyTimeoutMs ?? 5_000 });
  file.pragma('journal_mode = WAL');
  // better-sqlite3 falls back to NORMAL when WAL is set: FULL comes after it, or a power cut loses accepted events.
  file.pragma('synchronous = FULL');
  file.pragma('cache_size = -65536');
  file.pragma('temp_store = MEMORY');
  migrate(drizzle(file), { migrationsFolder });
  file.exec(`INSERT OR IGNORE INTO marks (name, value) VALUES ('subscriptions', 1)`);
  return file;
}

/** Prepares each text once. */
function runner(file: Database.Database): (statement: HotStatement) => Row[] {
  const prepared = new Map<string, Database.Statement>();
  return ({ sql, params }) => {
    let statement = prepared.get(sql);
    if (!statement) prepared.set(sql, (statement = file.prepare(sql)));
    // better-sqlite3 takes `?1` for a name: it is bound by an object, not by place.
    const bound = params.length === 0 ? [] : [Object.fromEntries(params.map((value, i) => [i + 1, value]))];
    if (statement.reader) return statement.all(...bound) as Row[];
    statement.run(...bound);
    return [];
  };
}

/** A drizzle statement, run at once: nothing may be awaited inside a better-sqlite3 transaction. */
function execute(statement: Statement): unknown {
  const prepared = (statement as unknown as { prepare(): { execute(): { sync(): unknown } } }).prepare();
  return prepared.execute().sync();
}

const sqliteCode = (error: unknown): string => {
  const code =
    (error as { code?: unknown; cause?: { code?: unknown } })?.code ??
    (error as { cause?: { code?: unknown } })?.cause?.code;
  return typeof code === 'string' ? code : '';
};

/** A store that cannot write is told from a statement that is wrong: the first is a 503, and nothing was accepted. */
function storeError(error: unknown): unknown {
  const code = sqliteCode(error);
  if (!/^SQLITE_(FULL|READONLY|IOERR|BUSY|CANTOPEN|NOTADB|CORRUPT)/.test(code)) return error;
  return new PatchbayError('store_unavailable', {
    public: 'The store cannot take writes at the moment. Nothing was accepted; try again.',
    internal: `sqlite: ${code}`,
    retryAfterSeconds: 5,
    cause: error,
  });
}
