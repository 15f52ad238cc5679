import {
  and,
  count,
  desc,
  eq,
  gte,
  inArray,
  isNotNull,
  like,
  lte,
  ne,
  notExists,
  type SQL,
  sql,
} from 'drizzle-orm';
import * as z from 'zod';
import { completeReceipt, raiseVersion } from '#src/access';
import type { Ports } from '#src/context';
import type { Db, Statement } from '#src/ports';
import { noticeTypes } from '#src/subscriptions';
import { addTask, type Chunk, type Task } from '#src/tasks';
import { belowLevel, isStopped, lanesBelow, levelOf, piecesOf, type StoppedLane } from './below.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids'>;

const payloadShape = levelOf.extend({
  reason: z.string(),
  /** Queued later was queued under something new. Milliseconds; the task's own making, unless it goes on for another. */
  queuedBefore: z.number().optional(),
});
type Payload = z.output<typeof payloadShape>;
const cursorShape = z.strictObject({
  after: z.string().default(''),
  /** Something was on its way to a sender: the receipt is not complete yet. */
  isUnderWay: z.boolean().default(false),
  /** What senders have cancelled themselves, of the lanes up to here. */
  bySenders: z.int().default(0),
  /** When the last attempt of those lanes began of which a byte may have left. */
  lastSentMs: z.number().nullable().default(null),
  lastDelivery: z.string().nullable().default(null),
});
type Cursor = z.output<typeof cursorShape>;
type LastSent = Pick<Cursor, 'lastSentMs' | 'lastDelivery'>;

const perChunk = 480;
const lookAgainMs = 2_000;

/**
 * The task kind `cancel`: what is queued below a revocation is cancelled and counted on its receipt, which completes
 * when nothing below is leased any more. Leased ones are not touched: the sender asks the gate before the first byte
 * and cancels them itself, and a row that two sides settle would lose one of the two.
 */
export const cancelKind =
  (ports: Needs) =>
  async (task: Task): Promise<Chunk> => {
    const payload = payloadShape.parse(task.payload);
    if (payload.level === 'token') return tokenChunk(ports, task, payload);
    const cursor = cursorShape.parse(task.cursor ?? {});
    const before = new Date(payload.queuedBefore ?? task.createdAt.getTime());
    const { lanes: below, isEnd } = await lanesBelow(ports, belowLevel(ports, payload), cursor.after);
    const lanes = payload.level === 'subscription' ? below : below.map((lane) => sparingNotices(ports, lane));
    let { after, isUnderWay, bySenders } = cursor;
    let last: LastSent = cursor;
    for (const lane of lanes) {
      // In this order: a sender gives back or settles meanwhile, and what one question missed the next one must see.
      let positions = await queuedIn(ports, lane, before);
      const isGoing = positions.length === 0 && (await hasUnsettled(ports, lane, before));
      if (positions.length === 0) positions = await heldIn(ports, lane, before);
      if (positions.length > 0) {
        return {
          statements: (db) => cancelStatements(db, ports, task.subject, payload, positions),
          cursor: placeOf(after, isUnderWay, bySenders, last),
          count: positions.length,
          isLast: false,
        };
      }
      isUnderWay ||= isGoing;
      bySenders += await cancelledBySenders(ports, lane, before);
      last = latest(last, await lastSentIn(ports, lane));
      after = lane.id;
    }
    const place = placeOf(after, isUnderWay, bySenders, last);
    return {
      statements: (db) =>
        isEnd ? end(db, ports, task, { ...payload, queuedBefore: before.getTime() }, place) : [],
      cursor: place,
      count: 0,
      isLast: isEnd,
    };
  };

const placeOf = (after: string, isUnderWay: boolean, bySenders: number, last: LastSent): Cursor => ({
  after,
  isUnderWay,
  bySenders,
  lastSentMs: last.lastSentMs,
  lastDelivery: last.lastDelivery,
});

/**
 * A token that was merely given up leaves all that it made as it is. One that leaked has its subscriptions disabled by
 * the revocation itself: what is queued is held as its turn comes. An app's subscription concerns many accounts, so
 * every directory has to hear of it.
 */
function tokenChunk(ports: Needs, task: Task, { id, reason }: Payload): Chunk {
  const isTainted = reason === 'leaked' || reason === 'abuse';
  return {
    statements: (db) => [
      ...(isTainted ? raiseVersion(db, ports, { accountId: null }) : []),
      ...completed(db, ports, task.subject),
    ],
    cursor: { after: id },
    count: 0,
    isLast: true,
  };
}

/** An app still hears that its grants have ended; all else that it would have heard is cancelled. */
function sparingNotices({ store }: Needs, lane: StoppedLane): StoppedLane {
  if (!lane.isOfApp) return lane;
  const { deliveries, events } = store.tables;
  const notice = store.db
    .select({ one: sql`1` })
    .from(events)
    .where(and(eq(events.position, deliveries.eventPosition), inArray(events.type, [...noticeTypes])));
  return { ...lane, only: and(lane.only, notExists(notice)) };
}

/** What is due some time and nobody has taken. */
const queuedIn = ({ store }: Needs, lane: StoppedLane, before: Date): Promise<number[]> =>
  positionsIn(
    { store },
    lane,
    before,
    and(
      isNotNull(store.tables.deliveries.dueAt),
      inArray(store.tables.deliveries.state, ['pending', 'retrying']),
    ),
  );

