import type { EpochSnapshot, Schema } from '#src/store';
import type { Env } from './store.ts';

/** One subscription under one grant, compiled: what matching and sending work with. */
export type Candidate = {
  accountStatus: string;
  grant: { id: string; accountId: string; epochs: EpochSnapshot; sinceEvent: number; history: boolean };
  subscription: Schema['subscriptions']['$inferSelect'];
  /** The grant's scopes that the subscription's maker had too. */
  scopes: ReadonlySet<string>;
  /** Equal for two candidates that see the same projection. */
  viewKey: string;
  types: ReadonlySet<string>;
  cities: ReadonlySet<string> | null;
  matchesFilter: ((view: Record<string, unknown>) => boolean) | null;
};

/**
 * Who listens, from memory where it was asked before. Every answer belongs to a version of the subscription set;
 * the write that accepts an event checks that version, so a stale answer is found out before it does harm.
 */
/** Candidates of some accounts, all of one version. */
export type Lookup = { version: number; of(accountId: string): readonly Candidate[] };

export type Directory = {
  /** At once, where all these accounts are in memory; else null. */
  known(env: Env, accountIds: readonly string[]): Lookup | null;
  /** Reads in one set what is not in memory. */
  load(env: Env, accountIds: readonly string[]): Promise<Lookup>;
  /** Catches up with the store: forgets what has changed. */
  freshen(): Promise<void>;
};
