import type { BatchItem } from 'drizzle-orm/batch';
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core';
import type { Schema } from '#src/store';

/** SQLite's types are the canonical ones on every database (see #src/columns). */
export type Db = BaseSQLiteDatabase<'async', unknown, Record<string, never>>;
export type Statement = BatchItem<'sqlite'>;
export type Rows<T extends readonly Statement[]> = { [K in keyof T]: T[K]['_']['result'] };

export type Env = 'live' | 'test';

/** What one request brought, kept as it came. One receipt is one call of `publish`. */
export type NewReceipt = {
  id: string;
  tokenId: string | null;
  receivedAtMs: number;
  body: string;
  /** `token:key` where an Idempotency-Key was sent. */
  idempotencyId: string | null;
  fingerprint: string;
};

export type NewDelivery = {
  id: string;
  subscriptionId: string;
  grantId: string;
  accountId: string;
  state: 'pending' | 'leased' | 'held';
  reason: string;
  dueAtMs: number | null;
  leaseId: string | null;
  /** The subject, where the subscription wants order. */
  line: string | null;
};

export type NewEvent = {
  id: string;
  env: Env;
  type: string;
  schemaVersion: number;
  stream: string;
  occurredAtMs: number;
  acceptedAtMs: number;
  city: string | null;
  subject: string;
  audience: string[];
  /** Serialised once, by the caller; stored as it is. */
  dataJson: string;
  state: 'accepted' | 'quarantined';
  reasonsJson: string;
  fingerprint: string;
  critical: boolean;
  entity: { kind: string; id: string } | null;
  /** The version of the subscription set that `deliveries` come from; null: whatever the set is, these are they. */
  matchedVersion: number | null;
  deliveries: NewDelivery[];
  /** The task that expands it, where it matches too many to be written at once. */
  expandTaskId: string | null;
};

/**
 * `written`: this call made it. `known`: the id was there before. `stale`: the subscription set has moved, match
 * again and call again. `claimed`: another receipt holds the idempotency key.
 */
export type PublishedEvent = {
  outcome: 'written' | 'known' | 'stale' | 'claimed';
  position: number;
  sequence: number;
  state: 'accepted' | 'quarantined';
  fingerprint: string;
};
export type PublishAnswer = {
  events: PublishedEvent[];
  /** Who holds the idempotency key, where another receipt does. */
  claim: { fingerprint: string; eventIds: string[] } | null;
  version: number;
};

/** A subscription under one grant of one account: all that matching and sending need to know. */
export type CandidateRow = {
  accountStatus: string;
  grant: {
    id: string;
    accountId: string;
    scopes: string[];
    epochs: Record<string, [string, number]>;
    sinceEvent: number;
    history: boolean;
  };
  subscription: Schema['subscriptions']['$inferSelect'];
};

export type LeaseAsk = {
  leaseId: string;
  nowMs: number;
  untilMs: number;
  lanes: { subscriptionId: string; room: number }[];
};

export type LeasedDelivery = {
  id: string;
  leaseId: string;
  untilMs: number;
  subscriptionId: string;
  grantId: string;
  accountId: string;
  attempts: number;
  tries: number;
  line: string | null;
  event: EventRecord;
};

/** An event as the hub works from it (silver). Instants are milliseconds since the epoch. */
export type EventRecord = {
  position: number;
  id: string;
  env: Env;
  type: string;
  schemaVersion: number;
  occurredAtMs: number;
  acceptedAtMs: number;
  city: string | null;
  subject: string;
  sequence: number;
  critical: boolean;
  audience: string[];
  data: Record<string, unknown>;
};

export type Settlement = {
  deliveryId: string;
  leaseId: string;
  /** Unique to this settlement: what marks the row, and the attempt's id when there was one. */
  mark: string;
  state: 'pending' | 'retrying' | 'held' | 'delivered' | 'dead' | 'cancelled';
  reason: string;
  dueAtMs: number | null;
  nowMs: number;
  attempt: {
    startedAtMs: number;
    durationMs: number;
    outcome: string;
    status: number | null;
    stage: 'before' | 'during' | 'after';
    detail: string;
    answer: string;
  } | null;
};

/**
 * The store is the truth. Every write is a list of statements: all or none, in order, nothing awaited between;
 * a decision is a WHERE. The hot operations take batches, one statement each.
 */
export type Store = {
  /** For reads, and for statements to be written. */
  db: Db;
  tables: Schema;
  dialect: 'sqlite' | 'postgres';
  write<const T extends readonly Statement[]>(build: (db: Db) => T): Promise<Rows<T>>;
  publish(receipt: NewReceipt, events: NewEvent[]): Promise<PublishAnswer>;
  /** The version of the subscription set, read from the store. */
  version(): Promise<number>;
  match(env: Env, accountIds: string[]): Promise<CandidateRow[]>;
  /** Subscriptions that have something due, oldest first within each; at most `limit`, from `after` in id order. */
  dueLanes(nowMs: number, after: string, limit: number): Promise<string[]>;
  lease(ask: LeaseAsk): Promise<LeasedDelivery[]>;
  /** Which of these leases are still held; the others are lost. */
  renew(deliveries: { id: string; leaseId: string }[], untilMs: number): Promise<Set<string>>;
  /** Delivery ids that were written. A lost lease writes nothing, neither state nor attempt. */
  settle(settlements: Settlement[]): Promise<Set<string>>;
  isConflict(error: unknown): boolean;
  /** What any of these threw, told apart: lost, full or locked becomes `store_unavailable`; the rest is given back as it is. */
  failureOf(error: unknown): unknown;
  /** Changes when another process has written; constant where the store cannot tell cheaply (null). */
  foreignWrites(): number | null;
  close(): Promise<void>;
};