const heldIn = ({ store }: Needs, lane: StoppedLane, before: Date): Promise<number[]> =>
  positionsIn({ store }, lane, before, and(isStopped({ store }), eq(store.tables.deliveries.state, 'held')));

/** One question for what senders have and what they have just given back: between two, a delivery could be in neither. */
const hasUnsettled = async ({ store }: Needs, lane: StoppedLane, before: Date): Promise<boolean> => {
  const { deliveries } = store.tables;
  const isOpen = inArray(deliveries.state, ['pending', 'retrying', 'leased']);
  const open = await positionsIn({ store }, lane, before, and(isNotNull(deliveries.dueAt), isOpen), 1);
  return open.length > 0;
};

async function positionsIn(
  { store }: Pick<Needs, 'store'>,
  lane: StoppedLane,
  before: Date,
  which: SQL | undefined,
  most = perChunk,
): Promise<number[]> {
  const { deliveries } = store.tables;
  const rows = await store.db
    .select({ position: deliveries.position })
    .from(deliveries)
    .where(and(eq(deliveries.subscriptionId, lane.id), lane.only, lte(deliveries.createdAt, before), which))
    .limit(most);
  return rows.map(({ position }) => position);
}

/** A settlement marks its row with the attempt's id; what this task cancels is marked by a write of its own. */
async function cancelledBySenders({ store }: Needs, lane: StoppedLane, since: Date): Promise<number> {
  const { deliveries } = store.tables;
  const [row] = await store.db
    .select({ n: count() })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.subscriptionId, lane.id),
        lane.only,
        isStopped({ store }),
        eq(deliveries.state, 'cancelled'),
        gte(deliveries.updatedAt, since),
        like(deliveries.mark, 'att%'),
      ),
    );
  return row?.n ?? 0;
}

/**
 * Of the lane's newest deliveries: an older one that was tried again meanwhile may have been later, but what lies behind
 * a thousand others is not what a receipt is read for.
 */
async function lastSentIn({ store }: Needs, lane: StoppedLane): Promise<LastSent> {
  const { attempts, deliveries } = store.tables;
  const newest = store.db
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(and(eq(deliveries.subscriptionId, lane.id), lane.only))
    .orderBy(desc(deliveries.position))
    .limit(newestLooked)
    .as('newest');
  const [row] = await store.db
    .select({ at: attempts.startedAt, id: newest.id })
    .from(newest)
    .innerJoin(attempts, and(eq(attempts.deliveryId, newest.id), ne(attempts.stage, 'before')))
    .orderBy(desc(attempts.startedAt))
    .limit(1);
  return { lastSentMs: row?.at.getTime() ?? null, lastDelivery: row?.id ?? null };
}

const newestLooked = 1_000;
const latest = (one: LastSent, other: LastSent): LastSent =>
  (other.lastSentMs ?? -1) > (one.lastSentMs ?? -1) ? other : one;

/** Counted by a mark of this write: one that was leased or sent meanwhile is neither cancelled nor counted. */
function cancelStatements(
  db: Db,
  { store, clock, ids }: Needs,
  receipt: string,
  { level }: Payload,
  positions: number[],
): Statement[] {
  const { deliveries, revocations } = store.tables;
  const mark = ids.newId('wrk');
  const reason = level === 'subscription' ? 'subscription_deleted' : 'revoked';
  return piecesOf(positions).flatMap((piece) => [
    db
      .update(deliveries)
      .set({ state: 'cancelled', reason, dueAt: null, leaseId: null, mark, updatedAt: clock.now() })
      .where(
        and(inArray(deliveries.position, piece), inArray(deliveries.state, ['pending', 'retrying', 'held'])),
      ),
    db
      .update(revocations)
      .set({
        cancelled: sql`${revocations.cancelled} + (${db
          .select({ n: sql`count(*)` })
          .from(deliveries)
          .where(and(inArray(deliveries.position, piece), eq(deliveries.mark, mark)))})`,
      })
      .where(eq(revocations.id, receipt)),
  ]);
}

/** Goes on in a task of its own while senders still have something: what they give back is queued again. */
function end(
  db: Db,
  ports: Needs,
  task: Task,
  payload: Payload,
  { isUnderWay, bySenders, ...last }: Cursor,
): Statement[] {
  if (!isUnderWay) return completed(db, ports, task.subject, bySenders, last);
  return [addTask(db, ports, { kind: task.kind, subject: task.subject, payload, delayMs: lookAgainMs })];
}

function completed(
  db: Db,
  ports: Needs,
  receipt: string,
  bySenders = 0,
  { lastSentMs, lastDelivery }: LastSent = { lastSentMs: null, lastDelivery: null },
): Statement[] {
  const { revocations } = ports.store.tables;
  return [
    db
      .update(revocations)
      .set({
        cancelled: sql`${revocations.cancelled} + ${bySenders}`,
        lastSentAt: lastSentMs === null ? null : new Date(lastSentMs),
        lastDeliveryId: lastDelivery,
      })
      .where(eq(revocations.id, receipt)),
    completeReceipt(db, ports, receipt),
  ];
}
