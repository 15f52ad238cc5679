import type * as z from 'zod';
import type { Hashes } from './manifest.ts';
import type { Scope } from './scopes.ts';
import type { Stream } from './vocabulary.ts';

/** The data of an event after validation, or on its way out. */
export type EventData = Record<string, unknown>;

/** Why an event cannot be taken as it is. `pointer` is an RFC 6901 JSON pointer into `data`. */
export type Reason = {
  code: 'unknown_type' | 'unknown_version' | 'schema' | 'policy';
  pointer: string;
  detail: string;
};

/** A rule that a schema cannot say, over data that fits its schema. */
export type Policy = (data: EventData) => Reason[];

/** A rule that takes a digest; asked after all others, of what comes in. */
export type Proof = (digest: Hashes, data: EventData) => Reason[];

export type EntityKind = 'booking' | 'rfp' | 'deliverable' | 'review';

export type EventType = {
  type: string;
  description: string;
  stream: Stream;
  /** Without this scope the type does not exist for the caller. */
  scope: Scope;
  /** Money or safety hangs on it: stopping or replaying it is guarded (S1-07, S1-42). */
  critical: boolean;
  /** About the hub itself; publishers may not publish it. */
  system: boolean;
  /** False: wildcards skip it, it must be asked for by its name. */
  defaultOn: boolean;
  /** Where set, `data` is the whole current state of that entity, so the latest event is the read model. */
  entity: { kind: EntityKind; idField: string } | null;
  versions: Readonly<Record<number, z.ZodObject>>;
  latest: number;
  /** `down[2]` turns data of version 2 into data of version 1. Total: it succeeds on all valid data. */
  down?: Readonly<Record<number, (data: EventData) => EventData>>;
  policies?: readonly Policy[];
  proofs?: readonly Proof[];
  sample: (version: number, seed: number) => EventData;
};
