import { desc } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { readWork } from '#src/operate';
import { bad, type Finding, good, warn } from './finding.ts';

type Needs = Pick<Ports, 'store' | 'clock'>;

const lateMs = 60_000;

/** What there is to do, and whether anybody does it. */
export async function workFindings(ports: Needs): Promise<Finding[]> {
  const work = await readWork(ports);
  const nowMs = ports.clock.ms();
  const queued = [...work.deliveries.values()].reduce((sum, n) => sum + n, 0);
  return [
    await newestEvent(ports),
    queue(queued, work.oldestDueMs, nowMs),
    untried(work.oldestUntriedMs, nowMs),
    work.failedTasks > 0
      ? bad('tasks', {
          found: `${work.failedTasks} gave up after 20 failures`,
          why: 'What they had to do (an expansion, a replay, a cancellation, a rotation) is half done.',
          remedy: 'The column error of the table tasks says why; set state open and due_at now to try again.',
        })
      : good('tasks', `${work.openTasks} open`),
    work.quarantined > 0
      ? warn('quarantine', {
          found: `${work.quarantined} event(s)`,
          why: 'They broke their schema and are delivered to nobody.',
          remedy: 'patchbay quarantine list says why; patchbay quarantine redrive sends them.',
        })
      : good('quarantine', 'empty'),
  ];
}

function queue(queued: number, oldestDueMs: number | null, nowMs: number): Finding {
  const waitedMs = oldestDueMs === null ? 0 : nowMs - oldestDueMs;
  const found = `${queued} queued, the oldest has been due for ${secondsOf(waitedMs)} s`;
  if (waitedMs <= lateMs) return good('deliveries', found);
  return warn('deliveries', {
    found,
    why: 'Endpoints get their events late.',
    remedy:
      'Does a process run that sends? If so, an endpoint is slow or its rate is low: GET /v1/deliveries?state=pending says whose.',
  });
}

function untried(oldestMs: number | null, nowMs: number): Finding {
  const waitedMs = oldestMs === null ? 0 : nowMs - oldestMs;
  const found = `the oldest accepted event without an attempt waits since ${secondsOf(waitedMs)} s`;
  if (waitedMs <= lateMs) return good('first attempts', found);
  return warn('first attempts', {
    found,
    why: 'What was promised has not even been tried.',
    remedy: 'Is there a worker? Is one endpoint much slower than its events come? patchbay status.',
  });
}

/** A clock that was set back shows itself by what was accepted before. */
async function newestEvent({ store, clock }: Needs): Promise<Finding> {
  const { events } = store.tables;
  const [newest] = await store.db
    .select({ at: events.acceptedAt })
    .from(events)
    .orderBy(desc(events.position))
    .limit(1);
  const aheadMs = (newest?.at.getTime() ?? 0) - clock.ms();
  if (aheadMs <= 5_000) return good('time', clock.now().toISOString());
  return bad('time', {
    found: `the newest event was accepted ${secondsOf(aheadMs)} s in the future`,
    why: 'The clock has gone back: leases and retries of before are late by as much.',
    remedy: 'Set the clock (NTP).',
  });
}

const secondsOf = (ms: number): number => Math.round(ms / 1_000);
