import type { Gate, Standing, Store } from '#src/ports';
import type { EpochLevel, EpochSnapshot } from '#src/store';

type Entry = { value: number; suspendedAtMs: number | null };

/**
 * The epochs of one process, in memory. Only what was ever revoked or suspended has an entry; the rest is at 0. The
 * copy is read again whenever the store says that another process has written (`patchbay revoke` is one), and merged
 * by maximum: a value never falls.
 */
export async function createMemoryGate(store: Store): Promise<Gate> {
  const entries = new Map<string, Entry>();
  const seen = { writes: store.foreignWrites() };
  await fill();

  return {
    freshen: async () => {
      const writes = store.foreignWrites();
      if (writes !== null && writes === seen.writes) return;
      await fill();
      seen.writes = writes;
    },
    standing: (...snapshots) => {
      let worst: Standing = 'valid';
      for (const snapshot of snapshots) {
        for (const level in snapshot) {
          const carried = snapshot[level as EpochLevel];
          const entry = carried && entries.get(`${level}:${carried[0]}`);
          if (!entry) continue;
          if (entry.value > carried[1]) return 'revoked';
          if (entry.suspendedAtMs !== null) worst = 'suspended';
        }
      }
      return worst;
    },
    snapshot: (subjects) => {
      const snapshot: EpochSnapshot = { installation: ['', valueOf('installation', '')] };
      for (const [level, id] of Object.entries(subjects) as [EpochLevel, string][])
        snapshot[level] = [id, valueOf(level, id)];
      return snapshot;
    },
    note: (level, subjectId, value, suspendedAtMs) => merge(`${level}:${subjectId}`, value, suspendedAtMs),
  };

  function valueOf(level: EpochLevel, id: string): number {
    return entries.get(`${level}:${id}`)?.value ?? 0;
  }

  function merge(id: string, value: number, suspendedAtMs: number | null): void {
    entries.set(id, { value: Math.max(value, entries.get(id)?.value ?? 0), suspendedAtMs });
  }

  async function fill(): Promise<void> {
    const { epochs } = store.tables;
    const rows = await store.db.select().from(epochs);
    for (const row of rows) merge(row.id, row.value, row.suspendedAt?.getTime() ?? null);
  }
}
