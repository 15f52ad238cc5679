import { createBuckets, notStanding } from '#src/limits';
import type { Gate, Store } from '#src/ports';
import { createEpochCopy } from './gate/epoch-copy.ts';
import { readEpochs } from './gate/store-epochs.ts';

/**
 * The gate of one process: epochs and caps in memory. The epochs are read again whenever the store says that another
 * process has written (`patchbay revoke` is one); the caps begin afresh with the process.
 */
export async function createMemoryGate(store: Store): Promise<Gate> {
  const copy = createEpochCopy();
  // Monotonic: a clock that is set back must not stop anybody.
  const buckets = createBuckets(() => Math.floor(performance.now() * 1_000));
  const seen = { writes: store.foreignWrites() };
  await fill();

  const isInStep = (): boolean => {
    const writes = store.foreignWrites();
    return writes !== null && writes === seen.writes;
  };

  return {
    freshen: async () => {
      if (!isInStep()) await catchUp();
    },
    standing: (...snapshots) => copy.standing(...snapshots),
    snapshot: (subjects) => copy.snapshot(subjects),
    note: async (marks) => marks.forEach((mark) => copy.merge(mark)),
    admit: async ({ epochs, token, caps }) => {
      if (!isInStep()) await catchUp();
      const standing = copy.isTokenRevoked(token.id) ? 'revoked' : copy.standing(...epochs);
      return standing === 'valid' ? buckets.spend(caps) : notStanding(standing);
    },
    generation: () => store.foreignWrites(),
    close: async () => undefined,
  };

  async function catchUp(): Promise<void> {
    const writes = store.foreignWrites();
    await fill();
    seen.writes = writes;
  }

  async function fill(): Promise<void> {
    for (const mark of await readEpochs(store, Date.now())) copy.merge(mark);
  }
}
