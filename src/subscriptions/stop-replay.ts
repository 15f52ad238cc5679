import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { recordAuditIf } from '#src/audit';
import { actorOf, type Ctx, type Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { holdRow } from '#src/store';
import type { Chunk, Task } from '#src/tasks';
import { findSubscription } from './find.ts';
import { findReplay, findReplayTask } from './replay.ts';
import { type ReplayPayload, replayPayload, type ShownReplay } from './replay-shape.ts';
import { isMadeBy } from './show-replay.ts';

/** D1 binds a hundred parameters a statement. */
const perChunk = 80;
const lastWriteMs = 1_000;

/**
 * Stops a replay of what is missing: nothing more is made, and what it made and was not tried yet is taken out again, so
 * that another replay finds it missing as before. What is on its way arrives. Throws 409 for the other kinds, whose
 * deliveries were there before, and where a later replay has begun: what waits may be that one's.
 */
export async function stopReplay(ctx: Ctx, id: string, taskId: string): Promise<ShownReplay> {
  const row = await findSubscription(ctx, id);
  const task = await findReplayTask(ctx, id, taskId);
  const payload = replayPayload.parse(task.payload);
  if (payload.only !== 'missing')
    throw new PatchbayError('state_conflict', {
      public: 'Only a replay of what is missing can be stopped. Pause the subscription to hold the others.',
    });
  if (payload.isStopped) return findReplay(ctx, id, taskId);
  const { subscriptions, tasks } = ctx.store.tables;
  const now = ctx.clock.now();
  // Whoever is at a chunk loses the task, and has written what it was about to before it is begun anew.
  const dueAt = task.leaseId === null ? now : new Date(now.getTime() + lastWriteMs);
  // Ids grow with time.
  const isLatest = sql`not exists (select 1 from tasks later where later.subject = ${id} and later.kind = 'replay' and later.id > ${taskId})`;
  const [, , stopped] = await ctx.store.write((db) => [
    // As `replay` does: of the two at once, one knows of the other.
    holdRow(db, subscriptions, id),
    recordAuditIf(
      db,
      ctx,
      {
        actor: actorOf(ctx.caller),
        action: 'subscription.replay_stop',
        subject: id,
        accountId: row.accountId,
        requestId: ctx.requestId,
        detail: { replay: taskId },
      },
      isLatest,
    ),
    db
      .update(tasks)
      .set({ payload: { ...payload, isStopped: true }, state: 'open', leaseId: null, dueAt, updatedAt: now })
      .where(and(eq(tasks.id, taskId), isLatest))
      .returning({ id: tasks.id }),
  ]);
  if (stopped.length === 0)
    throw new PatchbayError('state_conflict', {
      public:
        'A later replay has begun: what this one made cannot be told from what that one does. Stop the later one.',
    });
  ctx.queue.wake('tasks');
  return findReplay(ctx, id, taskId);
}

/** A page of what was never tried; the state is asked once more in the write. */
export async function takeOutChunk(
  ports: Pick<Ports, 'store'>,
  task: Task,
  payload: ReplayPayload,
): Promise<Chunk> {
  const { deliveries, events } = ports.store.tables;
  const untried = and(eq(deliveries.attempts, 0), inArray(deliveries.state, ['pending', 'held']));
  const found = await ports.store.db
    .select({ position: deliveries.position })
    .from(deliveries)
    .innerJoin(events, eq(events.position, deliveries.eventPosition))
    .where(and(isMadeBy(ports, task.subject, payload), untried))
    .orderBy(asc(deliveries.position))
    .limit(perChunk);
  const positions = found.map(({ position }) => position);
  return {
    statements: (db) =>
      positions.length === 0
        ? []
        : [db.delete(deliveries).where(and(inArray(deliveries.position, positions), untried))],
    cursor: task.cursor,
    count: 0,
    isLast: positions.length < perChunk,
  };
}
