import { and, count, eq, isNotNull, lte, min, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';

type Needs = Pick<Ports, 'store' | 'clock'>;

/** What is counted at most: a backlog of millions must not make the hub pause to measure it. */
export const mostCounted = 50_000;

/** How much there is to do, and since when. Counts stop at `mostCounted`; moments are milliseconds, null for none. */
export type Work = {
  /** Of those that are due some time: pending, leased, retrying. */
  deliveries: ReadonlyMap<string, number>;
  oldestDueMs: number | null;
  /** Accepted, and not even tried though its endpoint would take it: the promise of the whole hub. */
  oldestUntriedMs: number | null;
  openTasks: number;
  failedTasks: number;
  quarantined: number;
};

export async function readWork(ports: Needs): Promise<Work> {
  const [queued, oldestDueMs, tasks, quarantined] = await Promise.all([
    readQueued(ports),
    readOldestDue(ports),
    readTasks(ports),
    countQuarantined(ports),
  ]);
  // Past the bound, the oldest that is due stands in for what was not looked at: never less than the truth.
  const unseenMs = queued.isWhole ? null : oldestDueMs;
  const untried = [queued.oldestUntriedMs, tasks.oldestExpandMs, unseenMs].filter((ms) => ms !== null);
  return {
    deliveries: queued.counts,
    oldestDueMs,
    oldestUntriedMs: untried.length > 0 ? Math.min(...untried) : null,
    openTasks: tasks.open,
    failedTasks: tasks.failed,
    quarantined,
  };
}

/**
 * What waits for its own endpoint is not the hub's to answer for: where an endpoint fails, or in an ordered line an
 * earlier event is on its way, one partner could else ring the alarm of everybody.
 */
async function readQueued({ store }: Needs) {
  const { deliveries, subscriptions } = store.tables;
  const due = store.db
    .select({
      state: deliveries.state,
      attempts: deliveries.attempts,
      createdAt: deliveries.createdAt,
      lane: deliveries.subscriptionId,
      line: deliveries.line,
      sequence: deliveries.sequence,
    })
    .from(deliveries)
    .where(isNotNull(deliveries.dueAt))
    .limit(mostCounted)
    .as('due');
  const isBehind = sql`${due.line} is not null and exists (select 1 from deliveries head
    where head.subscription_id = ${due.lane} and head.line = ${due.line} and head.sequence < ${due.sequence}
      and head.state in ('pending', 'leased', 'retrying', 'held'))`;
  const perLane = store.db
    .select({
      state: due.state,
      lane: due.lane,
      n: count().as('n'),
      untried:
        sql<unknown>`min(case when ${due.attempts} = 0 and not (${isBehind}) then ${due.createdAt} end)`.as(
          'untried',
        ),
    })
    .from(due)
    .groupBy(due.state, due.lane)
    .as('per_lane');
  const rows = await store.db
    .select({
      state: perLane.state,
      n: sql<unknown>`sum(${perLane.n})`,
      untried: sql<unknown>`min(case when ${subscriptions.failingSince} is null then ${perLane.untried} end)`,
    })
    .from(perLane)
    .leftJoin(subscriptions, eq(subscriptions.id, perLane.lane))
    .groupBy(perLane.state);
  const untried = rows.map((row) => numberOf(row.untried)).filter((ms) => ms !== null);
  const counts = new Map<string, number>(rows.map((row) => [row.state, numberOf(row.n) ?? 0]));
  return {
    counts,
    oldestUntriedMs: untried.length > 0 ? Math.min(...untried) : null,
    isWhole: [...counts.values()].reduce((sum, n) => sum + n, 0) < mostCounted,
  };
}

/** From the index alone, which holds nothing but what is due some time. */
async function readOldestDue({ store, clock }: Needs): Promise<number | null> {
  const { deliveries } = store.tables;
  const [row] = await store.db
    .select({ at: min(deliveries.dueAt) })
    .from(deliveries)
    .where(and(isNotNull(deliveries.dueAt), lte(deliveries.dueAt, clock.now())));
  return row?.at?.getTime() ?? null;
}

async function readTasks({ store }: Needs) {
  const { tasks } = store.tables;
  const [row] = await store.db
    .select({
      open: count(),
      expand: sql<unknown>`min(case when ${tasks.kind} = 'expand' then ${tasks.createdAt} end)`,
    })
    .from(tasks)
    .where(and(isNotNull(tasks.dueAt), eq(tasks.state, 'open')));
  const [failed] = await store.db.select({ n: count() }).from(tasks).where(eq(tasks.state, 'failed'));
  return { open: row?.open ?? 0, oldestExpandMs: numberOf(row?.expand), failed: failed?.n ?? 0 };
}

async function countQuarantined({ store }: Needs): Promise<number> {
  const { events } = store.tables;
  const found = store.db
    .select({ position: events.position })
    .from(events)
    .where(eq(events.state, 'quarantined'))
    .limit(mostCounted)
    .as('found');
  const [row] = await store.db.select({ n: count() }).from(found);
  return row?.n ?? 0;
}

/** Raw SQL answers a number on SQLite and text on Postgres. */
const numberOf = (value: unknown): number | null =>
  value === null || value === undefined ? null : Number(value);
