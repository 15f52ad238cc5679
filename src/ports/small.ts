/** Time and chance are ports, so that tests own them. */
export type Clock = {
  now(): Date;
  /** `Date.now()` of this clock: milliseconds since the epoch. */
  ms(): number;
  /** Monotonic milliseconds, for durations and leases within this process. */
  ticks(): number;
  /** Calls back once after `delayMs`; the answer cancels it. */
  after(delayMs: number, run: () => void): () => void;
};

export type Chance = {
  /** Cryptographic. */
  bytes(length: number): Uint8Array;
  /** 0 ≤ n < 1, for jitter alone. */
  fraction(): number;
};

/** Fields are values that may be read by an operator: never a token, a secret or a body. */
export type LogFields = Record<string, string | number | boolean | null | undefined>;
export type Log = {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  /** `cause` is whatever was thrown. */
  error(event: string, cause: unknown, fields?: LogFields): void;
};

/** Counters, gauges and histograms by name; the host exports them (Prometheus on Node). */
export type Meter = {
  count(name: string, labels?: Record<string, string>, by?: number): void;
  gauge(name: string, value: number, labels?: Record<string, string>): void;
  observe(name: string, value: number, labels?: Record<string, string>): void;
};

/** What a sealed secret belongs to; it is authenticated, so a sealed value cannot be moved to another record. */
export type SealedFor = { owner: string; record: string; field: string };
export type Vault = {
  /** Answers `v1.<master key version>.<wrapped data key>.<iv>.<ciphertext>`, base64url parts. */
  seal(plain: Uint8Array, about: SealedFor): Promise<string>;
  /** Throws `PatchbayError('internal')` when the value was altered, moved, or its master key is gone. */
  open(sealed: string, about: SealedFor): Promise<Uint8Array>;
  /** The same secret under the current master key; unchanged where it already is. Throws as `open` does. */
  rewrap(sealed: string, about: SealedFor): Promise<string>;
  masterKeys: KeyVersions;
};
/** Versions of keys that are here, never the keys. New values go under `current`. */
export type KeyVersions = { current: number; known: readonly number[] };

/** Synchronous digests: WebCrypto's cost ten times as much for short input. Answers are base64url. */
export type Digest = {
  sha256(text: string): string;
  hmacSha256(key: Uint8Array, text: string): string;
};
