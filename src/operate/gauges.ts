import { and, count, eq, isNotNull, lte, min, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { HostOperations } from './host.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'meter'>;

/** What a scrape counts at most: a backlog of millions must not make the hub pause to measure it. */
const mostCounted = 50_000;
/** Whoever scrapes oftener gets the same numbers. */
const freshMs = 1_000;
const queued = ['pending', 'leased', 'retrying'] as const;

/**
 * Gauges of the store, measured when somebody looks. The first is the promise of the whole hub: accepted, and not even
 * tried for so long. Counts stop at fifty thousand.
 */
export function createGauges(ports: Needs, host: HostOperations): () => Promise<void> {
  const { store, clock, meter } = ports;
  const state = { measuredAtTicks: Number.NEGATIVE_INFINITY };

  return async () => {
    const sending = host.sending?.();
    if (sending) {
      meter.gauge('in_flight', sending.inFlight);
      meter.gauge('waiting_in_memory', sending.waiting);
      meter.gauge('lanes', sending.lanes);
    }
    if (clock.ticks() - state.measuredAtTicks < freshMs) return;
    state.measuredAtTicks = clock.ticks();
    await measure();
  };

  async function measure(): Promise<void> {
    const [byState, oldestDueMs, tasks, quarantined] = await Promise.all([
      readQueued(),
      readOldestDue(),
      readTasks(),
      countQuarantined(),
    ]);
    for (const name of queued)
      meter.gauge('deliveries_by_state', byState.counts.get(name) ?? 0, { state: name });
    meter.gauge('oldest_due_seconds', secondsSince(oldestDueMs));
    // Past the bound, the oldest that is due stands in for what was not looked at: never less than the truth.
    const unseenMs = byState.isWhole ? null : oldestDueMs;
    const waiting = [byState.oldestUntriedMs, tasks.oldestExpandMs, unseenMs].filter((ms) => ms !== null);
    const oldestMs = waiting.length > 0 ? Math.min(...waiting) : null;
    meter.gauge('events_accepted_not_attempted_seconds', secondsSince(oldestMs));
    meter.gauge('tasks_open', tasks.open);
    meter.gauge('quarantined_events', quarantined);
  }

  function secondsSince(ms: number | null): number {
    return ms === null ? 0 : Math.max(0, (clock.ms() - ms) / 1_000);
  }

  async function readQueued() {
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
  async function readOldestDue(): Promise<number | null> {
    const { deliveries } = store.tables;
    const [row] = await store.db
      .select({ at: min(deliveries.dueAt) })
      .from(deliveries)
      .where(and(isNotNull(deliveries.dueAt), lte(deliveries.dueAt, clock.now())));
    return row?.at?.getTime() ?? null;
  }

  async function readTasks() {
    const { tasks } = store.tables;
    const [row] = await store.db
      .select({
        open: count(),
        expand: sql<unknown>`min(case when ${tasks.kind} = 'expand' then ${tasks.createdAt} end)`,
      })
      .from(tasks)
      .where(and(isNotNull(tasks.dueAt), eq(tasks.state, 'open')));
    return { open: row?.open ?? 0, oldestExpandMs: numberOf(row?.expand) };
  }

  async function countQuarantined(): Promise<number> {
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
}

/** Raw SQL answers a number on SQLite and text on Postgres. */
const numberOf = (value: unknown): number | null =>
  value === null || value === undefined ? null : Number(value);
