import { and, eq, inArray, sql } from 'drizzle-orm';
import { raiseVersion } from '#src/access';
import { recordAudit } from '#src/audit';
import { addTask, type Chunk, type Task } from '#src/tasks';
import { resumeStatements, subscriptionsOf } from './break.ts';
import { type ConnectionRow, readConnection } from './find.ts';
import type { Needs } from './open.ts';

const mutedReason = 'muted';

/** Its subscriptions are paused, so that nothing is lost; null: until somebody says so. */
export async function mute(
  ports: Needs,
  row: ConnectionRow,
  forMs: number | null,
  actor: string,
): Promise<void> {
  const { connections, subscriptions } = ports.store.tables;
  const now = ports.clock.now();
  const ours = await subscriptionsOf(ports, row);
  const until = forMs === null ? null : new Date(now.getTime() + forMs);
  await ports.store.write((db) => [
    db.update(connections).set({ mutedUntil: until, updatedAt: now }).where(eq(connections.id, row.id)),
    ...(ours.length === 0
      ? []
      : [
          ...raiseVersion(db, ports, { accountId: row.accountId }),
          db
            .update(subscriptions)
            .set({
              state: 'paused',
              stateReason: mutedReason,
              updatedAt: now,
              version: sql`${subscriptions.version} + 1`,
            })
            .where(and(inArray(subscriptions.id, ours), eq(subscriptions.state, 'active'))),
        ]),
    ...(forMs === null
      ? []
      : [addTask(db, ports, { kind: 'unmute', subject: row.id, payload: {}, delayMs: forMs })]),
    recordAudit(db, ports, {
      actor,
      action: 'connection.mute',
      subject: row.id,
      accountId: row.accountId,
      detail: { for_ms: forMs },
    }),
  ]);
  await ports.directory.freshen();
}

export async function unmute(ports: Needs, row: ConnectionRow, actor: string): Promise<void> {
  const { connections } = ports.store.tables;
  const resume = await resumeStatements(ports, row, mutedReason);
  await ports.store.write((db) => [
    db.update(connections).set({ mutedUntil: null }).where(eq(connections.id, row.id)),
    ...resume(db),
    recordAudit(db, ports, {
      actor,
      action: 'connection.unmute',
      subject: row.id,
      accountId: row.accountId,
      detail: {},
    }),
  ]);
  await ports.directory.freshen();
  ports.queue.wake('tasks');
}

/** The task kind `unmute`. A later word, longer or without an end, stands. */
export const unmuteKind =
  (ports: Needs) =>
  async (task: Task): Promise<Chunk> => {
    const row = await readConnection(ports, task.subject);
    const isOver = row?.mutedUntil != null && row.mutedUntil.getTime() <= ports.clock.ms();
    if (row && isOver) await unmute(ports, row, 'hub');
    return { statements: () => [], cursor: null, count: isOver ? 1 : 0, isLast: true };
  };
