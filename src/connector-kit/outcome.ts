/**
 * All that `deliver` may answer. What a vendor says is data, never thrown: each connector has one table from status and
 * body to one of these, with a test for each row, since status codes lie.
 */
export type Outcome =
  | { ok: true; applied: Applied; ref?: Ref }
  /** `refresh`: a new access token may mend it. `reconnect`: only a person can; the connection is paused and they are asked once. */
  | { ok: false; kind: 'auth'; next: 'refresh' | 'reconnect'; code: string }
  /** Will fail again however often it is tried. `fix` is shown to the user: what they can do, in their words. */
  | { ok: false; kind: 'permanent'; code: string; fix?: string }
  /** `slow` tells who must slow down: this call alone, the connection, or all that the installation sends to the vendor. */
  | {
      ok: false;
      kind: 'transient';
      code: string;
      retryAfterMs?: number;
      slow: 'call' | 'connection' | 'app';
    }
  /** Bytes left and no answer came: `reconcile` is asked before anything is sent again. */
  | { ok: false; kind: 'unknown'; code: string };

export type Applied = 'created' | 'updated' | 'unchanged' | 'deleted';
export type Failed = Exclude<Outcome, { ok: true }>;

/**
 * What stands at the vendor for one op key. `version` is its etag or revision, `hash` its own checksum: the receipt of
 * an archived file.
 */
export type Ref = { id: string; version?: string; url?: string; hash?: string };

/** One effect that a person at the vendor can see. */
export type Op<Kind extends string = string> = {
  /**
   * What it is about, the same through retries and replays: `booking:bkg_…`. Never the attempt. The hub keeps keys of
   * two connections apart.
   */
  key: string;
  /** The event's `sequence`. The hub drops an op that is not above the last one applied for its key. */
  seq: number;
  kind: Kind;
  /** JSON. */
  body: unknown;
  /** How many tokens of `limits` it takes; 1 where it is not said. */
  cost?: number;
};
