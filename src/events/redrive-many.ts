/**
 * Everything in quarantine that fits a filter, re-driven by a durable task: oldest first, a page and its cursor in one write, so that a
 * crash between two pages loses nothing and doubles nothing. What is still wrong stays, with the reasons of this moment. What comes
 * into quarantine meanwhile lies above `through` and is left alone, as is what the task itself has accepted.
 */
import { and, asc, desc, eq, gt, lte, sql } from 'drizzle-orm';
import * as z from 'zod';
import { recordAudit } from '#src/audit';
import { actorOf, type Ctx, type Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Env, Statement } from '#src/ports';
import { addTask, type Chunk, type Task } from '#src/tasks';
import { acceptStatements, behindEveryAnsweredSubscription } from './accept-quarantined.ts';
import { hubCaller } from './announce.ts';
import { isQuarantined, type QuarantineFilter } from './quarantine-filter.ts';
import { checked } from './redrive.ts';

/** A page is one write, of six statements an event: on Workers a chunk may not use up the queries of its invocation. */
const pageSize = 10;
const mostCounted = 10_000;
const mostChecked = 100;

export const redrivePayload = z.strictObject({
  env: z.enum(['live', 'test']),
  type: z.string().nullable(),
  reason: z.string().nullable(),
  publisher: z.string().nullable(),
  through: z.int(),
  asked: z.int(),
  tokenId: z.string(),
  userId: z.string().nullable(),
});
export const redriveCursor = z
  .strictObject({ after: z.int(), accepted: z.int(), stayed: z.int() })
  .nullable()
  .transform((cursor) => cursor ?? { after: -1, accepted: 0, stayed: 0 });

export const redriveSubject = (env: Env): string => `quarantine:${env}`;

export type RedrivePreview = {
  count: number;
  at_least: boolean;
  /** Nothing that came later is touched. */
  through: number;
  /** Of the oldest, so many were tried against the catalogue as it is now, and so many of these would be accepted. */
  checked: number;
  passing: number;
};

type Asking = Pick<Ctx, 'store' | 'caller' | 'digest'>;

/** How many fit, and what would become of them now. */
export async function previewRedrive(
  ctx: Asking,
  filter: QuarantineFilter,
  through: number | null = null,
): Promise<RedrivePreview> {
  const { store, caller } = ctx;
  const { events } = store.tables;
  const fits = and(
    isQuarantined(store, { env: caller.env, ...filter }),
    through === null ? undefined : lte(events.position, through),
  );
  const some = store.db
    .select({ position: events.position })
    .from(events)
    .where(fits)
    .orderBy(desc(events.position))
    .limit(mostCounted + 1)
    .as('some');
  const [[counted], oldest] = await Promise.all([
    store.db
      .select({
        n: sql<number>`count(*)`.mapWith(Number),
        through: sql<number | null>`max(${some.position})`,
      })
      .from(some),
    store.db
      .select({ type: events.type, schemaVersion: events.schemaVersion, data: events.data })
      .from(events)
      .where(fits)
      .orderBy(asc(events.position))
      .limit(mostChecked),
  ]);
  const n = counted?.n ?? 0;
  return {
    count: Math.min(n, mostCounted),
    at_least: n > mostCounted,
    through: through ?? Number(counted?.through ?? 0),
    checked: oldest.length,
    passing: oldest.filter((event) => checked(ctx, event).ok).length,
  };
}

/** Answers the task's id, once it is durable. 409 where nothing fits. */
export async function startRedrive(
  ctx: Ctx,
  filter: QuarantineFilter,
  through: number | null = null,
): Promise<string> {
  const preview = await previewRedrive(ctx, filter, through);
  if (preview.count === 0)
    throw new PatchbayError('state_conflict', {
      public: 'Nothing in quarantine fits any more: somebody was faster.',
    });
  const { env, tokenId, userId } = ctx.caller;
  const id = ctx.ids.newId('tsk');
  const payload: z.output<typeof redrivePayload> = {
    env,
    ...filter,
    through: preview.through,
    asked: preview.count,
    tokenId,
    userId,
  };
  await ctx.store.write((db) => [
    addTask(db, ctx, { id, kind: 'redrive', subject: redriveSubject(env), payload }),
    recordAudit(db, ctx, {
      actor: actorOf(ctx.caller),
      action: 'quarantine.redrive',
      subject: id,
      requestId: ctx.requestId,
      detail: { env, ...filter, events: preview.count },
    }),
  ]);
  ctx.queue.wake('tasks');
  return id;
}

/** The task kind `redrive`. */
export const redriveKind =
  (ports: Ports) =>
  async (task: Task): Promise<Chunk> => {
    const { env, through, tokenId, userId, ...filter } = redrivePayload.parse(task.payload);
    const cursor = redriveCursor.parse(task.cursor);
    const { events } = ports.store.tables;
    const page = await ports.store.db
      .select()
      .from(events)
      .where(
        and(
          isQuarantined(ports.store, { env, ...filter }),
          gt(events.position, cursor.after),
          lte(events.position, through),
        ),
      )
      .orderBy(asc(events.position))
      .limit(pageSize);
    const looked = page.map((event) => ({ event, result: checked(ports, event) }));
    const accepted = looked.filter(({ result }) => result.ok).length;
    // The trail tells by the request which of them this task has accepted.
    const ctx = { ...ports, caller: { ...hubCaller(env), tokenId, userId }, requestId: task.id };
    const mark = ports.ids.newId('rpl');
    return {
      statements: (db) => [
        ...(accepted > 0 ? [behindEveryAnsweredSubscription(ctx, db)] : []),
        ...looked.flatMap(({ event, result }): readonly Statement[] =>
          result.ok
            ? acceptStatements(ctx, db, event, result.accepted, mark)
            : [
                db
                  .update(events)
                  .set({ reasons: result.reasons })
                  .where(and(eq(events.id, event.id), eq(events.state, 'quarantined'))),
              ],
        ),
      ],
      cursor: {
        after: page.at(-1)?.position ?? cursor.after,
        accepted: cursor.accepted + accepted,
        stayed: cursor.stayed + page.length - accepted,
      },
      count: page.length,
      isLast: page.length < pageSize,
      after: () => {
        for (let i = 0; i < accepted; i++) ports.meter.count('events_redriven');
        if (accepted > 0) ports.queue.wake('tasks');
      },
    };
  };
