import type { EpochLevel, EpochSnapshot } from '#src/store';

/** What the epochs say of a token, a grant or a subscription at this moment. */
export type Standing = 'valid' | 'suspended' | 'revoked';

/** The fast copy of the epochs. The store is the truth; a copy may only ever be ahead of what a snapshot says. */
export type Gate = {
  /** Brings the copy in step with what other processes wrote; cheap when nothing was. */
  freshen(): Promise<void>;
  /** Judged by the copy, at once: asked between connect and the first byte. */
  standing(...snapshots: EpochSnapshot[]): Standing;
  /** The values of now, to be carried by something that is being made. */
  snapshot(subjects: Partial<Record<EpochLevel, string>>): EpochSnapshot;
  /** After this process has raised, suspended or lifted something. */
  note(level: EpochLevel, subjectId: string, value: number, suspendedAtMs: number | null): void;
};
