import type { Clock, Settlement, Store } from '#src/ports';

/** Long enough for attempts that end together, short beside an attempt. */
const joinMs = 10;
const maxJoined = 64;

type Waiting = {
  settlement: Settlement;
  resolve: (written: Set<string>) => void;
  reject: (error: unknown) => void;
};

/**
 * A store whose settlements of the same few milliseconds are one write: on D1 each write is a round trip. Lives as
 * long as one invocation. `dueAtMs` tells when a delivery that was settled here wants attention again.
 */
export function joinSettles(
  store: Store,
  clock: Clock,
): { store: Store; dueAtMs(deliveryId: string): number | null } {
  const due = new Map<string, number | null>();
  const state = { waiting: [] as Waiting[], cancel: () => {} };

  const flush = (): void => {
    state.cancel();
    const batch = state.waiting.splice(0);
    store.settle(batch.map(({ settlement }) => settlement)).then(
      (written) => {
        for (const { settlement } of batch)
          if (written.has(settlement.deliveryId)) due.set(settlement.deliveryId, settlement.dueAtMs);
        for (const { resolve } of batch) resolve(written);
      },
      (error: unknown) => {
        for (const { reject } of batch) reject(error);
      },
    );
  };

  const settleOne = (settlement: Settlement): Promise<Set<string>> =>
    new Promise((resolve, reject) => {
      state.waiting.push({ settlement, resolve, reject });
      if (state.waiting.length === 1) state.cancel = clock.after(joinMs, flush);
      if (state.waiting.length >= maxJoined) flush();
    });

  return {
    store: {
      ...store,
      settle: async (settlements) => {
        const answers = await Promise.all(settlements.map(settleOne));
        return new Set(
          settlements.map(({ deliveryId }) => deliveryId).filter((id, i) => answers[i]?.has(id)),
        );
      },
    },
    dueAtMs: (deliveryId) => due.get(deliveryId) ?? null,
  };
}
