/**
 * Takes back every copy that the hub has made at a vendor, as far as the vendor allows; what could not be taken back is
 * in the report, each with what the user can do.
 */
import { and, asc, eq, gt, like } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { addTask, type Chunk, type Task } from '#src/tasks';
import { applyOp } from './apply-op.ts';
import { findConnection, readConnection } from './find.ts';
import { createVendorLimits } from './limits.ts';
import { begin, type Cursor, cursorShape, type ShownRecall } from './recall-shape.ts';
import { type Needs, openConnection } from './open.ts';

const perChunk = 20;
const maxReported = 500;

/** `begins`: of keys, `booking:bkg_…`; absent: all of it. */
export async function recall(ctx: Ctx, id: string, begins = ''): Promise<ShownRecall> {
  const row = await findConnection(ctx, id);
  if (row.state === 'revoked')
    throw new PatchbayError('state_conflict', {
      public: 'The connection was ended: nothing is sent by it any more.',
    });
  const taskId = ctx.ids.newId('tsk');
  await ctx.store.write((db) => [
    addTask(db, ctx, { id: taskId, kind: 'recall', subject: id, payload: { begins } }),
    recordAudit(db, ctx, {
      actor: actorOf(ctx.caller),
      action: 'connection.recall',
      subject: id,
      accountId: row.accountId,
      requestId: ctx.requestId,
      detail: { begins },
    }),
  ]);
  ctx.queue.wake('tasks');
  return findRecall(ctx, id, taskId);
}

export async function findRecall(ctx: Ctx, id: string, taskId: string): Promise<ShownRecall> {
  await findConnection(ctx, id);
  const { tasks } = ctx.store.tables;
  const [task] = await ctx.store.db
    .select()
    .from(tasks)
    .where(and(eq(tasks.id, taskId), eq(tasks.subject, id), eq(tasks.kind, 'recall')))
    .limit(1);
  if (!task) throw new PatchbayError('not_found', { public: `There is no recall ${taskId}.` });
  const at = cursorShape.parse(task.cursor ?? begin);
  return {
    id: task.id,
    state: task.state,
    recalled: at.recalled,
    left_count: at.leftCount,
    left: at.left,
    created_at: task.createdAt.toISOString(),
    updated_at: task.updatedAt.toISOString(),
  };
}

/** The task kind `recall`. */
export const recallKind =
  (ports: Needs) =>
  async (task: Task): Promise<Chunk> => {
    const at = cursorShape.parse(task.cursor ?? begin);
    const row = await readConnection(ports, task.subject);
    const connector = row && (await ports.connectors.load(row.connector));
    const rows = row && row.state !== 'revoked' ? await madeAfter(ports, task, at.after) : [];
    const next: Cursor = { ...at, left: [...at.left], after: rows.at(-1)?.id ?? at.after };
    for (const made of rows) {
      const why =
        row && connector ? await takeBackOne(ports, connector, row, made) : 'The connector is switched off.';
      if (why === null) next.recalled++;
      else {
        next.leftCount++;
        if (next.left.length < maxReported) next.left.push({ key: made.key, why });
      }
    }
    return { statements: () => [], cursor: next, count: rows.length, isLast: rows.length < perChunk };
  };

type Made = Awaited<ReturnType<typeof madeAfter>>[number];

function madeAfter({ store }: Needs, task: Task, after: string) {
  const { connectionRefs } = store.tables;
  const begins = typeof task.payload['begins'] === 'string' ? task.payload['begins'] : '';
  return store.db
    .select()
    .from(connectionRefs)
    .where(
      and(
        eq(connectionRefs.connectionId, task.subject),
        eq(connectionRefs.state, 'made'),
        gt(connectionRefs.id, after),
        begins === '' ? undefined : like(connectionRefs.key, `${begins.replaceAll(/[%_\\]/g, '')}%`),
      ),
    )
    .orderBy(asc(connectionRefs.id))
    .limit(perChunk);
}

/** Null: it is gone. Else why it is not, for the user. It is no newer than what it takes back: a later event may make it again. */
async function takeBackOne(
  ports: Needs,
  connector: NonNullable<Awaited<ReturnType<Needs['connectors']['load']>>>,
  row: NonNullable<Awaited<ReturnType<typeof readConnection>>>,
  made: Made,
): Promise<string | null> {
  if (!made.ref || !connector.undo)
    return `${connector.manifest.name} keeps it: ${connector.manifest.recall}`;
  const op = connector.undo({ key: made.key, seq: made.seq, ref: made.ref }, row.facts);
  if ('manual' in op) return op.manual;
  const opened = await openConnection(ports, connector, row, {
    limits: createVendorLimits(ports),
    purpose: 'recall',
    key: op.key,
  });
  if (!opened.ok)
    return `The vendor no longer takes our credential (${opened.code}). Link the account again, and recall once more.`;
  const done = await applyOp(ports, {
    connector,
    row,
    opened,
    op: { ...op, seq: made.seq },
    eventId: made.eventId,
    isRecall: true,
  });
  if (done.kind !== 'outcome') return 'Something else is being done to it at this moment. Recall once more.';
  if (done.outcome.ok) return null;
  if (done.outcome.kind === 'permanent')
    return done.outcome.fix ?? `The vendor refuses (${done.outcome.code}).`;
  return `The vendor could not do it now (${done.outcome.code}). Recall once more.`;
}
