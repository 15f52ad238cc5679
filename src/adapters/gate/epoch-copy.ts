import { type Carried, type EpochMark, rememberTokenMs, type Standing } from '#src/ports';
import type { EpochLevel, EpochSnapshot } from '#src/store';

type Entry = Pick<EpochMark, 'value' | 'suspendedAtMs' | 'atMs'>;

export type EpochCopy = {
  /** Under maximum: a value never falls, and the later write tells of the suspension. */
  merge(mark: Omit<EpochMark, 'version'>): void;
  standing(...snapshots: readonly Carried[]): Standing;
  isTokenRevoked(tokenId: string): boolean;
  snapshot(subjects: Partial<Record<EpochLevel, string>>): EpochSnapshot;
};

/** The epochs of one process. Only what was ever revoked or suspended has an entry; the rest is at 0. */
export function createEpochCopy(): EpochCopy {
  /** By level, then by id: asked several times a delivery, almost always in vain, and no key is spelled for it. */
  const levels = new Map<string, Map<string, Entry>>();
  /** By id, when it was revoked; oldest first. */
  const tokens = new Map<string, number>();

  return {
    merge: (mark) => {
      if (mark.level === 'token') return addToken(mark.subjectId, mark.atMs);
      const entries = levels.get(mark.level) ?? new Map<string, Entry>();
      const known = entries.get(mark.subjectId);
      const last = known && known.atMs > mark.atMs ? known : mark;
      entries.set(mark.subjectId, {
        value: Math.max(mark.value, known?.value ?? 0),
        suspendedAtMs: last.suspendedAtMs,
        atMs: last.atMs,
      });
      levels.set(mark.level, entries);
    },
    standing: (...snapshots) => {
      let worst: Standing = 'valid';
      for (const [level, entries] of levels) {
        for (const snapshot of snapshots) {
          const carried = snapshot[level as keyof Carried];
          const entry = carried && entries.get(carried[0]);
          if (!entry) continue;
          if (entry.value > carried[1]) return 'revoked';
          if (entry.suspendedAtMs !== null) worst = 'suspended';
        }
      }
      return worst;
    },
    isTokenRevoked: (tokenId) => tokens.has(tokenId),
    snapshot: (subjects) => {
      const valueOf = (level: EpochLevel, id: string): number => levels.get(level)?.get(id)?.value ?? 0;
      const snapshot: EpochSnapshot = { installation: ['', valueOf('installation', '')] };
      for (const [level, id] of Object.entries(subjects) as [EpochLevel, string][])
        snapshot[level] = [id, valueOf(level, id)];
      return snapshot;
    },
  };

  function addToken(id: string, atMs: number): void {
    tokens.set(id, atMs);
    for (const [old, oldMs] of tokens) {
      if (oldMs > atMs - 10 * rememberTokenMs) return;
      tokens.delete(old);
    }
  }
}
