import { eq } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import type { Db, Statement } from '#src/ports';
import type { EpochLevel } from '#src/store';
import { addTask } from '#src/tasks';
import { countEpochWrite, epochVersion, laterThanRow, markOf } from './epochs.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'gate' | 'queue' | 'ids'>;

/**
 * The reversible form: what hangs below answers 403 and its deliveries are held. It stands beside the epoch, so that
 * lifting it revives nothing that was revoked meanwhile. Suspending twice is once. `alongside` goes into the same write.
 */
export async function suspend(
  ports: Needs,
  input: {
    level: EpochLevel;
    id: string;
    reason: string;
    actor: string;
    /** For staff alone; it stands in the audit trail. */
    note?: string | null;
    requestId?: string;
    alongside?: (db: Db) => readonly Statement[];
  },
): Promise<void> {
  const { store, clock, gate } = ports;
  const { epochs } = store.tables;
  const now = clock.now();
  const [, rows] = await store.write((db) => [
    countEpochWrite(db, ports),
    db
      .insert(epochs)
      .values({
        id: `${input.level}:${input.id}`,
        level: input.level,
        subjectId: input.id,
        value: 0,
        suspendedAt: now,
        reason: input.reason,
        updatedAt: now,
        version: epochVersion,
      })
      .onConflictDoUpdate({
        target: epochs.id,
        set: {
          suspendedAt: now,
          reason: input.reason,
          updatedAt: laterThanRow(ports),
          version: epochVersion,
        },
      })
      .returning(),
    recordAudit(db, ports, {
      actor: input.actor,
      action: 'suspend',
      subject: `${input.level}:${input.id}`,
      requestId: input.requestId ?? null,
      detail: { reason: input.reason, ...(input.note ? { note: input.note } : {}) },
    }),
    ...(input.alongside?.(db) ?? []),
  ]);
  await gate.note(rows.map(markOf));
}

/** Lifts it and sends on what was held for it. Lifting what is not suspended changes nothing. */
export async function unsuspend(
  ports: Needs,
  input: { level: EpochLevel; id: string; actor: string; requestId?: string },
): Promise<void> {
  const { store, gate, queue } = ports;
  const { epochs } = store.tables;
  const [, rows] = await store.write((db) => [
    countEpochWrite(db, ports),
    db
      .update(epochs)
      .set({ suspendedAt: null, updatedAt: laterThanRow(ports), version: epochVersion })
      .where(eq(epochs.id, `${input.level}:${input.id}`))
      .returning(),
    addTask(db, ports, {
      kind: 'release',
      subject: `${input.level}:${input.id}`,
      payload: { level: input.level, id: input.id },
    }),
    recordAudit(db, ports, {
      actor: input.actor,
      action: 'unsuspend',
      subject: `${input.level}:${input.id}`,
      requestId: input.requestId ?? null,
    }),
  ]);
  await gate.note(rows.map(markOf));
  queue.wake('tasks');
}
