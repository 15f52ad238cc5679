import { drizzle } from 'drizzle-orm/node-postgres';
import type { Pool, PoolClient } from 'pg';
import type { Db, Rows, Statement } from '#src/ports';
import { mayRunAgain } from './errors.ts';

/**
 * One write: its statements on one client, in order, in one transaction. On a pipelined client they leave together
 * with BEGIN; COMMIT never does, for a statement that could not even be sent would then be missing from a commit.
 */
export async function transact<const T extends readonly Statement[]>(
  pool: Pool,
  isPipelined: boolean,
  build: (db: Db) => T,
): Promise<Rows<T>> {
  const client = await pool.connect();
  try {
    const steps = build(dbOf(client)).map(runOf);
    const rows = await runAgain(() => runTransaction(client, isPipelined, steps));
    client.release();
    return rows as Rows<T>; // One answer a statement, in their order.
  } catch (error) {
    // A client whose rollback failed is in an unknown state: it must not come back.
    client.release(!(await isClean(client)));
    throw error;
  }
}

/** A transaction that the server has rolled back to break a deadlock is worth a few more tries. */
export async function runAgain<T>(run: () => Promise<T>, triesLeft = 5): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (triesLeft <= 1 || !mayRunAgain(error)) throw error;
    return runAgain(run, triesLeft - 1);
  }
}

type Step = () => Promise<unknown>;

async function runTransaction(client: PoolClient, isPipelined: boolean, steps: Step[]): Promise<unknown[]> {
  // One statement is a transaction by itself.
  if (steps.length === 1) return runInOrder(isPipelined, steps);
  try {
    const [, ...rows] = await runInOrder(isPipelined, [() => client.query('BEGIN'), ...steps]);
    await client.query('COMMIT');
    return rows;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined); // The first error is the one to tell; `isClean` sees this one.
    throw error;
  }
}

async function runInOrder(isPipelined: boolean, steps: Step[]): Promise<unknown[]> {
  if (isPipelined) {
    const answers = await Promise.allSettled(steps.map((step) => step()));
    return answers.map((answer) => {
      // The first in order is the cause; the server refuses whatever follows it in the transaction.
      if (answer.status === 'rejected') throw answer.reason;
      return answer.value;
    });
  }
  const rows: unknown[] = [];
  for (const step of steps) rows.push(await step());
  return rows;
}

const isClean = (client: PoolClient): Promise<boolean> =>
  client.query('ROLLBACK').then(
    () => true,
    () => false,
  );

// The statements were built by drizzle's PostgreSQL half on a db that only looks like SQLite's: they run by `execute`.
const runOf =
  (statement: Statement): Step =>
  () =>
    (statement as unknown as { execute(): Promise<unknown> }).execute();

const dbs = new WeakMap<PoolClient, Db>();

function dbOf(client: PoolClient): Db {
  const db = dbs.get(client) ?? (drizzle({ client }) as unknown as Db); // SQLite's types are the canonical ones (#src/columns).
  dbs.set(client, db);
  return db;
}
