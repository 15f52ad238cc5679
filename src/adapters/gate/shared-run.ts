import { setImmediate } from 'node:timers';

/**
 * Callers of one turn of the event loop share one run. Whoever comes while one is under way shares the next: a run
 * that began before the call may have missed what the caller waits for.
 */
export function sharedRun(run: () => Promise<void>): () => Promise<void> {
  const state: { next: Promise<void> | null; last: Promise<void> } = { next: null, last: Promise.resolve() };

  const start = async (before: Promise<void>): Promise<void> => {
    // How that one ended is told to those who wait for it.
    await before.catch(() => undefined);
    await new Promise<void>((resolve) => void setImmediate(resolve));
    state.next = null;
    await run();
  };

  return () => {
    if (!state.next) state.last = state.next = start(state.last);
    return state.next;
  };
}
