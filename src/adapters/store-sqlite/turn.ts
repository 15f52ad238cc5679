import type { Job, Outcome, RunJobs } from './jobs.ts';

type Entry = { jobs(): Job[]; settle(outcomes: Outcome[]): void };

export type Turn = {
  /** What the job answers, once it is durable. Rejects with what `fail` makes of the outcome. */
  run<R>(job: Job<R>): Promise<R>;
  /** Calls of one turn become one job, which gives as many answers. Patient ones wait for a commit that others want. */
  merged<I, R>(run: (inputs: I[]) => R[], isPatient?: boolean): (input: I) => Promise<R>;
  idle(): Promise<void>;
};

/** How long a patient call waits, and how many of them wait no longer. */
const patienceMs = 2;
const enough = 64;

/**
 * Collects what one turn of the event loop wants written and runs it as one. `setImmediate`, never a timer: the turn's
 * reads of sockets come first, then their writes share one commit. Only what nobody waits for is patient: a commit of
 * its own would stand in the way of the next request.
 */
export function createTurn(
  runJobs: RunJobs,
  fail: (outcome: Extract<Outcome, { ok: false }>) => unknown,
): Turn {
  const entries: Entry[] = [];
  const state = {
    isScheduled: false,
    patience: undefined as NodeJS.Timeout | undefined,
    waiting: [] as (() => void)[],
  };

  const add = (entry: Entry, isPatient = false): void => {
    entries.push(entry);
    if (!isPatient) schedule();
    else if (!state.isScheduled) state.patience ??= setTimeout(flush, patienceMs);
  };

  function schedule(): void {
    if (state.isScheduled) return;
    state.isScheduled = true;
    endPatience();
    setImmediate(flush);
  }

  function endPatience(): void {
    clearTimeout(state.patience);
    state.patience = undefined;
  }

  function flush(): void {
    state.isScheduled = false;
    endPatience();
    const turn = entries.splice(0).map((entry) => ({ entry, jobs: entry.jobs() }));
    const outcomes = runJobs(turn.flatMap(({ jobs }) => jobs));
    let at = 0;
    for (const { entry, jobs } of turn) {
      entry.settle(outcomes.slice(at, at + jobs.length));
      at += jobs.length;
    }
    if (entries.length === 0) for (const tell of state.waiting.splice(0)) tell();
  }

  const run = <R>(job: Job<R>): Promise<R> =>
    new Promise((resolve, reject) => {
      add({ jobs: () => [job], settle: ([outcome]) => settleOne(outcome, resolve, reject) });
    });

  function settleOne<R>(
    outcome: Outcome | undefined,
    resolve: (answer: R) => void,
    reject: (error: unknown) => void,
  ): void {
    if (outcome?.ok) resolve(outcome.answer as R); // What this very job answered.
    else reject(fail(outcome ?? { ok: false, code: '', message: 'the store gave no answer' }));
  }

  return {
    run,
    merged: <I, R>(runAll: (inputs: I[]) => R[], isPatient = false) => {
      type Call = { input: I; resolve: (answer: R) => void; reject: (error: unknown) => void };
      const open: Call[] = [];
      const all = (calls: Call[]): Job<R[]> => {
        const inputs = calls.map((call) => call.input);
        return () => runAll(inputs);
      };
      const alone = (call: Call): void => {
        run(all([call])).then(([answer]) => call.resolve(answer as R), call.reject); // One answer an input.
      };
      /** All as one; where that fails each alone, so that one bad call spoils no other. */
      const settle = (calls: Call[], outcome: Outcome | undefined): void => {
        if (outcome && !outcome.ok && calls.length > 1) return calls.forEach(alone);
        settleOne<R[]>(
          outcome,
          (answers) => calls.forEach((call, i) => call.resolve(answers[i] as R)), // One answer an input.
          (error) => calls.forEach((call) => call.reject(error)),
        );
      };
      return (input: I) =>
        new Promise<R>((resolve, reject) => {
          if (open.push({ input, resolve, reject }) === enough) schedule();
          if (open.length > 1) return;
          const calls: Call[] = [];
          const jobs = (): Job[] => {
            calls.push(...open.splice(0));
            return [all(calls)];
          };
          add({ jobs, settle: ([outcome]) => settle(calls, outcome) }, isPatient);
        });
    },
    idle: () =>
      entries.length === 0 ? Promise.resolve() : new Promise((resolve) => state.waiting.push(resolve)),
  };
}
