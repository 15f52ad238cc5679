import type { EventRecord } from '#src/ports';

export type RecordsInUse = {
  /** The record at this position that somebody still holds, or a new one. */
  of(position: number, read: () => EventRecord): EventRecord;
  /** After a commit that failed: what was read before it may never have been, and its position goes to another. */
  forget(): void;
};

const leastToPrune = 1_024;

/**
 * The records of events whose deliveries wait in some lane: a lane that leases later what another one holds already
 * shares its record, and with it the projection and the body that were made of it. Held weakly, so that none lives
 * longer than the deliveries that need it, however long a backlog is. A committed event changes by erasure alone, which
 * leaves nobody whom it could be sent to, and its position is never given to another.
 */
export function createRecordsInUse(): RecordsInUse {
  const records = new Map<number, WeakRef<EventRecord>>();
  let pruneAt = leastToPrune;

  return {
    of(position, read) {
      const known = records.get(position)?.deref();
      if (known) return known;
      const record = read();
      records.set(position, new WeakRef(record));
      if (records.size >= pruneAt) prune();
      return record;
    },
    forget: () => records.clear(),
  };

  function prune(): void {
    for (const [position, record] of records) if (record.deref() === undefined) records.delete(position);
    pruneAt = Math.max(leastToPrune, records.size * 2);
  }
}
