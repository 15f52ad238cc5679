import { setImmediate } from 'node:timers';

export type BatchPlan<I, R> = {
  /** As many answers as inputs. What it throws has undone everything. */
  run(inputs: I[]): Promise<R[]>;
  weigh(input: I): number;
  /** A batch is closed where the next input would pass this; a heavier input goes alone. */
  maxWeight: number;
  /** While these are under way the next batch builds itself. */
  maxInFlight: number;
  /** Whether each call may still succeed where all of them together did not. */
  mayRunAlone(error: unknown): boolean;
};

export type Batch<I, R> = { add(input: I): Promise<R>; idle(): Promise<void> };

/**
 * Calls of one turn of the event loop are run as one, in the order of their coming. Where that fails each runs
 * alone, so that one bad call spoils no other.
 */
export function createBatch<I, R>(plan: BatchPlan<I, R>): Batch<I, R> {
  type Call = { input: I; resolve: (value: R) => void; reject: (error: unknown) => void };
  const open: Call[] = [];
  const state = { isScheduled: false, inFlight: 0, waiting: [] as (() => void)[] };

  const schedule = () => {
    if (state.isScheduled) return;
    state.isScheduled = true;
    // Never a timer: the turn's reads of sockets come first, and then their writes go out together.
    setImmediate(flush);
  };

  const flush = () => {
    state.isScheduled = false;
    while (open.length > 0 && state.inFlight < plan.maxInFlight) {
      state.inFlight += 1;
      void runAll(take()).finally(landed);
    }
  };

  const landed = () => {
    state.inFlight -= 1;
    if (open.length > 0) schedule();
    else if (state.inFlight === 0) for (const done of state.waiting.splice(0)) done();
  };

  const take = (): Call[] => {
    let weight = 0;
    const end = open.findIndex((call, i) => {
      weight += plan.weigh(call.input);
      return i > 0 && weight > plan.maxWeight;
    });
    return open.splice(0, end === -1 ? open.length : end);
  };

  const runAll = async (calls: Call[]): Promise<void> => {
    try {
      const answers = await plan.run(calls.map((call) => call.input));
      answers.forEach((answer, i) => calls[i]?.resolve(answer));
    } catch (error) {
      if (calls.length === 1 || !plan.mayRunAlone(error)) return calls.forEach((call) => call.reject(error));
      for (const call of calls) await runAll([call]);
    }
  };

  return {
    add: (input) =>
      new Promise((resolve, reject) => {
        open.push({ input, resolve, reject });
        schedule();
      }),
    idle: async () => {
      if (open.length > 0 || state.inFlight > 0)
        await new Promise<void>((resolve) => state.waiting.push(resolve));
    },
  };
}
