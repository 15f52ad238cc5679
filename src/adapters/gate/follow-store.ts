import type { EpochMark, Store } from '#src/ports';
import type { EpochCopy } from './epoch-copy.ts';
import { readEpochs, readEpochsSince, readEpochVersion } from './store-epochs.ts';

export type Follower = {
  /** Merges into the copy what the store has beyond the last time, and answers it. One row is read where nothing is new. */
  catchUp(): Promise<EpochMark[]>;
  /** The store's number that the copy is in step with. */
  version(): number;
};

/** A number that fell is a store that was restored from a backup: then all is read again. */
export function followStore(store: Pick<Store, 'db' | 'tables'>, copy: EpochCopy): Follower {
  const seen = { version: -1 };
  return {
    catchUp: async () => {
      const version = await readEpochVersion(store);
      if (version === seen.version) return [];
      const isNext = seen.version >= 0 && version > seen.version;
      const marks = isNext ? await readEpochsSince(store, seen.version) : await readEpochs(store, Date.now());
      for (const mark of marks) copy.merge(mark);
      seen.version = version;
      return marks;
    },
    version: () => seen.version,
  };
}
