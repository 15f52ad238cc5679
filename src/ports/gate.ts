import type { EpochLevel, EpochSnapshot } from '#src/store';

/** What the epochs say of a token, a grant or a subscription at this moment. */
export type Standing = 'valid' | 'suspended' | 'revoked';

/**
 * A row of the epochs as its last write left it. `value` only rises; of two rows of one subject the later `atMs` tells
 * whether it is suspended. `version` is the store's number of that write. A token has a row once it is revoked, and one
 * as a maker once it has leaked: its value is that moment, in milliseconds.
 */
export type EpochMark = {
  level: EpochLevel | 'token' | 'maker';
  subjectId: string;
  value: number;
  suspendedAtMs: number | null;
  atMs: number;
  version: number;
};

/**
 * What is asked about. `maker`: the token that made it, and when what is known of it was written (milliseconds): it is
 * revoked where the token has leaked since, for then what it made was stopped by a later write.
 */
export type Carried = EpochSnapshot & { maker?: [id: string, atMs: number] };

/**
 * One bucket of a caller's, as GCRA: `burst` units may go at once after a rest, and one comes back every `periodMs`.
 * Counted in whole microseconds, so a period is at least 0.001 ms. With a `span` nothing comes back before it ends: then
 * it is a counter of that span, whose key names it.
 */
export type Cap = {
  level: CapLevel;
  key: string;
  periodMs: number;
  burst: number;
  cost: number;
  span?: CapSpan;
};
/** `usedAtLeast`: units that the asker knows of, for a gate that has forgotten; `leftMs`: until the end, for the answer. */
export type CapSpan = { endsAtMs: number; leftMs: number; usedAtLeast: number };
/**
 * `creates` is the one class of endpoints with a cap of its own; `day` is the plan's; `token_requests` an app's at
 * /oauth/token; `intents` of who asks the marketplace for something, `source_intents` of where all such come from.
 */
export type CapLevel =
  | 'token'
  | 'grant'
  | 'user'
  | 'app'
  | 'partner'
  | 'creates'
  | 'day'
  | 'token_requests'
  | 'intents'
  | 'source_intents';

export type Ask = {
  /** What the call hangs on: all of it must stand. */
  epochs: readonly EpochSnapshot[];
  /** The locator (8 characters) only routes. */
  token: { id: string; locator: string };
  caps: readonly Cap[];
};

/** A cap after the call: units left, and until nothing of it is used any more. */
export type CapState = { remaining: number; fullInMs: number };

/** `caps` in the order of the ask; empty where `standing` is not valid, for then nothing was looked at or spent. */
export type Admission = {
  standing: Standing;
  caps: readonly CapState[];
  /** The level that makes it wait longest; null: all caps allowed it, and all were spent. */
  refused: { level: CapLevel; retryAfterMs: number } | null;
};

/**
 * Validity and caps. The store is the truth of the epochs, the gate a fast copy, merged by maximum: a value never
 * falls. Where the shared copy cannot be trusted (out of reach, begun afresh, behind) the store itself is asked.
 */
export type Gate = {
  /** Brings this process in step with all that was noted before the call. Callers of one turn share the work. */
  freshen(): Promise<void>;
  /** Judged by this process's copy, at once: asked between connect and the first byte. */
  standing(...snapshots: Carried[]): Standing;
  /** The values of now, to be carried by something that is being made. */
  snapshot(subjects: Partial<Record<EpochLevel, string>>): EpochSnapshot;
  /** After this process has written them to the store. Resolves when no process goes by what was before. */
  note(marks: readonly EpochMark[]): Promise<void>;
  /** One step: the caller stands (epochs, and its token by itself) and every cap allows; else nothing is spent. */
  admit(ask: Ask): Promise<Admission>;
  /**
   * A token's row that was read under this number may be used for `rememberTokenMs`, as long as `admit` is asked each
   * time. Null: it must be read anew.
   */
  generation(): number | null;
  close(): Promise<void>;
};

/** A token's mark is kept ten times as long. */
export const rememberTokenMs = 60_000;
