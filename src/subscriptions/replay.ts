import { and, eq } from 'drizzle-orm';
import * as z from 'zod';
import { isInert } from '#src/approvals';
import { recordAudit } from '#src/audit';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Task } from '#src/tasks';
import { findSubscription } from './find.ts';
import { waits } from './pause.ts';
import type { ReplaySpec } from './spec.ts';
import { addTask } from '#src/tasks';

/** Events are kept for as long: before that there is nothing to replay. */
const maxWindowMs = 30 * 24 * 3_600_000;

export const replayPayload = z.strictObject({
  since: z.number(),
  until: z.number(),
  only: z.enum(['failed', 'missing', 'all']),
});

export const shownReplay = z
  .strictObject({
    id: z.string(),
    state: z.enum(['open', 'done', 'failed']),
    done: z.int().meta({ description: 'Deliveries that were made or sent again so far.' }),
    since: z.string(),
    until: z.string(),
    only: z.enum(['failed', 'missing', 'all']),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Replay' });
export type ShownReplay = z.output<typeof shownReplay>;

/**
 * Puts deliveries of a span of acceptance back to be sent: the dead (`failed`), those that should be there and are not
 * (`missing`), or both and the delivered besides (`all`). The work is a durable task; one at a time for a subscription.
 */
export async function replay(ctx: Ctx, id: string, spec: ReplaySpec): Promise<ShownReplay> {
  const row = await findSubscription(ctx, id);
  if (isInert(row)) throw waits(row);
  const payload = { ...windowOf(spec, ctx.clock.ms()), only: spec.only };
  await refuseSecond(ctx, id);
  const taskId = ctx.ids.newId('rpl');
  await ctx.store.write((db) => [
    addTask(db, ctx, { id: taskId, kind: 'replay', subject: id, payload }),
    recordAudit(db, ctx, {
      actor: actorOf(ctx.caller),
      action: 'subscription.replay',
      subject: id,
      accountId: row.accountId,
      requestId: ctx.requestId,
      detail: { replay: taskId, ...payload },
    }),
  ]);
  ctx.queue.wake('tasks');
  return findReplay(ctx, id, taskId);
}

export async function findReplay(ctx: Ctx, id: string, taskId: string): Promise<ShownReplay> {
  await findSubscription(ctx, id);
  const { tasks } = ctx.store.tables;
  const [task] = await ctx.store.db
    .select()
    .from(tasks)
    .where(and(eq(tasks.id, taskId), eq(tasks.kind, 'replay'), eq(tasks.subject, id)))
    .limit(1);
  if (!task) throw new PatchbayError('not_found', { public: `There is no replay ${taskId}.` });
  return showReplay(task);
}

function windowOf({ since, until }: ReplaySpec, nowMs: number): { since: number; until: number } {
  const from = Date.parse(since);
  // What is accepted from now on is matched as it comes.
  const to = Math.min(until === undefined ? nowMs : Date.parse(until), nowMs);
  if (from >= to) throw refused('/since', 'since must be before until, and in the past.');
  if (to - from > maxWindowMs) throw refused('/since', 'A replay covers 30 days at most.');
  return { since: from, until: to };
}

async function refuseSecond({ store }: Ctx, id: string): Promise<void> {
  const { tasks } = store.tables;
  const [open] = await store.db
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(eq(tasks.subject, id), eq(tasks.kind, 'replay'), eq(tasks.state, 'open')))
    .limit(1);
  if (!open) return;
  throw new PatchbayError('state_conflict', {
    public: `The replay ${open.id} is still under way; wait for it to be done.`,
  });
}

function showReplay(task: Task): ShownReplay {
  const { since, until, only } = replayPayload.parse(task.payload);
  return {
    id: task.id,
    state: task.state,
    done: task.done,
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    only,
    created_at: task.createdAt.toISOString(),
    updated_at: task.updatedAt.toISOString(),
  };
}

const refused = (pointer: string, detail: string): PatchbayError =>
  new PatchbayError('validation_failed', { public: detail, errors: [{ pointer, detail }] });
