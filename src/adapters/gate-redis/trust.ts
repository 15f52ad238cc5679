import type { EpochMark, Log } from '#src/ports';
import { type RedisClient, type RunScript, within } from './client.ts';
import { fillRedis, mergeInto, readRedis } from './fill.ts';
import { behind, type Script, strange } from './scripts.ts';

/** What the store is for this: read on from where the copy is, or read and healed whole. */
export type Truth = {
  /** Merges into the copy what is new, and answers it. */
  catchUp(): Promise<EpochMark[]>;
  readAll(): Promise<EpochMark[]>;
  version(): number;
  /** Writes back what the store should have known; answers how many. */
  heal(known: readonly Omit<EpochMark, 'version'>[], version: number): Promise<number>;
};

/** While one stands, Redis may be believed. `seq`: how far the copy has read on. */
export type Trusted = { run: string; version: number; seq: string };

export type Trust = {
  current(): Trusted | null;
  /** Null where Redis failed or must no longer be believed. */
  ask(script: Script, keys: string[], values: (string | number)[]): Promise<unknown[] | null>;
  lose(error: unknown): void;
  generation(): number;
  close(): Promise<void>;
};

/** How late a process may be that nothing reaches but the store. */
export const reconcileMs = 1_000;
const againMs = 100;
/** How long a start waits for Redis. */
const readyMs = 2_000;

/**
 * Whether Redis may be believed. Not before this process has filled it from the store; no longer once its connection
 * was lost, its run is another one (it was emptied, or it fell behind and was filled anew) or its version is behind the
 * store's. What was remembered under one generation may have missed a token's mark in the next.
 */
export async function createTrust({
  redis,
  run,
  patienceMs,
  truth,
  merge,
  log,
}: {
  redis: RedisClient;
  run: RunScript;
  patienceMs: number;
  truth: Truth;
  merge: (mark: Omit<EpochMark, 'version'>) => void;
  log: Log;
}): Promise<Trust> {
  const state = {
    trusted: null as Trusted | null,
    lastRun: '',
    generation: 0,
    restoring: null as Promise<void> | null,
    isClosed: false,
    timer: undefined as NodeJS.Timeout | undefined,
    wasLost: false,
  };

  const lose = (error: unknown): void => {
    if (state.trusted) {
      state.wasLost = true;
      log.warn('gate.redis_lost', { reason: error instanceof Error ? error.message : String(error) });
    }
    state.trusted = null;
    again(againMs);
  };
  const onClose = (): void => lose('connection closed');
  const onReady = (): void => again(0);
  redis.on('close', onClose);
  redis.on('ready', onReady);
  await truth.catchUp();
  await within(readyMs, ready(redis)).catch(() => undefined); // Then the store answers until it comes.
  await restore();
  const reconciling = setInterval(() => void reconcile(), reconcileMs).unref();

  return {
    current: () => state.trusted,
    ask: async (script, keys, values) => {
      try {
        const answer = (await run(script, keys, values)) as unknown[]; // All scripts that are asked answer lists.
        if (answer[0] !== strange && answer[0] !== behind) return answer;
        lose(answer[0] === strange ? 'another run' : 'behind the store');
      } catch (error) {
        lose(error);
      }
      return null;
    },
    lose,
    generation: () => state.generation,
    close: async () => {
      state.isClosed = true;
      clearInterval(reconciling);
      clearTimeout(state.timer);
      redis.off('close', onClose);
      redis.off('ready', onReady);
      await state.restoring;
    },
  };

  function again(afterMs: number): void {
    if (state.isClosed || state.trusted) return;
    clearTimeout(state.timer);
    state.timer = setTimeout(() => void restore(), afterMs).unref();
  }

  function restore(): Promise<void> {
    state.restoring ??= tryRestore()
      .catch((error: unknown) => {
        if (!state.wasLost) log.warn('gate.redis_unusable', { reason: String(error) });
        state.wasLost = true;
        again(reconcileMs);
      })
      .finally(() => {
        state.restoring = null;
      });
    return state.restoring;
  }

  async function tryRestore(): Promise<void> {
    if (redis.status !== 'ready') throw new Error(`redis is ${redis.status}`);
    await truth.catchUp();
    const version = truth.version();
    const filled = await fillRedis(redis, run, await truth.readAll(), version, patienceMs);
    if (filled === null) return again(againMs);
    const known = await readRedis(redis, patienceMs);
    for (const mark of known.marks) merge(mark);
    const healed = await truth.heal(known.marks, known.version);
    if (healed > 0) log.warn('gate.store_was_behind', { rows: healed });
    if (filled !== state.lastRun) state.generation += 1;
    state.lastRun = filled;
    state.trusted = { run: filled, version, seq: known.seq };
    if (state.wasLost) log.info('gate.redis_trusted');
    state.wasLost = false;
  }

  /** What a process wrote to the store and could not note, comes into Redis from here. */
  async function reconcile(): Promise<void> {
    try {
      const before = Math.max(truth.version(), state.trusted?.version ?? 0);
      const marks = await truth.catchUp();
      const { trusted } = state;
      if (!trusted || truth.version() === before) return;
      if (truth.version() < before) return lose('the store went back');
      if (await mergeInto(run, marks, { from: trusted.version, to: truth.version() }))
        trusted.version = truth.version();
      else lose('behind the store');
    } catch (error) {
      log.error('gate.reconcile', error);
    }
  }
}

const ready = (redis: RedisClient): Promise<void> =>
  redis.status === 'ready'
    ? Promise.resolve()
    : new Promise((resolve) => void redis.once('ready', () => resolve()));
