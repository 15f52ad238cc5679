import { eq } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import type { EpochLevel } from '#src/store';
import { addTask } from '#src/tasks';

type Needs = Pick<Ports, 'store' | 'clock' | 'gate' | 'queue' | 'ids'>;

/**
 * The reversible form: what hangs below answers 403 and its deliveries are held. It stands beside the epoch, so that
 * lifting it revives nothing that was revoked meanwhile. Suspending twice is once.
 */
export async function suspend(
  ports: Needs,
  input: { level: EpochLevel; id: string; reason: string; actor: string },
): Promise<void> {
  const { store, clock, gate } = ports;
  const { epochs } = store.tables;
  const now = clock.now();
  const [rows] = await store.write((db) => [
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
      })
      .onConflictDoUpdate({
        target: epochs.id,
        set: { suspendedAt: now, reason: input.reason, updatedAt: now },
      })
      .returning(),
    recordAudit(db, ports, {
      actor: input.actor,
      action: 'suspend',
      subject: `${input.level}:${input.id}`,
      detail: { reason: input.reason },
    }),
  ]);
  const row = rows[0];
  if (row) gate.note(row.level, row.subjectId, row.value, row.suspendedAt?.getTime() ?? null);
}

/** Lifts it and sends on what was held for it. Lifting what is not suspended changes nothing. */
export async function unsuspend(
  ports: Needs,
  input: { level: EpochLevel; id: string; actor: string },
): Promise<void> {
  const { store, clock, gate, queue } = ports;
  const { epochs } = store.tables;
  const now = clock.now();
  const [rows] = await store.write((db) => [
    db
      .update(epochs)
      .set({ suspendedAt: null, updatedAt: now })
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
    }),
  ]);
  const row = rows[0];
  if (row) gate.note(row.level, row.subjectId, row.value, null);
  queue.wake('tasks');
}
