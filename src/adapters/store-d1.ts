import type { D1Database } from '@cloudflare/workers-types';
import { drizzle } from 'drizzle-orm/d1';
import { sqliteColumns } from '#src/columns';
import { PatchbayError } from '#src/errors';
import type { Db, NewReceipt, Rows, Statement, Store } from '#src/ports';
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
  splitBySize,
  versionStatement,
} from '#src/store';
import { isConflict, storeError } from './store-d1/errors.ts';
import { watchRoom } from './store-d1/room.ts';

/**
 * The edge's store. One write is one `batch`, which D1 runs as one transaction. Calls are not joined: requests of
 * one isolate share no I/O, so a batch is what one request brought.
 *
 * Migrations are applied by the deployment (`wrangler d1 migrations apply`), never by a Worker.
 */
export async function openD1Store(binding: D1Database): Promise<Store> {
  const room = watchRoom(binding);
  const { d1 } = room;
  const client = drizzle(d1);
  const db = client as unknown as Db; // The same builders; only the results of statements that answer no rows differ.

  const run = async (statements: HotStatement[]): Promise<Row[][]> => {
    if (statements.length === 0) return [];
    const answers = await translated(() =>
      d1.batch<Row>(statements.map(({ sql, params }) => d1.prepare(sql).bind(...params))),
    );
    return answers.map((answer) => answer.results);
  };
  const rowsOf = async (statement: HotStatement): Promise<Row[]> => (await run([statement]))[0] ?? [];

  await run([{ sql: `INSERT OR IGNORE INTO marks (name, value) VALUES ('subscriptions', 1)`, params: [] }]);

  return {
    db,
    tables: schema(sqliteColumns),
    dialect: 'sqlite',
    write: async <const T extends readonly Statement[]>(build: (db: Db) => T): Promise<Rows<T>> => {
      const statements = build(db) as unknown as [never]; // A tuple for drizzle's types; it takes any list that is not empty.
      if (statements.length < 1) return [] as unknown as Rows<T>; // A write of nothing has the rows of nothing.
      return translated(() => client.batch(statements)) as Promise<unknown> as Promise<Rows<T>>;
    },
    publish: async (receipt, events) => {
      await room.refuseWhenFull();
      const calls = [{ receipt: { ...receipt, body: '' }, events }];
      const [, ...statements] = publishStatements(calls, maxValueBytes);
      const [published = [], claims = [], version = []] = (
        await run([receiptStatement(receipt), ...statements])
      ).slice(-3);
      const [answer] = publishAnswers(calls, published, claims, Number(version[0]?.['value'] ?? 0));
      if (!answer) throw new PatchbayError('internal', { internal: 'one call, and no answer' });
      return answer;
    },
    version: async () => Number((await rowsOf(versionStatement))[0]?.['value'] ?? 0),
    match: async (env, accountIds) => (await rowsOf(matchStatement(env, accountIds))).map(candidateOf),
    dueLanes: async (nowMs, after, limit) =>
      (await rowsOf(dueLanesStatement(nowMs, after, limit))).map((row) => row['id'] as string),
    lease: async (ask) => leasedRows((await run(leaseStatements(ask)))[1] ?? []),
    renew: async (deliveries, untilMs) =>
      new Set((await rowsOf(renewStatement(deliveries, untilMs))).map((row) => row['id'] as string)),
    settle: async (settlements) => {
      const written = await run(splitBySize(settlements, maxValueBytes / 2).flatMap(settleStatements));
      const marks = new Map(written.flat().map((row) => [row['id'], row['mark']]));
      return new Set(settlements.filter((s) => marks.get(s.deliveryId) === s.mark).map((s) => s.deliveryId));
    },
    isConflict,
    failureOf: storeError,
    foreignWrites: () => null,
    close: async () => undefined,
  };
}

type Row = Record<string, unknown>;

/** By itself: within a list in JSON, a body would be escaped, and might be twice as large as D1 takes. */
const receiptStatement = ({ id, tokenId, receivedAtMs, body }: NewReceipt): HotStatement => ({
  sql: `INSERT INTO receipts (id, token_id, received_at, body) VALUES (?1, nullif(?2, ''), ?3, ?4) ON CONFLICT (id) DO NOTHING`,
  params: [id, tokenId ?? '', receivedAtMs, body],
});

/** D1 refuses a bound value over 2 MB (its documentation, "Limits", 2026-11); half of it leaves room for what is made of it. */
const maxValueBytes = 1_000_000;

async function translated<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw storeError(error);
  }
}
