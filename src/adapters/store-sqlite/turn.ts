import type { Job, Outcome, RunJobs } from './jobs.ts';

type Entry = { jobs(): Job[]; settle(outcomes: Outcome[]): void };

export type Turn = {
  /** The rows of each statement. Rejects with what `fail` makes of the outcome. */
  run(job: Job): Promise<unknown[][]>;
  /** Calls of one turn become one job: `make` takes all their inputs, `take` gives as many answers. */
  merged<I, R>(
    make: (inputs: I[]) => Job,
    take: (inputs: I[], rows: unknown[][]) => R[],
  ): (input: I) => Promise<R>;
  idle(): Promise<void>;
};

/**
 * Collects what one turn of the event loop wants written and runs it as one. `setImmediate`, never a timer: the turn's
 * reads of sockets come first, then their writes share one commit.
 */
export function createTurn(
  runJobs: RunJobs,
  fail: (outcome: Extract<Outcome, { ok: false }>) => unknown,
): Turn {
  const entries: Entry[] = [];
  const state = { isScheduled: false, waiting: [] as (() => void)[] };

  const add = (entry: Entry): void => {
    entries.push(entry);
    if (state.isScheduled) return;
    state.isScheduled = true;
    setImmediate(flush);
  };

  function flush(): void {
    state.isScheduled = false;
    const turn = entries.splice(0).map((entry) => ({ entry, jobs: entry.jobs() }));
    const outcomes = runJobs(turn.flatMap(({ jobs }) => jobs));
    let at = 0;
    for (const { entry, jobs } of turn) {
      entry.settle(outcomes.slice(at, at + jobs.length));
      at += jobs.length;
    }
    if (entries.length === 0) for (const tell of state.waiting.splice(0)) tell();
  }

  const run = (job: Job): Promise<unknown[][]> =>
    new Promise((resolve, reject) => {
      add({ jobs: () => [job], settle: ([outcome]) => settleOne(outcome, resolve, reject) });
    });

  function settleOne(
    outcome: Outcome | undefined,
    resolve: (rows: unknown[][]) => void,
    reject: (error: unknown) => void,
  ): void {
    if (outcome?.ok) resolve(outcome.rows);
    else reject(fail(outcome ?? { ok: false, code: '', message: 'the store gave no answer' }));
  }

  return {
    run,
    merged: <I, R>(make: (inputs: I[]) => Job, take: (inputs: I[], rows: unknown[][]) => R[]) => {
      type Call = { input: I; resolve: (answer: R) => void; reject: (error: unknown) => void };
      const open: Call[] = [];
      const alone = ({ input, resolve, reject }: Call): void => {
        run(make([input])).then((rows) => resolve(take([input], rows)[0] as R), reject);
      };
      /** All as one; where that fails each alone, so that one bad call spoils no other. */
      const settle = (calls: Call[], outcome: Outcome | undefined): void => {
        if (outcome?.ok) {
          const answers = take(
            calls.map((call) => call.input),
            outcome.rows,
          );
          calls.forEach((call, i) => call.resolve(answers[i] as R)); // `take` gives one answer an input.
        } else if (calls.length > 1) calls.forEach(alone);
        else
          settleOne(
            outcome,
            () => {},
            (error) => calls.forEach((call) => call.reject(error)),
          );
      };
      return (input: I) =>
        new Promise<R>((resolve, reject) => {
          if (open.push({ input, resolve, reject }) > 1) return;
          const calls: Call[] = [];
          add({
            jobs: () => {
              calls.push(...open.splice(0));
              return [make(calls.map((call) => call.input))];
            },
            settle: ([outcome]) => settle(calls, outcome),
          });
        });
    },
    idle: () =>
      entries.length === 0 ? Promise.resolve() : new Promise((resolve) => state.waiting.push(resolve)),
  };
}
