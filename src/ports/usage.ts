/**
 * What is counted of a holder: calls by class, units, calls refused by a cap of ours, attempts that an endpoint refused
 * with 429; deliveries that were taken, and attempts that were not.
 */
export type UsageCounts = {
  reads: number;
  writes: number;
  creates: number;
  units: number;
  refused: number;
  theirs: number;
  delivered: number;
  failed: number;
};

/** Whose calls they are: `grant:grt_…`, `account:acc_…`, `app:…`, `partner:…`, `token:…`. */
export type Holder = string;

/**
 * Counts by day (UTC), for the plan and for people to look at. Kept in memory and written in batches, so a call costs no
 * write; a process that is killed loses what it had not written.
 */
export type Usage = {
  count(holders: readonly Holder[], counts: Partial<UsageCounts>): void;
  /** Reads what this holder has used today, where this process does not know it yet. */
  meet(holder: Holder): Promise<void>;
  /** Units of today: what all processes have written, and this one's since. */
  unitsToday(holder: Holder): number;
  flush(): Promise<void>;
};
