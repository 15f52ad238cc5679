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
  /** Accepted, and not even tried: the promise of the whole hub. */
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

async function readQueued({ store }: Needs) {
  const { deliveries } = store.tables;
  const due = store.db
    .select({ state: deliveries.state, attempts: deliveries.attempts, createdAt: deliveries.createdAt })
    .from(deliveries)
    .where(isNotNull(deliveries.dueAt))
    .limit(mostCounted)
    .as('due');
  const rows = await store.db
    .select({
      state: due.state,
      n: count(),
      untried: sql<unknown>`min(case when ${due.attempts} = 0 then ${due.createdAt} end)`,
    })
    .from(due)
    .groupBy(due.state);
  const untried = rows.map((row) => numberOf(row.untried)).filter((ms) => ms !== null);
  return {
    counts: new Map<string, number>(rows.map((row) => [row.state, row.n])),
    oldestUntriedMs: untried.length > 0 ? Math.min(...untried) : null,
    isWhole: rows.reduce((sum, row) => sum + row.n, 0) < mostCounted,
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
