import type Database from 'better-sqlite3';

/** What belongs together: all or none. Runs inside the turn's transaction, and awaits nothing. */
export type Job<R = unknown> = () => R;
export type Outcome = { ok: true; answer: unknown } | { ok: false; code: string; message: string };
/** Runs the jobs of a turn as one transaction, each under its own savepoint. Never throws. */
export type RunJobs = (jobs: Job[]) => Outcome[];

/**
 * Group commit. One fsync for all jobs of a turn; one that fails is undone alone and the others are committed. Where
 * the commit itself fails (a full disk), all have failed and nothing is there.
 */
export function createJobs(file: Database.Database): RunJobs {
  const begin = file.prepare('BEGIN IMMEDIATE');
  const commit = file.prepare('COMMIT');
  const rollback = file.prepare('ROLLBACK');
  const savepoint = file.prepare('SAVEPOINT job');
  const release = file.prepare('RELEASE job');
  const undo = file.prepare('ROLLBACK TO job');

  return (jobs) => {
    try {
      begin.run();
      const outcomes = jobs.map((job, i) => (i === 0 ? runFirst(job) : runJob(job)));
      commit.run();
      return outcomes;
    } catch (error) {
      if (file.inTransaction) rollback.run();
      const failure = failureOf(error);
      return jobs.map(() => failure);
    }
  };

  /** Without a savepoint, which would keep a copy of each page: nothing stands before it, so undoing it is to begin anew. */
  function runFirst(job: Job): Outcome {
    try {
      return { ok: true, answer: job() };
    } catch (error) {
      if (!file.inTransaction) throw error;
      rollback.run();
      begin.run();
      return failureOf(error);
    }
  }

  function runJob(job: Job): Outcome {
    savepoint.run();
    try {
      const answer = job();
      release.run();
      return { ok: true, answer };
    } catch (error) {
      // A full disk or a lost file ends the whole turn: SQLite may have rolled it back already.
      if (!file.inTransaction) throw error;
      undo.run();
      release.run();
      return failureOf(error);
    }
  }
}

/** Prepares each text once. Rows come as objects, or as arrays where `isRaw`. */
export function createExecute(
  file: Database.Database,
): (sql: string, params: readonly unknown[], isRaw: boolean) => unknown[] {
  const prepared = new Map<string, Database.Statement>();
  return (sql, params, isRaw) => {
    const key = isRaw ? sql : `#${sql}`;
    let statement = prepared.get(key);
    if (!statement) {
      statement = file.prepare(sql);
      if (isRaw && statement.reader) statement.raw();
      // Drizzle spells some texts anew for each length of a list: bounded, so that they do not pile up.
      if (prepared.size > 2_000) prepared.clear();
      prepared.set(key, statement);
    }
    const bound = isRaw || params.length === 0 ? params : [numbered(params)];
    if (statement.reader) return statement.all(...bound);
    statement.run(...bound);
    return [];
  };
}

/** better-sqlite3 takes the hot statements' `?1` for a name: they are bound by an object, not by place. */
const numbered = (params: readonly unknown[]): Record<string, unknown> =>
  Object.fromEntries(params.map((value, i) => [i + 1, value]));

function failureOf(error: unknown): Outcome {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return { ok: false, code: typeof code === 'string' ? code : '', message: String(message) };
}
