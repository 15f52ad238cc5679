import type Database from 'better-sqlite3';

type Job = { run: () => unknown; resolve: (value: unknown) => void; reject: (error: unknown) => void };

export type Turn = {
  /** Runs with all the other writes of this turn, in one transaction. */
  write<T>(run: () => T): Promise<T>;
  /** Calls of one turn are run as one: `run` takes all their inputs and gives as many answers. */
  batch<A extends unknown[], I, R>(
    run: (inputs: I[]) => R[],
    input: (...args: A) => I,
  ): (...args: A) => Promise<R>;
  idle(): Promise<void>;
};

/**
 * Group commit. `setImmediate`, never a timer: the turn's reads of sockets come first, then their writes share one
 * fsync. Each job has a savepoint: one that fails is undone alone, and the others are committed.
 */
export function createTurn(file: Database.Database, translate: (error: unknown) => unknown): Turn {
  const jobs: Job[] = [];
  const state = { isScheduled: false, waiting: [] as (() => void)[] };
  const sql = {
    begin: file.prepare('BEGIN IMMEDIATE'),
    commit: file.prepare('COMMIT'),
    rollback: file.prepare('ROLLBACK'),
    savepoint: file.prepare('SAVEPOINT job'),
    release: file.prepare('RELEASE job'),
    undo: file.prepare('ROLLBACK TO job'),
  };

  const schedule = () => {
    if (state.isScheduled) return;
    state.isScheduled = true;
    setImmediate(flush);
  };

  const flush = () => {
    state.isScheduled = false;
    const turn = jobs.splice(0);
    const settled: (() => void)[] = [];
    try {
      sql.begin.run();
      for (const job of turn) settled.push(runJob(job));
      sql.commit.run();
    } catch (error) {
      if (file.inTransaction) sql.rollback.run();
      for (const job of turn) job.reject(translate(error));
      settled.length = 0;
    }
    for (const tell of settled) tell();
    for (const done of state.waiting.splice(0)) done();
  };

  const runJob = ({ run, resolve, reject }: Job): (() => void) => {
    try {
      const value = savepoint(run);
      return () => resolve(value);
    } catch (error) {
      // A full disk or a lost file ends the whole turn: SQLite may have rolled it back already.
      if (!file.inTransaction) throw error;
      return () => reject(translate(error));
    }
  };

  const savepoint = <T>(run: () => T): T => {
    sql.savepoint.run();
    try {
      const value = run();
      sql.release.run();
      return value;
    } catch (error) {
      if (file.inTransaction) {
        sql.undo.run();
        sql.release.run();
      }
      throw error;
    }
  };

  const add = (job: Job) => {
    jobs.push(job);
    schedule();
  };

  return {
    write: <T>(run: () => T) =>
      new Promise<T>((resolve, reject) => add({ run, resolve: resolve as (value: unknown) => void, reject })),
    batch: <A extends unknown[], I, R>(run: (inputs: I[]) => R[], input: (...args: A) => I) => {
      /** `run` gives as many answers as it takes inputs, so the answer at a call's place is there. */
      type Call = { input: I; resolve: (value: R) => void; reject: (error: unknown) => void };
      const open: Call[] = [];
      /** All as one; where that fails each alone, so that one bad call spoils no other. */
      const runAll = (calls: Call[]): (() => void)[] => {
        const answers = attempt(() => savepoint(() => run(calls.map((call) => call.input))));
        if (answers.ok) return calls.map((call, i) => () => call.resolve(answers.value[i] as R));
        if (!file.inTransaction) throw answers.error;
        return calls.map((call) => {
          const answer = attempt(() => savepoint(() => run([call.input])));
          return () =>
            answer.ok ? call.resolve(answer.value[0] as R) : call.reject(translate(answer.error));
        });
      };
      const addBatch = () => {
        const calls: Call[] = [];
        add({
          run: () => {
            calls.push(...open.splice(0));
            return runAll(calls);
          },
          resolve: (tell) => (tell as (() => void)[]).forEach((one) => one()),
          // The turn may fail before this batch has run, so what is still open belongs to it too.
          reject: (error) => [...calls, ...open.splice(0)].forEach((call) => call.reject(error)),
        });
      };
      return (...args: A) =>
        new Promise<R>((resolve, reject) => {
          open.push({ input: input(...args), resolve, reject });
          if (open.length === 1) addBatch();
        });
    },
    idle: () =>
      jobs.length === 0 ? Promise.resolve() : new Promise((resolve) => state.waiting.push(resolve)),
  };
}

type Attempted<T> = { ok: true; value: T } | { ok: false; error: unknown };
function attempt<T>(run: () => T): Attempted<T> {
  try {
    return { ok: true, value: run() };
  } catch (error) {
    return { ok: false, error };
  }
}
