import { and, desc, eq, sql } from 'drizzle-orm';
import { isInert } from '#src/approvals';
import { recordAuditIf } from '#src/audit';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { addTaskIf, type Task } from '#src/tasks';
import { findSubscription, ownedByCaller } from './find.ts';
import { waits } from './pause.ts';
import type { ShownReplay } from './replay-shape.ts';
import { newestDelivery, showReplay } from './show-replay.ts';
import type { ReplaySpec } from './spec.ts';

/** Events are kept for as long: before that there is nothing to replay. */
const maxWindowMs = 30 * 24 * 3_600_000;

/**
 * Puts deliveries of a span of acceptance back to be sent: the dead (`failed`), those that should be there and are not
 * (`missing`), or both and the delivered besides (`all`). The work is a durable task; one at a time for a subscription.
 */
export async function replay(ctx: Ctx, id: string, spec: ReplaySpec): Promise<ShownReplay> {
  const row = await findSubscription(ctx, id);
  if (isInert(row)) throw waits(row);
  const behind = await newestDelivery(ctx, id);
  const payload = { ...windowOf(spec, ctx.clock.ms()), only: spec.only, behind };
  const taskId = ctx.ids.newId('rpl');
  const { subscriptions, tasks } = ctx.store.tables;
  const [, [begun]] = await ctx.store.write((db) => [
    // Changes nothing, and locks the row: on Postgres two that ask at once would each find no other.
    db
      .update(subscriptions)
      .set({ version: sql`${subscriptions.version}` })
      .where(and(eq(subscriptions.id, id), ownedByCaller(ctx))),
    addTaskIf(
      db,
      ctx,
      { id: taskId, kind: 'replay', subject: id, payload },
      sql`not exists (select 1 from ${tasks} where ${openReplay(ctx, id)})`,
    ),
    recordAuditIf(
      db,
      ctx,
      {
        actor: actorOf(ctx.caller),
        action: 'subscription.replay',
        subject: id,
        accountId: row.accountId,
        requestId: ctx.requestId,
        detail: { replay: taskId, ...payload },
      },
      sql`exists (select 1 from ${tasks} where ${tasks.id} = ${taskId})`,
    ),
  ]);
  if (!begun) throw await underWay(ctx, id);
  ctx.queue.wake('tasks');
  return findReplay(ctx, id, taskId);
}

export async function findReplay(ctx: Ctx, id: string, taskId: string): Promise<ShownReplay> {
  await findSubscription(ctx, id);
  return showReplay(ctx, await findReplayTask(ctx, id, taskId));
}

export async function findReplayTask({ store }: Ctx, id: string, taskId: string): Promise<Task> {
  const { tasks } = store.tables;
  const [task] = await store.db
    .select()
    .from(tasks)
    .where(and(eq(tasks.id, taskId), eq(tasks.kind, 'replay'), eq(tasks.subject, id)))
    .limit(1);
  if (!task) throw new PatchbayError('not_found', { public: `There is no replay ${taskId}.` });
  return task;
}

/** The last one that was asked for; null: none was. */
export async function latestReplay(ctx: Ctx, id: string): Promise<ShownReplay | null> {
  await findSubscription(ctx, id);
  const { tasks } = ctx.store.tables;
  const [task] = await ctx.store.db
    .select()
    .from(tasks)
    .where(and(eq(tasks.subject, id), eq(tasks.kind, 'replay')))
    .orderBy(desc(tasks.createdAt))
    .limit(1);
  return task ? showReplay(ctx, task) : null;
}

function windowOf({ since, until }: ReplaySpec, nowMs: number): { since: number; until: number } {
  const from = Date.parse(since);
  // What is accepted from now on is matched as it comes.
  const to = Math.min(until === undefined ? nowMs : Date.parse(until), nowMs);
  if (from >= to) throw refused('/since', 'since must be before until, and in the past.');
  if (to - from > maxWindowMs) throw refused('/since', 'A replay covers 30 days at most.');
  return { since: from, until: to };
}

const openReplay = ({ store: { tables } }: Pick<Ctx, 'store'>, id: string) =>
  and(eq(tables.tasks.subject, id), eq(tables.tasks.kind, 'replay'), eq(tables.tasks.state, 'open'));

async function underWay(ctx: Ctx, id: string): Promise<PatchbayError> {
  const { tasks } = ctx.store.tables;
  const [open] = await ctx.store.db.select({ id: tasks.id }).from(tasks).where(openReplay(ctx, id)).limit(1);
  return new PatchbayError('state_conflict', {
    public: `The replay ${open?.id ?? 'before this one'} is still under way; wait for it to be done.`,
  });
}

const refused = (pointer: string, detail: string): PatchbayError =>
  new PatchbayError('validation_failed', { public: detail, errors: [{ pointer, detail }] });
